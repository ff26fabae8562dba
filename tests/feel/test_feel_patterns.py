"""Regular expressions: what XPath's patterns mean, what is refused, and what they may cost."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import BudgetExceeded, Result, Value, compile_expression
from runner.feel.builtins import character_sets as sets
from tests.hanging import not_hanging

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "found"),
    [
        # anchors, the dot and their flags
        ("abc", "b", "", True),
        ("abc", "^b", "", False),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("a\n", "^a$", "", False),
        ("a\nb", "a.b", "", False),
        ("a\rb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        # upper and lower case
        ("ABC", "b", "i", True),
        ("\u212a", "k", "i", True),  # the sign for kelvin
        ("q", "[^Q]", "i", False),
        ("x", r"\p{Lu}", "i", False),
        # blanks
        ("hello world", r"hello\ sworld", "x", True),
        ("hello world", "he ll o[ ]worl d", "x", True),
        ("a b", r"a\\ [ ]", "x", False),
        ("hello", r"\p{ IsBasicLatin}+", "x", True),
        # nothing is special
        ("a.b(c", "b(c", "q", True),
        ("axb", "a.b", "q", False),
        ("A.B", "a.b", "qi", True),
        # classes
        ("A1", "[a-zA-Z][0-9]", "", True),
        ("x", "[A-Z-[OI]]", "i", True),
        ("o", "[A-Z-[OI]]", "i", False),
        ("I", "[A-Z-[oi]]", "i", False),
        ("b", "[a-z-[aeiou-[e]]]", "", True),
        ("e", "^[a-z-[aeiou-[e]]]$", "", True),
        ("a", "^[a-z-[aeiou-[e]]]$", "", False),
        ("a", "[^a-z-[x]]", "", False),
        ("5", "[^a-z-[5]]", "", False),
        ("-", "^[a-]$", "", True),
        ("^", "^[a^]$", "", True),
        ("a]", r"^[\[\]a]+$", "", True),
        ("é", r"[\p{L}-[a-z]]", "", True),
        ("e", r"[\p{L}-[a-z]]", "", False),
        ("a", r"[^\S]", "", False),
        ("a", r"[\s\S]", "", True),
        # escapes
        ("１", r"^\d$", "", True),  # a digit of any script
        ("质量", r"^\w+$", "", True),
        ("质-量", r"^\w+$", "", False),
        ("\u00a0", r"\s", "", False),
        ("_a", r"^\i\c$", "", True),
        ("1", r"\i", "", False),
        ("1-", r"^\c\c$", "", True),
        ("质", r"\p{IsCJKUnifiedIdeographs}", "", True),
        ("a", r"\P{IsBasicLatin}", "", False),
        ("Ａ", r"\p{IsHalfwidthandFullwidthForms}", "", True),
        ("a|b", r"a\|b", "", True),
        ("a\tb", r"a\tb", "", True),
        ("a/b", r"a\/b", "", True),
        # repetition
        ("aaa", "^a{2,3}$", "", True),
        ("a", "^a{2,}$", "", False),
        ("", "^(a|b)*?$", "", True),
        ("ab", "^(?:a|b)+$", "", True),
    ],
)
def test_a_pattern_means_what_xpath_says(
    text: str, pattern: str, flags: str, found: bool, run: Callable[..., Result]
) -> None:
    result = run("matches(t, p, f)", t=text, p=pattern, f=flags)
    assert (result.value, result.warnings) == (found, ())


@pytest.mark.parametrize(
    ("pattern", "flags", "why"),
    [
        (r"(a)\1", "i", "the back-reference '\\1' cannot be matched in linear time"),
        (r"(.)\3", "", "refers to no group before it"),
        (r"\0", "", "refers to no group"),
        (r"(asd)[asd\0]", "", "is no escape"),
        (r"(asd)[\1]", "", "is no escape"),
        (r"\bword", "", "'\\b' is no escape"),
        ("a\\", "", "'\\' is no escape"),
        ("(?=a)", "", "a group may only begin with"),
        ("(?i)a", "", "a group may only begin with"),
        ("(a", "", "is not closed"),
        ("a)", "", "closes nothing"),
        ("[a", "", "'[' is not closed"),
        ("[]", "", "has no character in it"),
        ("[^]", "", "has no character in it"),
        ("[z-a]", "", "the wrong way round"),
        (r"[a-\d]", "", "the wrong way round"),
        ("[a[b]]", "", "must be written '\\['"),
        ("[a-z-[b]c]", "", "must stand at the end"),
        ("a]", "", "must be written '\\]'"),
        ("a}", "", "must be written '\\}'"),
        ("*a", "", "repeats nothing"),
        ("a**", "", "repeats nothing"),
        ("a{,3}", "", "repeats nothing"),
        ("a{3,2}", "", "the wrong way round"),
        ("a{1001}", "", "more than 1000 times"),
        ("(a{500}){500}", "", "too large"),
        (r"\p{Xx}", "", "no category or block 'Xx'"),
        (r"\p{IsNowhere}", "", "no category or block 'IsNowhere'"),
        (r"\p{ IsBasicLatin}", "", "needs a category or block"),
        (r"\pL", "", "needs a category or block"),
        ("a", "p", "there is no flag 'p'"),
        ("a", " ", "there is no flag ' '"),
        ("\ud800", "", "half of a character"),
    ],
)
def test_what_cannot_be_matched_is_null_and_says_why(
    pattern: str, flags: str, why: str, run: Callable[..., Result]
) -> None:
    result = run("matches(t, p, f)", t="aA", p=pattern, f=flags)
    (warning,) = result.warnings
    assert result.value is None
    assert (warning.kind, warning.name) == ("function", "matches")
    assert why in warning.message


def test_a_text_with_half_a_character_is_null(run: Callable[..., Result]) -> None:
    for call in ('matches(x, "a")', 'replace(x, "a", "b")', 'split(x, "a")', 'extract(x, "a")'):
        result = run(call, x="a\ud83d")
        assert result.value is None
        assert "half characters" in result.warnings[0].message


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (r'replace("abracadabra", "a(.)", "a$1$1")', "abbraccaddabbra"),
        (r'replace("ab", "(a)(b)", "$2$1$0")', "baab"),
        (r'replace("a", "(a)", "$10")', "a0"),  # there is no tenth group: the first, then a 0
        (r'replace("a", "a", "[$1]")', "[]"),
        (r'replace("abcdefghijkl", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)", "$12$1")', "la"),
        (r'replace("a", "a", "\$\\\\1")', "$\\1"),
        (r'replace("a", "(b)|a", "[$1]")', "[]"),
        (r'replace("a.b", ".", "$", "q")', "a$b"),
        (r'replace("a", "a", "$x")', None),
        (r'replace("a", "a", "x\y")', None),
        (r'replace("a", "a", "x$")', None),
        (r'replace("🐎a🐎", "a", "🐄")', "🐎🐄🐎"),
        (r'split("a  b c", "\s+")', ["a", "b", "c"]),
        (r'split("🐎;🐄", ";")', ["🐎", "🐄"]),
        (r'split("abc", "")', ["abc"]),
        (r'extract("12 and 34", "[0-9]+")', ["12", "34"]),
    ],
)
def test_replacing_and_splitting(call: str, expected: object, value: Callable[..., Value]) -> None:
    assert value(call) == expected


def test_what_a_pattern_costs_is_limited() -> None:
    for text, long in (
        ('matches(long, "a")', "a" * 100_001),
        ('matches("a", long)', "a" * 1_001),
        (r'for i in 1..1000 return matches("x", "\w{1,20}" + string(i))', ""),
        ('replace(long, "a.*b|a", "x")', "a" * 90_000),
        ('replace(long, "a", long)', "a" * 5_000),
        ('extract(long, "a.*b|a")', "a" * 90_000),
        ('split(long, "a.*b|a")', "a" * 90_000),
        (r'for i in 1..500 return matches(long, "(a|b)*a(a|b){300}c")', "ab" * 20_000),
    ):
        with not_hanging(), pytest.raises(BudgetExceeded, match=r"\d"):
            compile_expression(text).evaluate({"long": long}, now=NOW)


@pytest.mark.parametrize(
    "pattern",
    [r"\\p{L}{50}", r"\\p{L}" * 100, r"(?:\\p{L}|\\p{N})*" * 20, r"[\\p{L}-[\\p{Lu}]]" * 20],
)
def test_patterns_that_are_dear_to_compile_are_paid(pattern: str) -> None:
    text = f'for i in 1..1000 return matches("a", "{pattern}" + string(i))'
    with not_hanging(5), pytest.raises(BudgetExceeded):
        compile_expression(text).evaluate({}, now=NOW)


@pytest.mark.parametrize(
    "pattern",
    ["(a|b)*a(a|b){1000}c", "(?:a|b|ab|ba|aab){1,900}c", "(?:(a|b){1,30}){1,30}c", "a[ab]{1000}c"],
)
def test_a_pattern_of_many_places_is_paid_for_each_character(pattern: str) -> None:
    scope = {"long": "abbabaabbaababba" * 6_000, "short": "abba" * 5, "p": pattern}
    with not_hanging(10), pytest.raises(BudgetExceeded):
        compile_expression("matches(long, p)").evaluate(scope, now=NOW)
    assert compile_expression("matches(short, p)").evaluate(scope, now=NOW).value is False


@pytest.mark.parametrize("pattern", [r"^\p{L}{2,64}$", r"^\w{1,64}$", r"^[\p{L}\d ]{2,100}$"])
def test_letters_of_every_language_may_be_counted(pattern: str) -> None:
    expression = compile_expression("for t in texts return matches(t, p)")
    scope = {"texts": ["Größe", "质量部", "-", "x" * 101], "p": pattern}
    assert expression.evaluate(scope, now=NOW).value == [True, True, False, False]


def test_the_same_pattern_is_paid_once() -> None:
    text = r'for i in 1..2000 return matches("质量" + string(i), "^\w+$")'
    assert all(compile_expression(text).evaluate({}, now=NOW).value)


_SIMPLE = st.text(alphabet="ab01.-^[](){}|*+?\\$sdwpLu,", max_size=12)


@settings(max_examples=300, deadline=None)
@given(_SIMPLE, st.text(alphabet="ab01 -", max_size=8), st.sampled_from(["", "i", "x", "sm"]))
def test_any_pattern_answers_or_is_refused(pattern: str, text: str, flags: str) -> None:
    scope = {"p": pattern, "t": text, "f": flags}
    with contextlib.suppress(BudgetExceeded):
        found = compile_expression("matches(t, p, f)").evaluate(scope, now=NOW)
        assert found.value in (True, False) or found.warnings


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "b", "[ab]", "(a|b)", "a?", "b*", "(?:ab)+", "[^a]"]), max_size=6
    ),
    st.text(alphabet="abc", max_size=8),
)
def test_patterns_both_languages_share_agree_with_python(parts: list[str], text: str) -> None:
    pattern = "^" + "".join(parts) + "$"
    found = compile_expression("matches(t, p)").evaluate({"p": pattern, "t": text}, now=NOW)
    assert found.value is (re.search(pattern, text) is not None)


@pytest.mark.parametrize("name", ["Lu", "Nd", "Zs", "Cn", "Co", "Cs", "L", "C", "P"])
def test_a_category_has_the_characters_unicode_gives_it(name: str) -> None:
    inside = sets.category(name)
    assert inside is not None
    for some, wanted in ((inside, True), (sets.complement(inside), False)):
        for first, last in some:
            for code in {first, last, (first + last) // 2}:
                assert unicodedata.category(chr(code)).startswith(name) is wanted


_SETS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=6).map(
    lambda pairs: sets.union((first, first + more) for first, more in pairs)
)


def _members(some: sets.Set) -> set[int]:
    return {code for first, last in some for code in range(first, last + 1)}


@given(_SETS, _SETS)
def test_sets_of_characters_behave_as_sets(one: sets.Set, other: sets.Set) -> None:
    assert _members(sets.union(one, other)) == _members(one) | _members(other)
    assert _members(sets.difference(one, other)) == _members(one) - _members(other)
    assert sets.complement(sets.complement(one)) == one
