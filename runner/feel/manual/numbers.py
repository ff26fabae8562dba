"""Functions over numbers, and those that make one value of many."""

from __future__ import annotations

from runner.feel.manual.entries import Theme, entry

NUMBERS = Theme(
    "Numbers",
    "数",
    (
        entry("decimal", "四舍六入五成双，保留若干位小数。", ("decimal(2.345, 2)", "2.34")),
        entry(
            "floor", "向下取整，或到若干位小数。", ("floor(-1.5)", "-2"), ("floor(1.29, 1)", "1.2")
        ),
        entry("ceiling", "向上取整，或到若干位小数。", ("ceiling(1.2)", "2")),
        entry("round up", "远离零舍入。", ("round up(1.121, 2)", "1.13")),
        entry("round down", "向零舍去。", ("round down(-1.126, 2)", "-1.12")),
        entry("round half up", "四舍五入（五远离零）。", ("round half up(2.5, 0)", "3")),
        entry("round half down", "五舍六入（五向零）。", ("round half down(2.5, 0)", "2")),
        entry(
            "abs",
            "去掉数或时长的负号。",
            ("abs(-3)", "3"),
            ('abs(duration("-PT5H"))', 'duration("PT5H")'),
        ),
        entry("modulo", "余数，符号与除数相同。", ("modulo(12, 5)", "2"), ("modulo(-7, 3)", "2")),
        entry("sqrt", "平方根；负数为 null。", ("sqrt(16)", "4")),
        entry("log", "自然对数。", ("log(1)", "0")),
        entry("exp", "e 的若干次方。", ("exp(0)", "1")),
        entry("odd", "是否为奇数。", ("odd(5)", "true")),
        entry("even", "是否为偶数。", ("even(5)", "false")),
    ),
)
STATISTICS = Theme(
    "One value of many",
    "汇总",
    (
        entry(
            "min", "最小的值；没有则为 null。", ("min([3, 1, 2])", "1"), ('min("b", "a")', '"a"')
        ),
        entry("max", "最大的值；没有则为 null。", ("max(3, 1, 2)", "3")),
        entry(
            "sum",
            "数（或时长）之和；没有则为 null。",
            ("sum([35, 120.5])", "155.5"),
            ('sum([duration("PT2H"), duration("PT30M")])', 'duration("PT2H30M")'),
        ),
        entry("mean", "平均值。", ("mean([1, 2, 3, 4])", "2.5")),
        entry("product", "乘积。", ("product(2, 3, 4)", "24")),
        entry("median", "中位数。", ("median([8, 2, 5, 3])", "4")),
        entry("stddev", "样本标准差。", ("stddev([2, 4, 6])", "2")),
        entry("mode", "出现最多的数，由小到大。", ("mode([6, 1, 9, 6, 1])", "[1, 6]")),
        entry(
            "all",
            "有一个 false 即 false；全为 true 则 true；否则 null。",
            ("all([true, true])", "true"),
            ("all([true, null])", "null"),
        ),
        entry(
            "any",
            "有一个 true 即 true；全为 false 则 false；否则 null。",
            ("any([false, true])", "true"),
        ),
    ),
)
