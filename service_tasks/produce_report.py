"""Writes the complaint report when a case is about to close (CL-02, CL-05)."""

from __future__ import annotations

from service_tasks.contract import Attachment, Call, Handler, Outcome, Parameter
from service_tasks.mail_text import ports, text_input


def run(call: Call) -> Outcome:
    """The report as a UTF-8 text document from the release's template, kept with the case."""
    _, texts = ports(call)
    template = text_input(call, "template", "complaint_report")
    subject, body = texts.render(template, call.language, call.inputs)
    number = text_input(call, "complaint_number", call.case_id)
    report = Attachment(
        f"{number}-report.txt", "text/plain; charset=utf-8", f"{subject}\n\n{body}".encode()
    )
    return Outcome(attachments=[report])


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
