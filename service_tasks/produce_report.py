"""Writes the complaint report when a case is about to close (CL-02, CL-05)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import as_document


def run(call: Call) -> Outcome:
    """The report as a text document, named by the acceptance number."""
    return Outcome(attachments=[as_document(call, "complaint_report", "report")])


HANDLER = Handler(
    job_type="produce_report",
    kind="external",
    title="生成投诉报告 / Produce report",
    description="写投诉报告，存入案件。 / Writes the report, keeps it with the case.",
    run=run,
    inputs=(
        Parameter("complaint_number", "受理号 / Acceptance number", kind="text"),
        Parameter("template", "模板 / Template", kind="text"),
    ),
)
