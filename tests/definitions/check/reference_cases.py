"""For each rule about names and expressions: procedures that are wrong, and one that is right."""

from __future__ import annotations

from tests.definitions.check.flow_cases import RIGHT_TASK, E, S, calls, late, split
from tests.definitions.check.procedures import form
from tests.definitions.diagrams import diagram, extended, flow, line, node, simple, user_task

Files = dict[str, bytes | str]
NOTE = "processes__templates__documents__note.yaml"
LAYOUT = "processes__templates__documents__standard.typ"
PLAIN = "#let d = json(sys.inputs.data)\n#d.title\n"


SECRET = form("f", "decision", "received_at", "items", components=[
    {"type": "textfield", "id": "Field_secret", "key": "secret", "label": "密 / Secret",
     "properties": {"seen_by": "leader"}}])  # fmt: skip


def document(value: str = "=decision", layout: str = PLAIN, more: str = "") -> Files:
    return {
        NOTE: f"""title: 便条 / Note
formats: [pdf]
{more}
sections:
  - id: one
    fields: [{{label: 决定 / Decision, value: "{value}"}}]
""",
        LAYOUT: layout,
    }


DUE = '<zeebe:taskSchedule dueDate="{}" />'
PROPERTY = '<zeebe:properties><zeebe:property name="{}" value="{}" /></zeebe:properties>'
KEPT = '<zeebe:ioMapping><zeebe:input source="=1" target="decision" />{}</zeebe:ioMapping>'
READS = "=decision = &quot;1&quot;"
POLICY = "processes__policies__own.yaml"


def job(job_type: str, **inputs: str) -> bytes:
    mapped = "".join(
        f'<zeebe:input source="{source}" target="{target}" />' for target, source in inputs.items()
    )
    mapping = f"<zeebe:ioMapping>{mapped}</zeebe:ioMapping>"
    definition = f'<zeebe:taskDefinition type="{job_type}" />' if job_type else ""
    return diagram(
        S + user_task("t")
        + node("serviceTask", "x", extended(definition, mapping))
        + E + line("s", "t", "x", "e")
    )  # fmt: skip


def decide(attributes: str) -> bytes:
    return diagram(
        S + user_task("t")
        + node("businessRuleTask", "x", extended(f"<zeebe:calledDecision {attributes} />"))
        + E + line("s", "t", "x", "e")
    )  # fmt: skip


def eyes(author: str) -> bytes:
    check = user_task(
        "u", f'<zeebe:properties><zeebe:property name="four_eyes" value="{author}" />'
        "</zeebe:properties>"
    )  # fmt: skip
    return diagram(S + user_task("t") + check + E + line("s", "t", "u", "e"))


def policy(text: str) -> Files:
    return {POLICY: f"id: own\nextends: base\nname: 公司 / Company\n{text}\n"}


