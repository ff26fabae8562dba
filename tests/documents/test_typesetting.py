"""Typesetting is confined: no files, no packages, no network, limited in time and memory."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from runner.documents.typesetting import Limits, TypesettingFailed, typeset, typeset_pages

AT = datetime(2026, 1, 1, tzinfo=UTC)


def pdf(layout: str, data: object = None, limits: Limits | None = None) -> bytes:
    return typeset("a.typ", {"a.typ": layout.encode()}, data, at=AT, limits=limits)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert pdf("Hello 你好") == pdf("Hello 你好")
    assert pdf("Hello").startswith(b"%PDF-")


def test_pages_come_as_pictures() -> None:
    pages = typeset_pages("a.typ", {"a.typ": b"one #pagebreak() two"}, None, at=AT)
    assert [page[:4] for page in pages] == [b"\x89PNG"] * 2


@pytest.mark.parametrize(
    "layout",
    [
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        '#image("/etc/hostname")',
        '#import "@preview/cetz:0.4.2"',
        '#let name = "@pre" + "view/cetz:0.4.2"\n#import name',
        '#include "/../secret.typ"',
    ],
)
def test_a_layout_reaches_nothing_outside(layout: str) -> None:
    with pytest.raises(TypesettingFailed):
        pdf(layout)


def test_a_mistake_is_told_with_file_and_line() -> None:
    with pytest.raises(TypesettingFailed) as failed:
        pdf("fine\n\n#nothing()")
    assert (failed.value.file, failed.value.line) == ("a.typ", 3)
    assert "nothing" in failed.value.message


def test_an_endless_layout_is_killed_in_time() -> None:
    begun = time.monotonic()
    slow = "#let t = 0\n#for a in range(900000) { for b in range(900000) { t += 1 } }\n#t"
    with pytest.raises(TypesettingFailed):
        pdf(slow, limits=Limits(seconds=2))
    assert time.monotonic() - begun < 10


def test_a_greedy_layout_is_stopped() -> None:
    with pytest.raises(TypesettingFailed):
        pdf(
            "#let a = range(1000000).map(n => range(1000).map(str))\n#a.len()",
            limits=Limits(seconds=20, megabytes=900),
        )


def test_names_of_files_cannot_leave_the_folder() -> None:
    with pytest.raises(TypesettingFailed, match="cannot name a file"):
        typeset("a.typ", {"a.typ": b"x", "../b.typ": b"y"}, None, at=AT)


def test_data_is_never_markup() -> None:
    text = '#panic("no") #read("/etc/passwd") $x$'
    made = pdf("#let d = json(sys.inputs.data)\n#d.text", {"text": text})
    assert made.startswith(b"%PDF-")
