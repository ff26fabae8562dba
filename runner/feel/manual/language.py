"""What the manual says about values, operators, cells, and where we differ from the standard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: a name in English and in Chinese for each row, and one or two examples in it."""

    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]

    @property
    def examples(self) -> list[tuple[str, str]]:
        return [example for _, _, examples in self.rows for example in examples]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of decision tables: what each says, an input that passes and one that does not."""

    rows: tuple[tuple[str, str, str, str, str], ...]

    @property
    def examples(self) -> list[tuple[str, str, str]]:
        return [(cell, passing, failing) for cell, _, _, passing, failing in self.rows]


LITERALS = Rows(
    (
        ("number", "数", (("0.1 + 0.2", "0.3"), ("1.5e3", "1500"))),
        ("string", "文本", ((r'"a \"word\""', r'"a \"word\""'), (r'"质" + "\u91cf"', '"质量"'))),
        ("boolean", "是与否", (("true and not(false)", "true"),)),
        ("null", "没有值", (("null = null", "true"),)),
        ("date", "日期", (('@"2026-11-20".month', "11"),)),
        ("time", "时间", (('@"09:30:00".hour', "9"), ('@"09:30:00+08:00".minute', "30"))),
        (
            "date and time",
            "日期时间",
            (
                ('@"2026-11-20T09:30:00@Asia/Shanghai" = @"2026-11-20T01:30:00Z"', "true"),
                ('date(@"2026-11-20T09:30:00")', '@"2026-11-20"'),
            ),
        ),
        (
            "days and time duration",
            "日与时的时长",
            (('@"P1DT12H".hours', "12"), ('@"PT90M" = @"PT1H30M"', "true")),
        ),
        ("years and months duration", "年与月的时长", (('@"P18M".years', "1"),)),
        ("list", "列表", (("[10, 20, 30][2]", "20"), ("[10, 20, 30][-1]", "30"))),
        ("context", "上下文", (("{price: 5, total: price * 2}.total", "10"),)),
        ("range", "区间", (("3 in [1..5)", "true"), ("5 in (1..5)", "false"))),
        ("function", "函数", (("{double: function(n) n * 2, x: double(4)}.x", "8"),)),
    )
)
OPERATORS = Rows(
    (
        (
            "reckoning; `+` also joins texts, and moves dates by durations",
            "四则与乘方；+ 也连接文本，也把日期推后",
            (("7 / 2 - 2 ** 3", "-4.5"), ('@"2026-01-31" + @"P1M"', '@"2026-02-28"')),
        ),
        (
            "comparing; a comparison with another kind of value is null",
            "比较；不同类型之间比较为 null",
            (("1 <= 2", "true"), ('1 < "2"', "null")),
        ),
        (
            "between, in",
            "在…之间，属于",
            (("5 between 1 and 9", "true"), ("5 in (< 3, [5..9])", "true")),
        ),
        (
            "and, or: null means unknown",
            "与、或：null 表示不知道",
            (("false and null", "false"), ("true and null", "null")),
        ),
        (
            "`and` is read before `or`; parentheses say otherwise",
            "and 先于 or；要先算 or，请加括号",
            (("true or true and false", "true"), ("(true or true) and false", "false")),
        ),
        (
            "choosing",
            "选择",
            (('if 5 > 3 then "more" else "less"', '"more"'),),
        ),
        (
            "a list of something about each item",
            "由每一项得出一个列表",
            (("for n in 1..4 return n * n", "[1, 4, 9, 16]"),),
        ),
        (
            "is it so for some, for every item?",
            "有一项如此吗？每一项都如此吗？",
            (
                ("some n in [1, 2] satisfies n > 1", "true"),
                ("every n in [1, 2] satisfies n > 1", "false"),
            ),
        ),
        (
            "the items that meet a condition; `item` is the item itself",
            "符合条件的各项；item 指该项本身",
            (("[1, 5, 9][item > 3]", "[5, 9]"), ("[{a: 1}, {a: 2}][a > 1].a", "[2]")),
        ),
        (
            "an entry of a context; over a list, of each item",
            "上下文中的值；对列表则逐项取",
            (("{a: {b: 1}}.a.b", "1"), ("[{a: 1}, {a: 2}].a", "[1, 2]")),
        ),
        (
            "is it of a type?",
            "是否属于某类型",
            (('"x" instance of string', "true"), ("[1] instance of list<number>", "true")),
        ),
    )
)
CELLS = Cells(
    (
        ('"high", "urgent"', "one of these", "其中之一", '"urgent"', '"low"'),
        ('not("low")', "anything else", "除此之外", '"high"', '"low"'),
        ("< 1000", "less than", "小于", "999", "1000"),
        ("[1000..5000)", "from, and below", "从…起，到…以下", "1000", "5000"),
        ("< 10, > 90", "either", "两者之一", "95", "50"),
        ('@"2026-01-01"', "that day", "那一天", '@"2026-01-01"', '@"2026-01-02"'),
        (
            'contains(?, "leak")',
            "a condition; `?` is the input",
            "条件；? 指输入值",
            '"leaks"',
            '"a leek"',
        ),
        ("null", "no value", "没有值", "null", "1"),
        ("-", "anything", "任何值", "1", ""),
    )
)
NULLS: tuple[tuple[str, str, bool], ...] = (
    ("1 + null", "null", False),
    ("null > 1", "null", False),
    ("{phone: null}.phone.area", "null", False),
    ("[1, 2][5]", "null", False),
    ("if null then 1 else 2", "2", False),
    ("null = null", "true", False),
    ("missing + 1", "null", True),
    ("{a: 1}.b", "null", True),
    ('1 + "2"', "null", True),
    ('1 < "2"', "null", True),
    ("1 / 0", "null", True),
    ("true and 1", "null", True),
    ("upper case(null)", "null", True),
    ('date("2026-13-01")', "null", True),
)
"""Expressions that meet null, what they give, and whether a warning is kept."""
DIFFERENCES: tuple[tuple[str, str], ...] = (
    (
        "`+`, `<` and the like with kinds that do not fit give null, and the evaluation keeps a"
        " warning that says why; with null they give null and no warning.",
        "`+`、`<` 之类与不合的类型运算得 null，并留下说明原因的警告；"
        "与 null 运算得 null，没有警告。",
    ),
    (
        "`now()` and `today()` are those of the evaluation, in the time zone of the site, so that"
        " a decision can be repeated.",
        "now() 与 today() 是本次求值的时刻，用所在地的时区，因此决定可以重算。",
    ),
    (
        "A date and time without a zone is read in the zone of the site where it is compared with"
        " one that has a zone.",
        "没有时区的日期时间与有时区的比较时，按所在地的时区理解。",
    ),
    (
        "A policy value that nobody has decided yet ends the evaluation with its name when it is"
        " used; `is unset` asks without using it.",
        "尚未决定的政策值一经使用即中止求值并指明是哪一个；is unset 只问不用。",
    ),
    (
        "`assert` that does not hold ends the evaluation as an incident with its cause.",
        "assert 不成立即中止求值，成为带原因的异常。",
    ),
    (
        "Patterns are those of XPath. A backslash before any ASCII punctuation means that"
        " character, as in Java. Character classes and `\\d \\w \\s \\i \\c` know all of Unicode.",
        "模式按 XPath 的规则。反斜杠加任何 ASCII 标点即该标点，与 Java 相同；"
        "字符类涵盖整个 Unicode。",
    ),
    (
        "Patterns are matched in time linear to the text. Back-references (`\\1`), look-ahead and"
        " look-behind (`(?=`, `(?<!`), `\\b` and switches such as `(?i)` are refused: the result is"
        " null with a warning.",
        "匹配时间与文本长度成正比。反向引用（\\1）、前后查看、\\b 和 (?i) 这类开关不被接受："
        "结果为 null 并有警告。",
    ),
    (
        "Positions and lengths of texts count characters of Unicode.",
        "文本的位置与长度按 Unicode 字符计。",
    ),
    (
        "Numbers have 34 digits (IEEE 754 decimal128); a result beyond them is null.",
        "数有 34 位有效数字（IEEE 754 decimal128）；超出即为 null。",
    ),
    (
        "An expression cannot change anything, and sees nothing but its variables, its instant and"
        " its calendar.",
        "表达式不能改变任何东西，只看得见变量、时刻和日历。",
    ),
)
