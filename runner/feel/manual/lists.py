"""Functions over lists and contexts, and over whether there is a value."""

from __future__ import annotations

from runner.feel.manual.entries import Theme, entry

LISTS = Theme(
    "Lists",
    "列表",
    (
        entry("count", "项数。", ('count(["lid", "base"])', "2")),
        entry("is empty", "是否没有任何项。", ("is empty([])", "true")),
        entry("list contains", "是否含有此值。", ('list contains(["lid", "base"], "lid")', "true")),
        entry(
            "sublist",
            "从某个位置起的部分；位置从 1 数起，负数从末尾数起。",
            ("sublist([1, 2, 3], 2)", "[2, 3]"),
            ("sublist([1, 2, 3], -2, 1)", "[2]"),
        ),
        entry("append", "在末尾加上各项。", ("append([1], 2, 3)", "[1, 2, 3]")),
        entry("concatenate", "各列表相接。", ("concatenate([1, 2], [2, 3])", "[1, 2, 2, 3]")),
        entry("union", "各列表相接，每个值只留一次。", ("union([1, 2], [2, 3])", "[1, 2, 3]")),
        entry("insert before", "在某位置之前插入。", ("insert before([1, 3], 2, 2)", "[1, 2, 3]")),
        entry("remove", "去掉某位置的项。", ("remove([1, 2, 3], 2)", "[1, 3]")),
        entry(
            "list replace",
            "换掉某位置的项，或换掉函数说是的各项。",
            ("list replace([1, 2, 3], 2, 9)", "[1, 9, 3]"),
            ("list replace([1, 2, 3], function(item, new) item < new, 3)", "[3, 3, 3]"),
        ),
        entry("reverse", "首尾倒过来。", ("reverse([1, 2, 3])", "[3, 2, 1]")),
        entry("index of", "此值所在的各位置。", ("index of([1, 2, 3, 2], 2)", "[2, 4]")),
        entry("distinct values", "去掉重复的值。", ("distinct values([1, 2, 1])", "[1, 2]")),
        entry("duplicate values", "出现不止一次的值。", ("duplicate values([1, 2, 1])", "[1]")),
        entry(
            "flatten", "把列表中的列表逐层展开。", ("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]")
        ),
        entry(
            "sort",
            "排序；可给一个函数说明谁在前。",
            ("sort([3, 1, 2])", "[1, 2, 3]"),
            ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
        ),
        entry("partition", "每若干项分成一组。", ("partition([1, 2, 3], 2)", "[[1, 2], [3]]")),
    ),
)
CONTEXTS = Theme(
    "Contexts",
    "上下文（键与值）",
    (
        entry(
            "get value",
            "某个键，或一串键之下的值；没有则为 null。",
            ('get value({a: 1}, "a")', "1"),
            ('get value({a: {b: 2}}, ["a", "b"])', "2"),
        ),
        entry(
            "get entries",
            "每个键与值成为列表中的一项。",
            ("get entries({a: 1})", '[{key: "a", value: 1}]'),
        ),
        entry(
            "context",
            "由 {key, value} 的列表做成上下文。",
            ('context([{key: "a", value: 1}])', "{a: 1}"),
        ),
        entry(
            "context put",
            "加上或改掉一个键的值；可给一串键。",
            ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
            ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
        ),
        entry(
            "context merge",
            "合并各上下文；相同的键以后者为准。",
            ("context merge([{a: 1, b: 1}, {b: 2}])", "{a: 1, b: 2}"),
        ),
    ),
)
CONDITIONS = Theme(
    "Conditions, and whether there is a value",
    "条件，以及有没有值",
    (
        entry("not", "相反；既非 true 也非 false 则为 null。", ("not(true)", "false")),
        entry(
            "is",
            "是否类型与值都相同。",
            ('is(@"2026-11-20", @"2026-11-20")', "true"),
            ('is(1, "1")', "false"),
        ),
        entry("is defined", "是否有值（不是 null）。", ("is defined(null)", "false")),
        entry(
            "get or else",
            "此值；若为 null 则用另一个。",
            ('get or else(null, "none")', '"none"'),
        ),
        entry(
            "assert",
            "条件成立则为此值；否则求值失败，成为一个异常，带上所给的原因。",
            ('assert(1280, 1280 > 0, "an amount must be positive")', "1280"),
        ),
        entry(
            "is unset",
            "是否是责任人尚未决定的政策值。",
            ("is unset(1)", "false"),
        ),
    ),
)
