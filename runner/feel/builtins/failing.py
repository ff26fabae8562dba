"""Functions that end the evaluation: `assert`, and those of Camunda that are not offered here."""

from __future__ import annotations

from collections.abc import Callable

from runner.feel.builtins.table import builtin
from runner.feel.errors import AssertionFailed, NotOffered
from runner.feel.evaluation import Evaluation
from runner.feel.values import Value, kind


@builtin(
    "assert",
    "value: any, condition: any, cause?: string",
    "The value, if the condition is true; else the evaluation fails with the cause.",
    result="any",
    origin="Camunda",
)
def _assert(run: Evaluation, value: Value, condition: Value, cause: str | None) -> Value:
    if condition is True:
        return value
    found = "null" if condition is None else "false" if condition is False else kind(condition)
    said = f": {cause[:200]}" if cause else ""
    raise AssertionFailed(f"A condition must be true, but it is {found}{said}")


REFUSED = {
    "uuid": (
        "it is another text at every call, and an evaluation must be repeatable",
        "每次调用结果都不同，而求值必须可以重复",
    ),
    "random number": (
        "it is another number at every call, and an evaluation must be repeatable",
        "每次调用结果都不同，而求值必须可以重复",
    ),
    "fromAi": (
        "values made by an AI agent do not come into expressions; name the variable itself",
        "表达式不接受 AI 代理生成的值；请直接写变量名",
    ),
    "put": ("it is old; write 'context put'", "已废弃，请用“context put”"),
    "put all": ("it is old; write 'context merge'", "已废弃，请用“context merge”"),
}
"""Functions that Camunda has and we refuse, with the reason in English and Chinese."""


def _refusing(name: str, reason: str) -> Callable[..., Value]:
    def refuse(_run: Evaluation, *_values: Value) -> Value:
        raise NotOffered(name, reason)

    return refuse


for _name, (_english, _chinese) in REFUSED.items():
    builtin(
        _name,
        "values?...: any",
        f"Not offered: {_english}.",
        result="any",
        origin="Camunda",
        refusal=(_english, _chinese),
    )(_refusing(_name, _english))
