from __future__ import annotations

from decimal import Decimal

import pytest

from runner.definitions.owners_yaml import path_text, read_yaml
from runner.definitions.xml import UnreadableFile
from tests.hanging import not_hanging


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_yaml(data, "x.yaml")
    return caught.value.finding.en


def test_only_plain_meanings_are_values() -> None:
    document = read_yaml(
        b'a: true\nb: yes\nc: 08:30\nd: 2026-01-01\ne: 12\nf: 0.10\ng: "12"\nh: null\ni: on\n'
        b"j: [1, none]\nk: 1e3\n",
        "x.yaml",
    )
    assert document.data == {
        "a": True, "b": "yes", "c": "08:30", "d": "2026-01-01", "e": 12, "f": Decimal("0.10"),
        "g": "12", "h": None, "i": "on", "j": [1, "none"], "k": "1e3",
    }  # fmt: skip
    assert document.lines[("j", 1)] == 10


def test_positions_are_counted_as_people_do() -> None:
    assert path_text(("intake", "channels", 1, "owner")) == "intake.channels[2].owner"


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"a: 1\nb: 2\na: 3\n", 'Line 3 repeats the key "a"'),
        (b"a: &x [1]\nb: *x\n", "anchor or alias"),
        (b"a: !!python/object:os.system x\n", "tag"),
        (b"a: [1\n", "Line 2 cannot be read"),
        (b"a: 1\n---\nb: 2\n", "second YAML document"),
        (b"\xff\xfe", "UTF-8"),
        (b"<<: {a: 1}\n", "plain text"),
        (b"? [a]\n: 1\n", "plain text"),
        (b"a: \x07\n", "cannot be read"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_line(data: bytes, part: str) -> None:
    assert part in refused(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b"- " * 200_000,
        b"{a: " * 100_000,
        b"x: [" + b"1," * 200_000 + b"]",
        b"a" * 600_000,
        b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
    ],
)
def test_hostile_files_are_refused_at_once(data: bytes) -> None:
    with not_hanging():
        assert refused(data)
