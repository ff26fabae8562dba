"""Tells groups of colleagues what happened or what is late (IN-31, ES-03, ES-08, AK-03, SF-02)."""

from __future__ import annotations

from collections.abc import Mapping

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import group_input, text_input, to_groups


def run(call: Call) -> Outcome:
    """One message per address of the groups; each has a key of its own."""
    subject = call.inputs.get("subject")
    extra = subject if isinstance(subject, Mapping) else {}
    template = text_input(call, "template")
    return Outcome(deliveries=to_groups(call, template, group_input(call), extra))


HANDLER = Handler(
    job_type="notify_staff",
    kind="external",
    title="提醒同事 / Notify staff",
    description="用模板提醒这些组的同事。 / Writes to the people of these groups from a template.",
    run=run,
    inputs=(
        Parameter("groups", "组 / Groups", required=True, kind="list"),
        Parameter("template", "模板 / Template", required=True, kind="text"),
        Parameter("subject", "补充内容 / Further content", kind="context"),
    ),
)
