"""Sends the approved reply to the customer (CM-02, SF-01)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import text_input, to_customer

TEMPLATE = "reply"


def run(call: Call) -> Outcome:
    """One message, keyed by the job; notes when it was handed over."""
    template = text_input(call, "template", TEMPLATE)
    delivery = to_customer(call, template, text_input(call, "contact"))
    return Outcome(variables={"reply_sent_at": call.now}, deliveries=[delivery])


HANDLER = Handler(
    job_type="send_reply",
    kind="external",
    title="发送答复 / Send reply",
    description="把已批准的答复发给客户。 / Sends the approved reply to the customer.",
    run=run,
    inputs=(
        Parameter("contact", "联系方式 / Contact", required=True, kind="text"),
        Parameter("template", "模板 / Template", kind="text", default=TEMPLATE),
    ),
    outputs=(Parameter("reply_sent_at", "答复时间 / Reply sent at", kind="date_time"),),
)
