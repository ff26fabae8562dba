"""Tells the customer the acceptance number (AK-01, GV-08)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Outcome, Parameter
from service_tasks.mail_text import text_input, to_customer

TEMPLATE = "acknowledgement"


def run(call: Call) -> Outcome:
    """One message, keyed by the job: a repeated call cannot send a second one."""
    template = text_input(call, "template", TEMPLATE)
    return Outcome(deliveries=[to_customer(call, template, text_input(call, "contact"))])


HANDLER = Handler(
    job_type="send_acknowledgement",
    kind="external",
    title="发受理通知 / Send acknowledgement",
    description="把受理号告诉客户。 / Tells the customer the acceptance number.",
    run=run,
    inputs=(
        Parameter("contact", "联系方式 / Contact", required=True, kind="text"),
        Parameter("template", "模板 / Template", kind="text", default=TEMPLATE),
    ),
)
