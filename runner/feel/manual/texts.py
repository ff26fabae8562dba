"""Functions over texts, and between texts and other values."""

from __future__ import annotations

from runner.feel.manual.entries import Theme, entry

TEXTS = Theme(
    "Texts",
    "文本",
    (
        entry("string length", "字符个数。", ('string length("质量")', "2")),
        entry("upper case", "全部大写。", ('upper case("k2 kettle")', '"K2 KETTLE"')),
        entry("lower case", "全部小写。", ('lower case("URGENT")', '"urgent"')),
        entry(
            "substring",
            "从某个位置起的部分；位置从 1 数起，负数从末尾数起。",
            ('substring("TS-2026-0042", 4, 4)', '"2026"'),
            ('substring("TS-2026-0042", -4)', '"0042"'),
        ),
        entry(
            "substring before",
            "所找内容之前的部分；没有则为空文本。",
            ('substring before("li@example.com", "@")', '"li"'),
        ),
        entry(
            "substring after",
            "所找内容之后的部分；没有则为空文本。",
            ('substring after("li@example.com", "@")', '"example.com"'),
        ),
        entry("contains", "是否含有所找内容。", ('contains("手柄断裂", "断")', "true")),
        entry("starts with", "是否以此开头。", ('starts with("TS-2026-0042", "TS-")', "true")),
        entry("ends with", "是否以此结尾。", ('ends with("photo.jpg", ".png")', "false")),
        entry(
            "string join",
            "把列表中的文本连成一个，null 略过；可给分隔、前缀和后缀。",
            ('string join(["lid", null, "base"], ", ")', '"lid, base"'),
            ('string join(["a", "b"], "; ", "<", ">")', '"<a; b>"'),
        ),
        entry("trim", "去掉两端的空白。", ('trim("  K2 ")', '"K2"')),
        entry("is blank", "是否为空或只有空白。", ('is blank("  ")', "true")),
        entry("to base64", "按 UTF-8 写成 Base64。", ('to base64("FEEL")', '"RkVFTA=="')),
    ),
)
PATTERNS = Theme(
    "Patterns (regular expressions)",
    "模式（正则表达式）",
    (
        entry(
            "matches",
            "文本中是否有与模式相符之处；标志可用 s m i x q。",
            (r'matches("TS-2026-0042", "^TS-\d{4}-\d+$")', "true"),
            ('matches("Kettle", "KET", "i")', "true"),
        ),
        entry(
            "replace",
            "替换每一处相符的内容；$1 是第一组所匹配的。",
            (r'replace("2026-11-20", "(\d+)-(\d+)-(\d+)", "$3.$2.$1")', '"20.11.2026"'),
            ('replace("a.b", ".", "/", "q")', '"a/b"'),
        ),
        entry(
            "split",
            "在与模式相符之处切开。",
            (r'split("lid; base;cord", ";\s*")', '["lid", "base", "cord"]'),
        ),
        entry(
            "extract",
            "与模式相符的所有部分。",
            (r'extract("orders 1234 and 1256", "\d+")', '["1234", "1256"]'),
        ),
    ),
)
CONVERSIONS = Theme(
    "From one kind of value to another",
    "值的转换",
    (
        entry(
            "string",
            "写成文本；null 仍是 null。",
            ("string(1.50)", '"1.50"'),
            ('string(["a", {n: 1}])', r'"[\"a\", {n: 1}]"'),
        ),
        entry(
            "number",
            "读成数；可给千位分隔和小数点。不是数则为 null。",
            ('number("1,280.50", ",", ".")', "1280.50"),
            ('number("many")', "null"),
        ),
        entry(
            "from json",
            "JSON 文本所描述的值；不是 JSON 则为 null。",
            (r'from json("{\"a\": [1, true]}")', "{a: [1, true]}"),
        ),
        entry(
            "to json",
            "写成 JSON 文本；日期、时间和时长写成 ISO 8601 文本。",
            ('to json({due: @"2026-11-20", n: 1})', r'"{\"due\":\"2026-11-20\",\"n\":1}"'),
        ),
        entry(
            "range",
            "由文本读出区间；两端都必须是字面值。",
            ('5 in range("[1..10)")', "true"),
        ),
    ),
)
