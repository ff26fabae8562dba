"""Hands out one recall notice through one channel (RC-03)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import group_input, text_input, to_groups

TEMPLATE = "recall_notice"


def run(call: Call) -> Outcome:
    """Writes the notice to the people who run the channel; they publish and keep the proof."""
    template = text_input(call, "template", TEMPLATE)
    deliveries = to_groups(call, template, group_input(call), {})
    return Outcome(variables={"notice_handed_over_at": call.now}, deliveries=deliveries)


HANDLER = Handler(
    job_type="send_recall_notice",
    kind="external",
    title="发召回通知 / Send recall notice",
    description="把通知交给渠道负责人。 / Hands the notice to the channel's people.",
    run=run,
    inputs=(
        Parameter("groups", "渠道负责组 / Groups of the channel", required=True, kind="list"),
        Parameter("channel", "渠道 / Channel", kind="text"),
        Parameter("template", "模板 / Template", kind="text", default=TEMPLATE),
        Parameter("recall_scope", "召回范围 / Scope", kind="text"),
        Parameter("recall_method", "召回方式 / Method", kind="text"),
    ),
    outputs=(Parameter("notice_handed_over_at", "交出时间 / Handed over at", kind="date_time"),),
)
