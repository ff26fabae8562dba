"""Produces a document of ``processes/templates/documents`` and keeps it with the case."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter
from service_tasks.mail_text import text_input

OWN = frozenset({"kind", "language", "format"})


def run(call: Call) -> Outcome:
    """The next revision. Repeated with the same key nothing is doubled: only what is reported is
    kept, and a job is reported once."""
    if call.documents is None:
        raise Impossible("这里不能生成文件。 / No document can be produced here.")
    kind = text_input(call, "kind", call.headers.get("kind"))
    given = {name: value for name, value in call.inputs.items() if name not in OWN}
    made = call.documents.produce(
        kind, text_input(call, "language", ""), text_input(call, "format", ""), given
    )
    return Outcome(variables={"document_produced_at": call.now}, attachments=[made])


HANDLER = Handler(
    job_type="produce_document",
    kind="external",
    title="生成文件 / Produce document",
    description="按文件种类生成一份文件，作为新的版本存入案件。 / "
    "Produces a document of a kind and keeps it with the case as a new revision.",
    run=run,
    inputs=(
        Parameter("kind", "文件种类 / Kind of document", required=True, kind="text"),
        Parameter("language", "语言 zh、en、both / Language zh, en, both", kind="text"),
        Parameter("format", "格式 pdf、docx、xlsx、pptx / Format", kind="text"),
    ),
    outputs=(Parameter("document_produced_at", "生成时间 / Produced at", kind="date_time"),),
    time_limit_seconds=180,
)
