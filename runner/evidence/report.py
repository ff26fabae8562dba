"""The report of an evidence pack: one HTML file that needs nothing else, made to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from runner.definitions.findings import half
from runner.definitions.release import Definitions
from runner.evidence.reading import CaseRecord
from runner.evidence.telling import Teller
from runner.reports.presenting import instant, is_chinese


@dataclass(frozen=True)
class DiagramShown:
    """One diagram with the path the case took."""

    title: str
    svg: Markup


@dataclass(frozen=True)
class ReportFacts:
    """What stands on the first page."""

    site: str
    origin: str
    public_key: str
    made_at: str
    verifier_digest: str


def render_report(
    record: CaseRecord,
    definitions: Definitions,
    diagrams: Sequence[DiagramShown],
    facts: ReportFacts,
    language: str,
    zone: tzinfo,
) -> str:
    """The whole report as HTML. Erased values are shown as erased, never left out."""
    teller = Teller(record, definitions, language, zone)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chinese = is_chinese(language)
    policy = definitions.policies.get(record.case.policy_id)
    return environment.get_template("report.html").render(
        zh=chinese,
        say=lambda zh, en: zh if chinese else en,
        when=lambda moment: instant(moment, zone),
        record=record,
        facts=facts,
        policy=half(policy.name, language) if policy else record.case.policy_id,
        diagrams=diagrams,
        story=teller.story(),
        submissions=list(teller.submissions()),
        decisions=list(teller.decisions()),
        erased=sum(event.values is None for event in record.events),
    )


def now_text(moment: datetime, zone: tzinfo) -> str:
    """The instant a pack was made, for its first page."""
    return instant(moment, zone)
