"""Expressions such as a procedure for complaints needs every day, over one small record; and how to
try one."""

from __future__ import annotations

from dataclasses import dataclass

RECORD = """{
  received_at: @"2026-11-16T09:30:00@Asia/Shanghai",
  severity: "urgent",
  amount: 1280,
  injured: false,
  phone: null,
  number: "TS-2026-0042",
  parts: [
    {name: "lid", price: 35, broken: true},
    {name: "base", price: 220, broken: false},
    {name: "cord", price: 18.5, broken: true}
  ]
}"""


@dataclass(frozen=True, slots=True)
class Everyday:
    """A question in both languages, the expression that answers it, and its answer here."""

    chinese: str
    english: str
    text: str
    gives: str


EVERYDAY = (
    Everyday(
        "48 小时后是何时？",
        "When are 48 hours over?",
        'received_at + duration("PT48H")',
        '@"2026-11-18T09:30:00@Asia/Shanghai"',
    ),
    Everyday(
        "五个工作日后是哪一天？",
        "Which day is five working days later?",
        "date(working days after(received_at, 5))",
        '@"2026-11-23"',
    ),
    Everyday(
        "已经超过三天了吗？",
        "Are more than three days over?",
        'now() > received_at + duration("P3D")',
        "true",
    ),
    Everyday(
        "收到至今几天？",
        "How many days since it was received?",
        "(today() - date(received_at)).days",
        "4",
    ),
    Everyday(
        "该由谁处理？",
        "Who deals with it?",
        'if injured or amount > 10000 then "manager" else "clerk"',
        '"clerk"',
    ),
    Everyday(
        "是不是这几种程度之一？",
        "Is it one of these severities?",
        'severity in ("high", "urgent")',
        "true",
    ),
    Everyday(
        "紧急或严重，而且超过一千？",
        "Urgent or high, and more than 1000?",
        '(severity = "urgent" or severity = "high") and amount > 1000',
        "true",
    ),
    Everyday(
        "金额在这个范围内吗？",
        "Is the amount between these?",
        "amount in [1000..5000)",
        "true",
    ),
    Everyday(
        "坏了的零件一共多少钱？",
        "What do the broken parts cost together?",
        "sum(parts[broken].price)",
        "53.5",
    ),
    Everyday(
        "坏了哪些零件，写成一行？",
        "Which parts are broken, in one line?",
        'string join(parts[broken].name, ", ")',
        '"lid, cord"',
    ),
    Everyday(
        "没有电话时写什么？",
        "What to write where there is no phone?",
        'number + ": " + get or else(phone, "no phone")',
        '"TS-2026-0042: no phone"',
    ),
)

TRIED: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ('(grade = "urgent" or grade = "high") and amount > 1000', "--set", 'grade="high"',
         "--set", "amount=1280"),
        "true\n类型 / type: 是与否 / boolean\n",
    ),
    (
        ('working days after(@"2026-09-30T09:00:00@Asia/Shanghai", 2)', "--lang", "en"),
        '@"2026-10-09T17:30:00@Asia/Shanghai"\ntype: date and time\n',
    ),
    (
        ("< 10, > 90", "--unary", "95", "--lang", "zh"),
        "95: 通过\n",
    ),
    (
        ("amount > = 3", "--set", "amount=4", "--lang", "zh"),
        "amount > = 3\n         ^\n遇到“=”，应为表达式。\n",
    ),
)  # fmt: skip
"""Commands `ombud feel`, by their words, and what each prints in a folder with our calendar."""
