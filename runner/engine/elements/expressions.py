"""What an element's attributes say: their values, and the record of what FEEL made null.

A variable that was not written yet is null by rule, and the checker knows the names; everything
else that FEEL turns into null becomes an event, so that the case page and the log show it. Where a
null would silently choose a way or drop a deadline, it is a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runner.definitions.findings import half
from runner.definitions.warning_words import warning_words
from runner.encoding import NotStorable, dumps
from runner.engine.case_change import CaseChange
from runner.engine.spiff.host import Token
from runner.errors import Failure
from runner.events import ExpressionWarned
from runner.feel import Result, Value, Warning_, kind

ORDINARY = "unknown_name"
_MOST = 10
_SHORT = 60


def evaluate(
    change: CaseChange, token: Token, text: str, variables: Mapping[str, object] | None = None
) -> Value:
    """The attribute's value: FEEL after ``=``, else the text. What became null is recorded."""
    return evaluated(change, token, text, variables).value


def deadline(
    change: CaseChange, token: Token, text: str, variables: Mapping[str, object] | None = None
) -> Value:
    """As ``evaluate``; null, which means no deadline, only where nothing went wrong on the way.
    Raises ``Failure`` otherwise."""
    result = evaluated(change, token, text, variables)
    if result.value is None and (causes := worth_telling(result.warnings)):
        raise Failure(
            "expression_failed",
            token.element.id,
            f"期限“{text}”算不出来：{_half(causes[:1], 'zh')}。 / "
            f"The deadline '{text}' cannot be computed: {_half(causes[:1], 'en')}.",
        )
    return result.value


def wrong_value(token: Token, text: str, value: object, zh: str, en: str) -> Failure:
    """An attribute whose value cannot be used: what it says, what it gave, what it should give."""
    return Failure(
        "expression_failed",
        token.element.id,
        f"“{text}”应给出{zh}，得到的是 {seen(value)}。 / '{text}' should give {en}, but gives "
        f"{seen(value)}.",
    )


def seen(value: object) -> str:
    """A value as a sentence shows it: its beginning, and its FEEL type."""
    if value is None:
        return "null"
    try:
        text = value if isinstance(value, str) else dumps(value).decode()
    except NotStorable:
        return kind(value)
    short = text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"
    return f'"{short}"' if isinstance(value, str) else f"{short} ({kind(value)})"


def condition_failure(token: Token, text: str, flow_name: str, result: Result) -> Failure:
    """Why a condition that is neither true nor false cannot choose a way."""
    causes = result.warnings[:3]
    zh, en = (f"：{_half(causes, 'zh')}", f": {_half(causes, 'en')}") if causes else ("", "")
    found = seen(result.value)
    return Failure(
        "expression_failed",
        token.element.id,
        f"“{flow_name}”的条件“{text}”应为 true 或 false，得到的是 {found}{zh}。 / "
        f"The condition '{text}' of '{flow_name}' should be true or false but is {found}{en}.",
    )


def worth_telling(warnings: Iterable[Warning_]) -> list[Warning_]:
    """The warnings that are not only a variable that was not written yet."""
    return [warning for warning in warnings if warning.kind != ORDINARY]


def noticed(warnings: Iterable[Warning_], prefix: str = "") -> dict[str, object]:
    """Warnings as values of an event: number to kind, sentence and the name it is about. The ten
    that matter most, ordinary ones last."""
    ordered = sorted(warnings, key=lambda warning: (warning.kind == ORDINARY, warning.kind))
    return {
        f"{prefix}{number}": {"kind": w.kind, "message": w.message, "name": w.name}
        for number, w in enumerate(ordered[:_MOST], 1)
    }


def _half(warnings: Iterable[Warning_], language: str) -> str:
    join = "；" if language == "zh" else "; "
    return join.join(half(warning_words(warning), language) for warning in warnings)


def evaluated(
    change: CaseChange, token: Token, text: str, variables: Mapping[str, object] | None
) -> Result:
    """As ``evaluate``, with the warnings."""
    result = change.evaluate(text, change.variables(token) if variables is None else variables)
    told = worth_telling(result.warnings) if result.warnings else ()
    if told:
        change.record(
            ExpressionWarned(
                element=token.element.id,
                token=token.id,
                process=token.element.process_id,
                instance=token.instance_id,
                expression=text,
                warnings=noticed(told),
            )
        )
    return result
