"""The page `docs/feel.md`."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from runner.feel.builtins import BUILTINS, Builtin
from runner.feel.builtins.patterns import MAX_MATCHED, MAX_PATTERN
from runner.feel.builtins.table import Parameter
from runner.feel.evaluation import MAX_CALLS, MAX_LIST, MAX_STEPS, MAX_STRING
from runner.feel.lexer import MAX_NESTING, MAX_TEXT
from runner.feel.manual import THEMES, Entry, Theme
from runner.feel.manual.everyday import EVERYDAY, RECORD, TRIED
from runner.feel.manual.language import CELLS, DIFFERENCES, LITERALS, NULLS, OPERATORS, Rows

_TYPES = {
    "date_time": "date and time",
    "day": "date or date and time",
    "days": "days and time duration",
}
_ORIGINS = {"standard": "", "Camunda": " <sup>Camunda</sup>", "ours": " <sup>Ombud</sup>"}
_INTRO = """\
# FEEL: 表达式 / Expressions

流程图、决策表和表单里的条件、期限和计算都用 FEEL 写。它像一句话一样读：
`if amount > 1000 then "manager" else "clerk"`。流程图里的表达式以 `=` 开头，决策表的格子里不写。

Conditions, deadlines and calculations in diagrams, decision tables and forms are written in FEEL.
It reads like a sentence: `if amount > 1000 then "manager" else "clerk"`. In diagrams an expression
begins with `=`; in the cells of decision tables it does not.

这是 DMN 1.5 的 FEEL，标准的函数齐全，并有 Camunda 建模器提供的函数。
本页由程序生成，例子都经过测试。

This is the FEEL of DMN 1.5 with every function of the standard and those of Camunda's modeler. The
page is generated, and every example in it is tested.
"""
_EVERYDAY = """\
## 日常例子 / Everyday examples

以这份记录为例，现在是 2026 年 11 月 20 日（星期五）下午：

With this record, on the afternoon of Friday, 20 November 2026:
"""
_CELLS = """\
## 决策表的格子 / Cells of decision tables

格子检验它那一列的输入值。

A cell tests the input of its column.
"""
_TRY = """\
## 试一试 / Try it

不必启动任何东西：`ombud feel` 在终端里算一个表达式，或用 `--unary` 检验一个格子。工作时间用当前
文件夹里 `processes/calendars` 的日历；`--policy demo-consumer` 还可以读 `policy`。

Nothing needs to be started: `ombud feel` works out an expression in the terminal, or with `--unary`
tests a cell. Working time is that of the calendar in `processes/calendars` here; with
`--policy demo-consumer` it can read `policy` too.
"""
_NULL = """\
## 没有值时 / Where there is no value

算不出来的地方得 null，而不是中止。已有的 null（例如没有填的字段）只是传下去，不留警告；
有不对的地方（没有这个变量或这一项、类型不合、函数的参数不合、除以零）才留下一条警告，
说明原因和名字。

A place that cannot be worked out gives null and does not end the evaluation. A null that is there
already, such as a field left empty, simply goes on, without a warning. One is kept, with the reason
and the name, where something is wrong: no such variable or entry, kinds that do not fit, arguments
that a function does not take, a division by zero.
"""
_SHOWN = """\
`ombud check` 在发布前指出这些地方；案件页面和日志显示运行中的警告，只有还没有写入的变量除外。
网关的条件得 null、期限因警告而得 null，都会成为异常，由人处理。

