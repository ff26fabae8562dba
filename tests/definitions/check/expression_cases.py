"""For each rule about what expressions mean: procedures that are wrong, and one that is right."""

from __future__ import annotations

from tests.definitions.check.flow_cases import RIGHT_TASK, split
from tests.definitions.check.procedures import form
from tests.definitions.check.reference_cases import TABLE, Files

FIELDS = form(
    "f", "received_at", "description",
    components=[
        {"type": "select", "id": "d", "key": "decision", "label": "决定 / Decision",
         "values": [{"label": "同意 / Yes", "value": "approved"},
                    {"label": "退回 / No", "value": "returned"}]},
        {"type": "number", "id": "a", "key": "amount", "label": "数量 / Amount",
         "validate": {"min": 0, "max": 100}},
        {"type": "checklist", "id": "p", "key": "parts", "label": "部件 / Parts",
         "values": [{"label": "电池 / Battery", "value": "battery"},
                    {"label": "电机 / Motor", "value": "motor"}]},
        {"type": "checkbox", "id": "o", "key": "ours", "label": "本厂 / Ours"},
        {"type": "datetime", "subtype": "date", "id": "b", "key": "bought_on",
         "dateLabel": "购买日 / Bought on"},
    ],
)  # fmt: skip
FORM: Files = {"forms__f.form": FIELDS}


def asks(condition: str) -> tuple[bytes, Files]:
    """A gateway behind a task with fields of every kind."""
    text = condition.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return split(first=f"={text}", default="g_to_e2"), FORM


def cell(expression: str, test: str, answer: str = '"high"') -> tuple[bytes, Files]:
    """A table whose only rule tests an expression whose column says no type."""
    table = TABLE.format(expression).replace('typeRef="string"', "")
    table = table.replace("<text>-</text>", f"<text>{test}</text>")
    return RIGHT_TASK, {**FORM, "processes__level.dmn": table.replace('"high"', answer)}


KNOWLEDGE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="x"><businessKnowledgeModel id="rate" name="rate"><variable name="rate" />
<encapsulatedLogic><formalParameter name="price" /><formalParameter name="years" />
<literalExpression id="body"><text>{}</text></literalExpression></encapsulatedLogic>
</businessKnowledgeModel><decision id="cost" name="成本 / Cost"><variable name="cost" />
<knowledgeRequirement><requiredKnowledge href="#rate" /></knowledgeRequirement>
<literalExpression id="call"><text>{}</text></literalExpression></decision></definitions>"""


def knows(body: str, call: str) -> tuple[bytes, Files]:
    """A decision that calls a knowledge model."""
    return RIGHT_TASK, {**FORM, "processes__cost.dmn": KNOWLEDGE.format(body, call)}


WRONG: dict[str, list[tuple[bytes, Files]]] = {
    "unknown_function": [
        asks("cuont(parts) > 0"),
        asks("description(parts)"),
        asks("uuid() = decision"),
        cell("decision", "-", "upercase(decision)"),
    ],
    "function_arguments": [
        asks("upper case(amount) = decision"),
        asks("substring(decision) = decision"),
        asks("substring(string: description, strat position: 3) = decision"),
        asks("is working day(description)"),
        cell("decision", "contains(?)"),
        knows("price * years", "rate(amount)"),
        knows("price * years", "rate(price: amount, year: 2)"),
    ],
    "unknown_variable": [
        knows("price * yaers", "rate(amount, 2)"),
        cell("decison", "-"),
    ],
    "type_mismatch": [
        asks('amount > "5"'),
        asks('count(parts) = "3"'),
        asks('parts = "battery"'),
        asks("bought_on < received_at"),
        asks("description + 1 > 2"),
        asks('if description then true else false'),
        asks("ours and description"),
        asks('amount in ("one", "two")'),
        asks('some part in parts satisfies part = 1'),
        cell("amount", '? + description = "5"'),
    ],
    "comparison_never_true": [
        asks("amount > 200"),
        asks("amount in [101..200]"),
        asks("amount between 101 and 200"),
        asks("count(parts) < 0"),
        asks("bought_on.month = 13"),
        asks("1 = 2"),
    ],
    "expression_null": [
        asks('bought_on > date("2026-13-01")'),
        asks("amount / 0 > 1"),
        asks('parts[0] = "battery"'),
        cell("bought_on", 'date("2026-02-30")'),
        cell("decision", "-", 'duration("3 days")'),
    ],
    "unknown_option": [
        asks('decision != "aproved"'),
        asks('some part in parts satisfies part = "battry"'),
        asks('list contains(parts, "frame")'),
        asks('parts[item = "frame"] != []'),
        asks('day of week(bought_on) = "Mon"'),
        cell("decision", 'not("aproved")'),
    ],
    "setting_type": [asks("amount"), asks("decision"), asks("count(parts)")],
    "unknown_entry": [
        asks("bought_on.yaer > 2020"),
        asks("{a: amount}.b = 1"),
    ],
}  # fmt: skip

RIGHT: dict[str, tuple[bytes, Files]] = {
    "unknown_variable": knows("price * years + amount", "rate(amount, 2)"),
    "unknown_function": asks("count(parts) > 0"),
    "function_arguments": asks('substring(description, 3) = "x" or is working day(bought_on)'),
    "type_mismatch": asks(
        'amount > 5 and list contains(parts, "battery") and bought_on < date(received_at)'
        ' and (if description != null then ours else false) and get or else(amount, 0) + 1 > 2'
    ),
    "comparison_never_true": asks("amount > 50 and amount in [90..200] and count(parts) = 0"),
    "expression_null": asks(
        'bought_on > date("2026-12-01") and amount / 2 > 1 and parts[1] = "motor"'
    ),
    "unknown_option": asks('decision != "approved" and parts[item = "motor"] != []'),
    "setting_type": asks("ours"),
    "unknown_entry": asks("bought_on.year > 2020 and {a: amount}.a = 1"),
}  # fmt: skip
