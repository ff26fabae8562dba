"""Functions over dates, times, durations, ranges and working time."""

from __future__ import annotations

from runner.feel.manual.entries import Theme, entry

DATES = Theme(
    "Dates, times and durations",
    "日期、时间与时长",
    (
        entry(
            "date",
            "由文本、日期时间或年月日做成日期。",
            ('date("2026-11-20")', '@"2026-11-20"'),
            ("date(2026, 11, 20)", '@"2026-11-20"'),
        ),
        entry(
            "time",
            "由文本、日期时间或时分秒做成时间。",
            ('time("09:30:00")', '@"09:30:00"'),
            ('time(9, 30, 0, duration("PT8H"))', '@"09:30:00+08:00"'),
        ),
        entry(
            "date and time",
            "由文本、日期加时间，或各部分做成日期时间；也可换到某个时区显示。",
            ('date and time(@"2026-11-20", @"09:30:00")', '@"2026-11-20T09:30:00"'),
            (
                'date and time(@"2026-11-20T08:00:00Z", "Asia/Shanghai")',
                '@"2026-11-20T16:00:00@Asia/Shanghai"',
            ),
        ),
        entry(
            "duration",
            "由文本做成时长。",
            ('duration("P1DT2H") + duration("PT1H")', '@"P1DT3H"'),
            ('@"2026-01-31" + duration("P1M")', '@"2026-02-28"'),
        ),
        entry(
            "years and months duration",
            "两个日期之间的整月数。",
            ('years and months duration(@"2025-08-22", @"2026-11-20")', '@"P1Y2M"'),
        ),
        entry(
            "now", "本次求值的时刻，用所在地的时区。", ('now() > @"2026-01-01T00:00:00Z"', "true")
        ),
        entry("today", "本次求值的日期，用所在地的时区。", ("today()", '@"2026-11-20"')),
        entry("day of week", "星期几（英文）。", ('day of week(@"2026-11-20")', '"Friday"')),
        entry("day of year", "一年中的第几天。", ('day of year(@"2026-02-01")', "32")),
        entry(
            "week of year", "一年中的第几周（ISO 8601）。", ('week of year(@"2026-11-20")', "47")
        ),
        entry("month of year", "几月（英文）。", ('month of year(@"2026-11-20")', '"November"')),
        entry(
            "last day of month",
            "当月最后一天。",
            ('last day of month(@"2028-02-01")', '@"2028-02-29"'),
        ),
    ),
)
RANGES = Theme(
    "Ranges",
    "区间",
    (
        entry("before", "是否整个在另一个之前。", ("before([1..5), [5..9])", "true")),
        entry("after", "是否整个在另一个之后。", ("after(10, [1..9])", "true")),
        entry("meets", "是否止于另一个的起点。", ("meets([1..5], [5..9])", "true")),
        entry("met by", "是否起于另一个的终点。", ("met by([5..9], [1..5])", "true")),
        entry("overlaps", "是否有共同的值。", ("overlaps([1..5], [3..9])", "true")),
        entry(
            "overlaps before",
            "是否先开始，并伸入另一个。",
            ("overlaps before([1..5], [3..9])", "true"),
        ),
        entry(
            "overlaps after",
            "是否后结束，并伸入另一个。",
            ("overlaps after([3..9], [1..5])", "true"),
        ),
        entry("includes", "是否含有此值或区间。", ("includes([1..9], 4)", "true")),
        entry("during", "是否在区间之内。", ("during(4, [1..9])", "true")),
        entry("starts", "是否正好从区间起点开始。", ("starts(1, [1..9])", "true")),
        entry("started by", "区间是否正好由此开始。", ("started by([1..9], 1)", "true")),
        entry("finishes", "是否正好到区间终点结束。", ("finishes(9, [1..9])", "true")),
        entry("finished by", "区间是否正好由此结束。", ("finished by([1..9], 9)", "true")),
        entry("coincides", "两者是否相同。", ("coincides([1..9], [1..9])", "true")),
    ),
)
WORKING_TIME = Theme(
    "Deadlines and working time",
    "期限与工作时间",
    (
        entry(
            "working days after",
            "若干个工作日之后的下班时刻。",
            (
                'date(working days after(@"2026-11-20T10:00:00@Asia/Shanghai", 2))',
                '@"2026-11-24"',
            ),
        ),
        entry(
            "working hours after",
            "经过这么多工作时间之后的时刻。",
            (
                'date(working hours after(@"2026-11-20T10:00:00@Asia/Shanghai", 8))',
                '@"2026-11-23"',
            ),
        ),
        entry(
            "is working day",
            "按日历那天是否上班。",
            ('is working day(@"2026-11-21")', "false"),
        ),
        entry(
            "due at",
            "政策中的一个时限（{amount, unit, from}）从起点算起何时期满；null 表示没有时限。",
            (
                'date(due at({amount: 3, unit: "day"}, {now: @"2026-11-20T02:00:00Z"}))',
                '@"2026-11-23"',
            ),
        ),
        entry(
            "cycle",
            "把一个时限写成重复的间隔，供定时器使用；null 表示没有。",
            ('cycle({amount: 2, unit: "day"})', '"R/P2D"'),
        ),
    ),
)