`ombud check` names such places before a release; the case page and its log show the warnings of a
running case, but for a variable that was not written yet. A gateway's condition that is null, and a
deadline that became null with a warning, are incidents for a person.
"""


def page(exceptions: Mapping[str, str]) -> str:
    """The Markdown of the manual. `exceptions` are the TCK's cases that do not hold, with reasons.

    The same input always makes the same text, which ends with one newline.
    """
    parts = [
        _INTRO,
        _EVERYDAY + f"\n```\n{RECORD}\n```\n",
        _table(
            ("问题 / Question", "FEEL", "结果 / Gives"),
            (
                (f"{one.chinese}<br>{one.english}", _code(one.text), _code(one.gives))
                for one in EVERYDAY
            ),
        ),
        _TRY + f"\n```console\n{_tried()}```\n",
        "## 值 / Values\n",
        _rows(LITERALS, "类型 / Type"),
        "## 运算 / Operators\n",
        _rows(OPERATORS, "含义 / Meaning"),
        _CELLS,
        _table(
            ("格子 / Cell", "含义 / Meaning", "通过 / Passes", "不通过 / Fails"),
            (
                (_code(cell), f"{chinese}<br>{english}", _code(passing), _code(failing))
                for cell, english, chinese, passing, failing in CELLS.rows
            ),
        ),
        _NULL,
        _table(
            ("表达式 / Expression", "结果 / Gives", "警告 / Warning"),
            (
                (_code(text), _code(gives), "有 / yes" if warned else "无 / no")
                for text, gives, warned in NULLS
            ),
        ),
        _SHOWN,
        "## 函数 / Functions\n",
        "`?` 可以省略，`...` 可以有多个；没有标注的出自标准。\n",
        "`?` may be left out, `...` may be several; those without a mark are of the standard.\n",
        *(part for theme in THEMES for part in _theme(theme)),
        *_refused(),
        *_limits(),
        "## 须知 / Worth knowing\n",
        "".join(f"- {chinese}<br>{english}\n" for english, chinese in DIFFERENCES),
        *_tck(exceptions),
    ]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`" if text else ""


def _shown(examples: Iterable[tuple[str, str]]) -> str:
    return "<br>".join(f"{_code(text)} → {_code(gives)}" for text, gives in examples)


def _tried() -> str:
    return "".join(f"$ ombud feel {shlex.join(words)}\n{prints}" for words, prints in TRIED)


def _rows(rows: Rows, head: str) -> str:
    return _table(
        (head, "例子 / Examples"),
        ((f"{chinese}<br>{english}", _shown(examples)) for english, chinese, examples in rows.rows),
    )


def _theme(theme: Theme) -> list[str]:
    return [
        f"### {theme.chinese} / {theme.english}\n",
        _table(
            ("函数 / Function", "含义 / Meaning", "例子 / Examples"),
            (_function(item) for item in theme.entries),
        ),
    ]


def _function(item: Entry) -> tuple[str, ...]:
    overloads = BUILTINS[item.name]
    docs = dict.fromkeys(overload.doc for overload in overloads)
    return (
        "<br>".join(f"{_signature(overload)}{_ORIGINS[overload.origin]}" for overload in overloads),
        f"{item.chinese}<br>{'<br>'.join(docs)}",
        _shown(item.examples),
    )


def _signature(overload: Builtin) -> str:
    shown = ", ".join(_parameter(parameter) for parameter in overload.parameters)
    return _code(f"{overload.name}({shown}): {overload.result}")


def _parameter(parameter: Parameter) -> str:
    mark = ("?" if parameter.optional else "") + ("..." if parameter.several else "")
    return f"{parameter.name}{mark}: {_TYPES.get(parameter.type, parameter.type)}"


def _refused() -> list[str]:
    rows = [
        (_code(f"{name}()"), f"{overloads[0].refusal[1]}<br>{overloads[0].refusal[0]}")
        for name, overloads in BUILTINS.items()
        if overloads[0].refusal is not None
    ]
    return [
        "### 不提供的函数 / Functions that are not offered\n",
        "Camunda 有这些函数；检查会指出它们，求值会中止并说明原因。\n",
        "Camunda has these. The checker names them, and evaluating one ends with the reason.\n",
        _table(("函数 / Function", "原因 / Reason"), rows),
    ]


def _limits() -> list[str]:
    rows = (
        ("步数 / steps of one evaluation", f"{MAX_STEPS:,}"),
        ("列表的项数 / items of a list, parts of a result", f"{MAX_LIST:,}"),
        ("文本的字符数 / characters of a text", f"{MAX_STRING:,}"),
        ("函数调用的层数 / calls inside each other", f"{MAX_CALLS:,}"),
        ("被匹配的文本的字符数 / characters of a text to be matched", f"{MAX_MATCHED:,}"),
        ("模式的字符数 / characters of a pattern", f"{MAX_PATTERN:,}"),
        ("表达式的字符数 / characters of an expression", f"{MAX_TEXT:,}"),
        ("括号的层数 / brackets inside each other", f"{MAX_NESTING:,}"),
    )
    return [
        "## 界限 / Limits\n",
        "一次求值超过其中任何一个，就中止并说出是哪一个。循环的一轮、函数的一次调用，"
        "步数与其中表达式的大小相当。\n",
        "An evaluation that goes beyond one of these ends and says which. A round of a loop and a"
        " call of a function cost about as many steps as their expression has parts.\n",
        _table(("界限 / Limit", "至多 / At most"), rows),
    ]


def _tck(exceptions: Mapping[str, str]) -> list[str]:
    rows = ((_code(pattern), why) for pattern, why in exceptions.items())
    return [
        "## 与公开测试的差别 / What of the public test suite does not hold\n",
        "`make tck` 运行 DMN TCK 的全部用例，只有下列不通过。\n",
        "`make tck` runs every case of the DMN TCK; all hold but these.\n",
        _table(("用例 / Cases", "原因 / Reason"), rows),
    ]