LINE = 'lines: [{{id: web, name: 网上 / Online, when: "{}", policy: {}}}]'
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="x"><decision id="level" name="级别 / Level"><decisionTable id="dt" hitPolicy="FIRST">
<input id="i1" label="决定 / Decision"><inputExpression id="ie1" typeRef="string"><text>{}</text>
</inputExpression></input><output id="o1" name="level" typeRef="string" /><rule id="r1">
<inputEntry id="c1"><text>-</text></inputEntry><outputEntry id="c2"><text>"high"</text>
</outputEntry></rule></decisionTable></decision></definitions>"""
NOTIFY = {"groups": "=policy.roles.window", "template": "late", "subject": "={decision: decision}"}
TEXTS: Files = {
    f"processes__templates__late.{language}.txt": "Subject: {{complaint_number}}\n\n{{decision}}\n"
    for language in ("zh", "en")
}

CHOICE = form(
    "f", "received_at", "items",
    components=[{"type": "select", "id": "d", "key": "decision", "label": "决定 / Decision",
                 "values": [{"label": "同意 / Yes", "value": "approved"},
                            {"label": "退回 / No", "value": "returned"}]}],
)  # fmt: skip
TWO_OUTPUTS = (
    TABLE.format("decision")
    .replace("<rule", '<output id="o2" name="due" typeRef="string" /><rule')
    .replace("</rule>", '<outputEntry id="c3"><text>"soon"</text></outputEntry></rule>')
)


def asks(condition: str) -> bytes:
    """A task, a decision with two outputs, and a gateway with the condition."""
    rule = extended('<zeebe:calledDecision decisionId="level" resultVariable="answer" />')
    return diagram(
        S + user_task("t") + node("businessRuleTask", "x", rule)
        + node("exclusiveGateway", "g", default="g_to_e2") + E + node("endEvent", "e2")
        + line("s", "t", "x", "g") + flow("g", "e", condition) + flow("g", "e2")
    )  # fmt: skip


def first_gateway(condition: str, *before: str) -> bytes:
    """A gateway right after the start; whoever takes its first way has no task before."""
    between = [f"x{number}" for number in range(len(before))]
    return diagram(
        S + "".join(before) + node("exclusiveGateway", "g", default="g_to_t") + user_task("t") + E
        + node("endEvent", "e2") + line("s", *between, "g") + flow("g", "e2", condition)
        + flow("g", "t") + flow("t", "e")
    )  # fmt: skip


ALLOWS = "<text>decision</text>\n</inputExpression><inputValues><text>{}</text></inputValues>"


def column(values: str, type_ref: str = "string") -> tuple[bytes, Files]:
    """A table whose column reads a choice of the form."""
    table = TABLE.format("decision").replace('typeRef="string"', f'typeRef="{type_ref}"', 1)
    table = table.replace("<text>decision</text>\n</inputExpression>", ALLOWS.format(values))
    return RIGHT_TASK, {"processes__level.dmn": table, "forms__f.form": CHOICE}


WRONG: dict[str, list[tuple[bytes, Files]]] = {
    "column_input": [column('"yes","no"'), column('"approved"'), column("", "number")],
    "missing_form": [(simple(user_task("t", form="g")), {})],
    "missing_handler": [(job("send_mail"), {}), (job(""), {}), (job("=decision"), {})],
    "handler_input": [(job("notify_staff", groups="=policy.roles.window"), {})],
    "missing_decision": [
        (decide('decisionId="levle" resultVariable="level"'),
         {"processes__level.dmn": TABLE.format("decision")}),
        (decide('decisionId="level"'), {"processes__level.dmn": TABLE.format("decision")}),
    ],
    "missing_callee": [(calls("p", "q"), {}), (calls("p", "=decision"), {})],
    "call_cycle": [
        (calls("p", "p"), {}),
        (calls("p", "q"), {"processes__q.bpmn": calls("q", "p")}),
    ],
    "user_task_incomplete": [
        (simple(user_task("t", groups="")), {}),
        (simple(user_task("t", form="")), {}),
    ],
    "result_kept_inside": [
        (simple(user_task("t", KEPT.format(""))), {}),
    ],
    "unknown_group": [
        (simple(user_task("t", groups="offices")), {}),
        (simple(user_task("t", groups="=[&quot;office&quot;, &quot;boss&quot;]")), {}),
        (RIGHT_TASK, policy("roles: {window: [offices]}")),
    ],
    "unknown_role": [
        (simple(user_task("t", PROPERTY.format("accountable", "boss"))), {}),
        (simple(user_task("t", PROPERTY.format("informed", "window, leeder"))), {}),
    ],
    "four_eyes": [(eyes("tt"), {})],
    "expression_invalid": [
        (split(first="=count(items &gt; 0", default="g_to_e2"), {}),
        (split(first="decision", default="g_to_e2"), {}),
        (split(first="=__import__('os').system('x')", default="g_to_e2"), {}),
    ],
    "unknown_variable": [
        (split(first="=descision = 1", default="g_to_e2"), {}),
        (simple(user_task("t", DUE.format("=due at(policy.triage.due, {x: clock.recieved})"))), {}),
        (RIGHT_TASK, {"processes__level.dmn": TABLE.format("descision")}),
        (RIGHT_TASK, {"forms__f.form": form("f", "decision", components=[
            {"type": "textfield", "id": "x", "key": "x", "label": "甲 / X",
             "conditional": {"hide": "=descision = 1"}}])}),
    ],
    "unknown_option": [
        (split(first="=decision = &quot;aproved&quot;", default="g_to_e2"),
         {"forms__f.form": CHOICE}),
        (split(first="=list contains([&quot;approved&quot;, &quot;no&quot;], decision)",
               default="g_to_e2"), {"forms__f.form": CHOICE}),
        (split(first="=policy.team.meeting = &quot;twice&quot;", default="g_to_e2"), {}),
        (asks("=answer.due in (&quot;soon&quot;, &quot;later&quot;)"),
         {"processes__level.dmn": TWO_OUTPUTS}),
        (RIGHT_TASK, {"forms__f.form": CHOICE, "processes__level.dmn": TABLE.format(
            "decision").replace("<text>-</text>", '<text>"aproved"</text>')}),
    ],
    "unknown_entry": [
        (asks("=answer.dew = &quot;soon&quot;"), {"processes__level.dmn": TWO_OUTPUTS}),
    ],
    "read_before_written": [
        (first_gateway(READS), {}),
        (first_gateway(READS, node("subProcess", "x0", node("startEvent", "s1")
                       + node("endEvent", "e1") + flow("s1", "e1"))), {}),
        (calls("top", "p"), {"processes__q.bpmn": first_gateway(READS)}),
    ],
    "unknown_policy_key": [
        (simple(user_task("t", DUE.format("=due at(policy.triage.deadline, clock)"))), {}),
        (simple(user_task("t", DUE.format("=due at(policy.resolution.due.complex, clock)"))), {}),
    ],
    "unset_policy_value": [
        (simple(user_task("t", DUE.format("=due at(policy.triage.assign_due, clock)"))), {}),
    ],
    "unknown_clock": [
        (RIGHT_TASK, policy("triage: {due: {amount: 1, unit: hour, from: reception}}")),
    ],
    "missing_template": [(job("notify_staff", **NOTIFY), {})],
    "template_placeholder": [
        (job("notify_staff", **{**NOTIFY, "subject": "={name: decision}"}), TEXTS),
    ],
    "policy_line": [
        (RIGHT_TASK, policy(LINE.format('chanel = \\"web_form\\"', "base"))),
        (RIGHT_TASK, policy(LINE.format('channel = \\"web_form\\"', "bass"))),
        (RIGHT_TASK, policy(LINE.format("channel = (", "base"))),
    ],
    "policy_invalid": [(RIGHT_TASK, policy("triage: {due: 24h}"))],
    "roles_invalid": [(RIGHT_TASK, {"processes__roles.yaml": "groups: [{id: office}]"})],
    "calendar_invalid": [(RIGHT_TASK, {"processes__calendars__cn.yaml": "id: cn"})],
    "document_invalid": [
        (job("produce_document", kind="=&quot;notes&quot;"), document()),
        (RIGHT_TASK, document("=descision")),
        (RIGHT_TASK, document("=done.tt.who")),
        (RIGHT_TASK, document("decision")),
        (RIGHT_TASK, document("=if")),
        (RIGHT_TASK, document(layout="#section(")),
        (RIGHT_TASK, document(layout='#read("/etc/passwd")')),
        (RIGHT_TASK, document(layout='#import "@preview/cetz:0.4.2"')),
        (RIGHT_TASK, document(more="layout: gone")),
        (RIGHT_TASK, document(more="seen_by: [offices]")),
        (RIGHT_TASK, document(more="holds: [gone]")),
        (RIGHT_TASK, document(more="colour: red")),
        (RIGHT_TASK, {**document("=secret"), "forms__f.form": SECRET}),
        (RIGHT_TASK, {**document("=secret", more="seen_by: [office, leader]"),
                      "forms__f.form": SECRET}),
    ],
    "template_invalid": [(RIGHT_TASK, {"processes__templates__a.zh.txt": "您好"})],
    "unreadable_file": [(b"<a/>", {})],
    "duplicate_id": [(RIGHT_TASK, {"forms__g.form": form("f")})],
    "form_invalid": [(RIGHT_TASK, {"forms__g.form": form("g", components=[
        {"type": "html", "id": "h", "content": "x"}])})],
    "table_invalid": [(RIGHT_TASK, {"processes__level.dmn": TABLE.replace('"high"', "")})],
    "dialect": [(RIGHT_TASK.replace(b'modeler:executionPlatform="Camunda Cloud"', b"").replace(
        b"http://camunda.org/schema/zeebe/1.0", b"http://camunda.org/schema/1.0/bpmn"), {})],
}  # fmt: skip

RIGHT: dict[str, tuple[bytes, Files]] = {
    "unknown_role": (
        simple(user_task("t", PROPERTY.format("consulted", "policy.roles.window; leader"))),
        {},
    ),
    "document_invalid": (
        job("produce_document", kind="=&quot;note&quot;", extra="=1"),
        document("=string(extra) + decision + done.t.who", more="seen_by: [office]"),
    ),
    "result_kept_inside": (
        simple(user_task("t", KEPT.format('<zeebe:output source="=decision" target="decision" />')
                         )), {}),
    "column_input": column('"approved","returned"'),
    "read_before_written": (
        first_gateway(READS), {"forms__start.form": form("start", "decision")}),
    "handler_input": (job("notify_staff", **NOTIFY), TEXTS),
    "missing_decision": (
        decide('decisionId="level" resultVariable="level"'),
        {"processes__level.dmn": TABLE.format("decision")},
    ),
    "missing_callee": (calls("p", "q"), {"processes__q.bpmn": simple(user_task("t")).replace(
        b'id="p"', b'id="q"')}),
    "four_eyes": (eyes("t"), {}),
    "unknown_variable": (
        late("").replace(b"</bpmn:boundaryEvent>", b"<bpmn:timerEventDefinition id='td'>"
                         b"<bpmn:timeDate>=due at(policy.triage.due, {now: clock.received})"
                         b"</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"),
        {},
    ),
    "unknown_option": (
        split(first="=decision = &quot;approved&quot; and policy.team.meeting != &quot;none&quot;",
              default="g_to_e2"), {"forms__f.form": CHOICE}),
    "unknown_entry": (
        asks("=answer.due = &quot;soon&quot;"), {"processes__level.dmn": TWO_OUTPUTS}),
    "unset_policy_value": (
        simple(user_task("t", DUE.format("=due at(policy.triage.due, clock)"))), {}),
    "template_placeholder": (job("notify_staff", **NOTIFY), TEXTS),
    "policy_line": (RIGHT_TASK, policy(LINE.format('channel = \\"web_form\\"', "base"))),
}  # fmt: skip
