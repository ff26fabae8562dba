"""What is wrong with an expression, in the words of the people who write procedures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from runner.definitions.check.formulas import Formula
from runner.definitions.findings import Finding, Severity
from runner.feel.analysis.problems import Problem, ProblemKind

_KINDS = {
    "Any": "任意值", "null": "空值", "string": "文字", "number": "数字", "boolean": "是否",
    "date": "日期", "time": "时刻", "date and time": "日期时间", "list": "列表",
    "days and time duration": "天与时间的时长", "years and months duration": "年月时长",
    "context": "若干项的组合", "range": "范围", "function": "函数",
}  # fmt: skip
CELLS = frozenset({"?"})
"""The subject of problems about a cell as a whole: its column's expression."""
_NAMES = re.compile("|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True)))
_COUNTED = re.compile(r"(\d+) arguments?")
_ABOUT_TYPES = frozenset({"type_mismatch", "not_boolean", "argument_type"})


def problem_findings(
    formula: Formula,
    rule: str,
    severity: Severity,
    sentences: Mapping[ProblemKind, tuple[str, str]],
    others: Collection[str] = (),
) -> Iterator[Finding]:
    """A finding for each problem of these kinds. The sentences (中文, English) may use
    ``{subject}``, ``{found}``, ``{wanted}`` and ``{near}`` (advice, or what there is instead).
    Problems about ``others`` are left to another rule."""
    for problem in formula.problems:
        if problem.kind in sentences and problem.subject not in others:
            zh, en = sentences[problem.kind]
            yield formula.tell(
                rule,
                severity,
                f"{place_zh(formula, problem)}{_filled(zh, formula, problem, chinese=True)}",
                f"{place_en(formula, problem)}{_filled(en, formula, problem, chinese=False)}",
            )


def place_zh(formula: Formula, problem: Problem) -> str:
    line = f"第 {problem.line} 行" if "\n" in formula.compiled.text.strip() else ""
    return f"{line}第 {problem.column} 个字符处，"


def place_en(formula: Formula, problem: Problem) -> str:
    line = f"line {problem.line}, " if "\n" in formula.compiled.text.strip() else ""
    return f"at {line}character {problem.column} "


def advice(problem: Problem) -> tuple[str, str]:
    """Did you mean …? Else what there is instead; empty where nothing is known."""
    if problem.near:
        return f"是不是“{problem.near}”？", f'Did you mean "{problem.near}"?'
    there = [text.strip('"') for text in problem.expected]
    if not there:
        return "", ""
    return f"可能的是：{'、'.join(there)}。", f"There is: {', '.join(there)}."


def _filled(sentence: str, formula: Formula, problem: Problem, *, chinese: bool) -> str:
    subject = problem.subject
    if formula.input_name:  # a cell asks about "?", which is its column's expression
        subject = subject.replace("?", formula.input_name)
    found, wanted = problem.found, problem.expected
    if chinese and problem.kind in _ABOUT_TYPES:
        found, wanted = in_chinese(found), tuple(map(in_chinese, wanted))
    elif chinese and problem.kind == "function_arguments":
        found = _COUNTED.sub(r"\1 个参数", found)
    return sentence.format(
        subject=subject or ("这个值" if chinese else "this value"),
        found=found.strip('"'),
        wanted=("或" if chinese else " or ").join(dict.fromkeys(wanted)),
        near=advice(problem)[0 if chinese else 1],
    ).strip()


def in_chinese(types: str) -> str:
    """FEEL's names of types in Chinese; what stands between them stays."""
    return _NAMES.sub(lambda name: _KINDS[name.group()], types).replace(" or ", "或")
