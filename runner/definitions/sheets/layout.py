"""Where things stand on a sheet; what writes and what reads sheets agree here."""

from __future__ import annotations

from runner.definitions.sheets.grid import Kind

WORKBOOK = "ombud:workbook"
MARK, HEAD, FIRST = 1, 2, 3
"""Columns: the hidden marks, the row's heading or number, the first column of the table."""

ROWS: dict[str, str] = {
    "title": "",
    "description": "",
    "id": "标识 / Id",
    "policy": "命中策略 / Hit policy",
    "table": "",
    "columns": "",
    "kind": "列 / Column",
    "label": "名称 / Label",
    "expression": "表达式、输出名 / Expression, name",
    "type": "类型 / Type",
    "allowed": "允许的值 / Allowed values",
    "default": "默认值 / Default",
}
"""The rows before the rules, in order, by their mark in the hidden column; and their headings."""

HIDDEN_ROWS = ("table", "columns")
KEY = "rule:"
"""Stands before a rule's identity in the hidden column."""

KIND_WORDS: dict[Kind | str, str] = {
    "input": "输入 / Input",
    "output": "输出 / Output",
    "annotation": "批注 / Annotation",
    "description": "说明 / Description",
}
POLICY_WORDS: dict[str, str] = {
    "UNIQUE": "最多一条规则成立 / at most one rule applies",
    "FIRST": "取第一条成立的规则 / the first rule that applies",
    "ANY": "成立的规则结果须相同 / rules that apply must agree",
    "PRIORITY": "按输出允许值的顺序取最优先的 / the best by the order of the allowed outputs",
    "RULE ORDER": "全部结果，按规则顺序 / all results in the order of the rules",
    "OUTPUT ORDER": "全部结果，按输出优先顺序 / all results, best first",
    "COLLECT": "全部结果，不计顺序 / all results in any order",
    "COLLECT SUM": "结果之和 / the sum of the results",
    "COLLECT MIN": "最小的结果 / the smallest result",
    "COLLECT MAX": "最大的结果 / the largest result",
    "COLLECT COUNT": "结果的个数 / the number of results",
}


def kind_of(text: str) -> str | None:
    """The kind that a person chose or typed, in either language or both."""
    words = {half.strip().lower() for half in text.split("/")}
    for kind, word in KIND_WORDS.items():
        if words & {half.strip().lower() for half in word.split("/")}:
            return kind
    return None


def policy_of(text: str) -> str | None:
    """The hit policy by its name, however it is spaced and capitalised."""
    plain = " ".join(text.upper().split())
    return plain if plain in POLICY_WORDS else None
