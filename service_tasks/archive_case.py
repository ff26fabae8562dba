"""Writes the index of the closed case for the archive (CL-08, CL-09)."""

from __future__ import annotations

from collections.abc import Sequence

from service_tasks.contract import Attachment, Call, Handler, Outcome, Parameter
from service_tasks.mail_text import text_input


def run(call: Call) -> Outcome:
    """A text document that lists what the archive holds of this case, and since when."""
    number = text_input(call, "complaint_number", call.case_id)
    documents = call.inputs.get("documents")
    names = documents if isinstance(documents, Sequence) and not isinstance(documents, str) else []
    lines = [
        f"归档 / Archived: {number}",
        f"时间 / At: {call.now.isoformat(timespec='seconds')}",
        *(f"- {name}" for name in names),
    ]
    index = Attachment(
        f"{number}-archive.txt", "text/plain; charset=utf-8", "\n".join(lines).encode() + b"\n"
    )
    return Outcome(variables={"archived_at": call.now}, attachments=[index])


HANDLER = Handler(
    job_type="archive_case",
    kind="external",
    title="归档 / Archive",
    description="写出归档目录。 / Writes the index of the archived case.",
    run=run,
    inputs=(
        Parameter("complaint_number", "受理号 / Acceptance number", kind="text"),
        Parameter("documents", "文件 / Documents", kind="list"),
    ),
    outputs=(Parameter("archived_at", "归档时间 / Archived at", kind="date_time"),),
)
