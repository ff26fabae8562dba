"""Writes the result letter and keeps it with the case (CM-13)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import as_document


def run(call: Call) -> Outcome:
    """The letter as a text document, named by the acceptance number."""
    return Outcome(attachments=[as_document(call, "letter", "letter")])


HANDLER = Handler(
    job_type="produce_letter",
    kind="external",
    title="生成结果函 / Produce letter",
    description="写出结果函并存入案件。 / Writes the result letter and keeps it with the case.",
    run=run,
    inputs=(
        Parameter("complaint_number", "受理号 / Acceptance number", kind="text"),
        Parameter("template", "模板 / Template", kind="text"),
    ),
)
