"""The complaint ledger: all of it, or the public one of the five criteria; a page, and Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.reports.indicators.figures import chosen
from runner.reports.ledger_sheet import LedgerRow, ledger_sheet
from runner.store.case_lists import CaseLine
from runner.store.indicators import ledger_lines
from runner.store.ledger import ledger_facts
from runner.web.case_reading import case_title, visible_to
from runner.web.indicators_asked import Asked, Choices, Words, asked, choices, today_here
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.sending import send_file
from runner.web.visit import (
    Vocabulary,
    choose_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("ledger", __name__)
PAGE = 100
MOST = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class LedgerLine:
    """One complaint of the ledger as shown."""

    case_id: str
    number: str
    title: str
    customer: str
    owner: str
    severity: str
    received: str
    due: str
    closed: str
    satisfaction: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LedgerPage:
    choices: Choices
    span: str
    public: bool
    rows: tuple[LedgerLine, ...]
    newer: str
    older: str
    export: str


@blueprint.get("/ledger")
@sign_in_required
def listing() -> str:
    want, public = asked(today_here()), request.args.get("which") == "public"
    offset = min(max(0, request.args.get("offset", 0, type=int)), 1_000_000)
    lines, reasons, vocabulary = _read(want, public, offset, PAGE + 1)
    words = Words(vocabulary, choose_language())
    moments = moments_by(vocabulary)
    arguments = {**want.arguments(), **({"which": "public"} if public else {})}

    def link(at: int) -> str:
        return f"{url_for('ledger.listing')}?{urlencode({**arguments, 'offset': str(at)})}"

    page = LedgerPage(
        choices(want, words),
        f"{moments.day(want.period.begins)} – {moments.day(want.period.ends)}",
        public,
        tuple(
            _line(line, reasons.get(line.id, ()), vocabulary, words, moments)
            for line in lines[:PAGE]
        ),
        link(max(0, offset - PAGE)) if offset else "",
        link(offset + PAGE) if len(lines) > PAGE else "",
        f"{url_for('ledger.export')}?{urlencode(arguments)}",
    )
    return render_template("ledger/list.html", page=page)


@blueprint.get("/ledger.xlsx")
@sign_in_required
def export() -> Response:
    """The same complaints as a workbook with filters; at most ``MOST`` rows."""
    want, public = asked(today_here()), request.args.get("which") == "public"
    lines, reasons, vocabulary = _read(want, public, 0, MOST)
    words = Words(vocabulary, choose_language())
    rows = [_sheet_row(line, reasons.get(line.id, ()), vocabulary, words) for line in lines]
    title = _("Public ledger") if public else _("Complaint ledger")
    data = ledger_sheet(title, _heads(), rows, this_site().zone)
    name = f"{title} {want.period.begins} {want.period.ends}.xlsx"
    return send_file(name, XLSX, data, download=True)


def _read(
    want: Asked, public: bool, offset: int, limit: int
) -> tuple[Sequence[CaseLine], Mapping[str, tuple[str, ...]], Vocabulary]:
    site = this_site()
    with site.database.read() as connection:
        vocabulary = office(connection)
        who = visible_to(connection, site, staff())
        limited = want.only or ("", "")
        lines = ledger_lines(
            connection, who, chosen(want.period, *limited), public=public, offset=offset,
            limit=limit,
        )  # fmt: skip
        reasons = ledger_facts(connection, site.vault, [line.id for line in lines])
    return lines, reasons, vocabulary


def _line(
    line: CaseLine,
    reasons: tuple[str, ...],
    vocabulary: Vocabulary,
    words: Words,
    moments: Moments,
) -> LedgerLine:
    language = choose_language()
    return LedgerLine(
        line.id,
        line.complaint_number or _("no number yet"),
        case_title(line, language),
        line.customer_name or "",
        words.value("department", line.owner_group) if line.owner_group else "",
        words.value("severity", line.severity) if line.severity else "",
        moments.at(line.received_at),
        moments.at(line.due_at) if line.due_at else "",
        moments.at(line.closed_at) if line.closed_at else "",
        _satisfaction(line, vocabulary),
        tuple(reason_word(reason) for reason in reasons),
    )


def _satisfaction(line: CaseLine, vocabulary: Vocabulary) -> str:
    labels, answer = vocabulary.labels, line.satisfaction
    return labels.option("satisfaction", answer, choose_language()) if answer else ""


def _sheet_row(
    line: CaseLine, reasons: tuple[str, ...], vocabulary: Vocabulary, words: Words
) -> LedgerRow:
    return LedgerRow(
        (
            line.complaint_number or "",
            case_title(line, choose_language()),
            line.customer_name or "",
            line.product or "",
            words.value("department", line.owner_group) if line.owner_group else "",
            words.value("severity", line.severity) if line.severity else "",
            words.value("channel", line.channel) if line.channel else "",
            line.received_at,
            line.due_at,
            line.closed_at,
            _satisfaction(line, vocabulary),
            "；".join(reason_word(reason) for reason in reasons),
        )
    )


def _heads() -> tuple[str, ...]:
    return (
        _("Number"), _("What it is about"), _("Customer"), _("Product"), _("Department"),
        _("Severity"), _("Channel"), _("Received"), _("Due"), _("Closed"), _("Satisfaction"),
        _("In the public ledger because"),
    )  # fmt: skip


def reason_word(reason: str) -> str:
    """The five criteria of the public ledger (LG-04 to LG-08), and a company's "all"."""
    return {
        "every_complaint": _("every complaint is included"),
        "relayed_by_marketing": _("relayed by marketing"),
        "large_impact": _("high defect rate with large impact"),
        "cost_at_customer": _("return, rework or paid line-following at the customer"),
        "resident_report": _("written report of the resident engineer"),
        "serious_problem": _("serious problem"),
        "classic_case": _("classic case worth showing"),
    }.get(reason, reason)
