"""Indicators: the page, and the complaints behind each of its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, render_template, request

from runner.reports.indicators.figures import chosen, open_report, period_report
from runner.store.case_lists import CaseLine
from runner.store.indicators import COUNTED, counted_lines
from runner.web.case_reading import case_title, visible_to
from runner.web.indicators_asked import (
    Words,
    asked,
    counted_link,
    dimension_words,
    today_here,
)
from runner.web.indicators_page import AGES, page_of
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.visit import (
    choose_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("indicators", __name__)
PAGE = 100


@dataclass(frozen=True)
class CountedRow:
    case_id: str
    number: str
    title: str
    owner: str
    received: str
    closed: str


@dataclass(frozen=True)
class CountedPage:
    """The complaints behind one number."""

    heading: str
    span: str
    rows: tuple[CountedRow, ...]
    newer: str
    older: str


@blueprint.get("/indicators")
@sign_in_required
def page() -> str:
    site, language, today = this_site(), choose_language(), today_here()
    want = asked(today)
    now = site.clock.now()
    with site.database.read() as connection:
        vocabulary = office(connection)
        who = visible_to(connection, site, staff())
        report = period_report(
            connection, who, want.period, unit=want.unit, dimension=want.dimension, today=today,
            only=want.only,
        )  # fmt: skip
        current = open_report(connection, who, now, _since(now))
    words = Words(vocabulary, language)
    shown = page_of(want, report, current, words, moments_by(vocabulary))
    return render_template("indicators/page.html", page=shown)


def _since(now: datetime) -> list[datetime]:
    return [now - timedelta(days=days) for days in AGES]


def _counted_word(what: str) -> str:
    return {
        "all": _("All complaints"), "resolved": _("Resolved complaints"),
        "followed_up": _("Complaints whose customer was followed up"),
        "satisfied": _("Complaints whose customer is satisfied"),
        "ended": _("Resolved complaints that had a due date"),
        "in_time": _("Complaints resolved in time"),
        "responses": _("Complaints with a first response and its due date"),
        "responses_in_time": _("Complaints first answered in time"),
        "recurred": _("Complaints that came back after closing"),
    }[what]  # fmt: skip


@blueprint.get("/indicators/cases")
@sign_in_required
def counted() -> str:
    """The complaints a number was counted from."""
    site, language = this_site(), choose_language()
    want = asked(today_here())
    what = request.args.get("what", "")
    what = what if what in COUNTED else "all"
    offset = min(max(0, request.args.get("offset", 0, type=int)), 1_000_000)
    with site.database.read() as connection:
        vocabulary = office(connection)
        who = visible_to(connection, site, staff())
        limited = want.only or ("", "")
        found = counted_lines(
            connection, who, chosen(want.period, *limited), what, offset, PAGE + 1
        )
    words, moments = Words(vocabulary, language), moments_by(vocabulary)
    arguments = want.arguments()

    def link(at: int) -> str:
        return counted_link(what, arguments | {"offset": str(at)})

    only = ""
    if want.only is not None:
        only = f" · {dimension_words()[want.only[0]]}: {words.value(*want.only)}"
    shown = CountedPage(
        _counted_word(what) + only,
        f"{moments.day(want.period.begins)} – {moments.day(want.period.ends)}",
        tuple(_counted_row(line, words, moments, language) for line in found[:PAGE]),
        link(max(0, offset - PAGE)) if offset else "",
        link(offset + PAGE) if len(found) > PAGE else "",
    )
    return render_template("indicators/cases.html", page=shown)


def _counted_row(line: CaseLine, words: Words, moments: Moments, language: str) -> CountedRow:
    return CountedRow(
        line.id,
        line.complaint_number or _("no number yet"),
        case_title(line, language),
        words.value("department", line.owner_group) if line.owner_group else "",
        moments.at(line.received_at),
        moments.at(line.closed_at) if line.closed_at is not None else "",
    )
