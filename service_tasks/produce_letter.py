"""Writes the result letter and keeps it with the case (CM-13)."""

from __future__ import annotations

from service_tasks.contract import Attachment, Call, Handler, Outcome, Parameter
from service_tasks.mail_text import ports, text_input


def run(call: Call) -> Outcome:
    """The letter as a UTF-8 text document, named by the acceptance number."""
    _, texts = ports(call)
    subject, body = texts.render(text_input(call, "template", "letter"), call.language, call.inputs)
    number = text_input(call, "complaint_number", call.case_id)
    letter = Attachment(
        f"{number}-letter.txt", "text/plain; charset=utf-8", f"{subject}\n\n{body}".encode()
    )
    return Outcome(attachments=[letter])


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
