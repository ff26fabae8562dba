"""Tells somebody by text message: urgent contacts, people without mail (CM-02, RC-03)."""

from __future__ import annotations

import re

from service_tasks.contract import Call, Delivery, Handler, Impossible, Message, Outcome, Parameter
from service_tasks.mail_text import ports, text_input
from service_tasks.outside import connected

LONGEST = 500  # characters; gateways split longer ones or refuse them
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{5,24}")


def run(call: Call) -> Outcome:
    """One message per job. Where no gateway is connected, or the contact is no telephone number,
    the text waits in the outbox, where a person sees it and calls."""
    _, texts = ports(call)
    contact = text_input(call, "contact")
    _, body = texts.render(text_input(call, "template"), call.language, call.inputs)
    text = " ".join(body.split())
    if len(text) > LONGEST:
        raise Impossible(
            f"短信最多 {LONGEST} 字，模板填好后有 {len(text)} 字。 / "
            f"A text message has at most {LONGEST} characters; the template filled in has "
            f"{len(text)}."
        )
    message = Message(call.idempotency_key, contact, "SMS", text)
    number = re.sub(r"[ ()-]", "", contact)
    if not _NUMBER.fullmatch(contact):
        detail = "不是电话号码，请用别的方式告知。 / Not a telephone number: tell in another way."
        return Outcome(deliveries=[Delivery(message, "not_sent", detail)])
    system = connected(call, "sms")
    if system is None:
        detail = "没有连接短信网关，请打电话。 / No text message gateway is connected: please call."
        return Outcome(deliveries=[Delivery(message, "not_sent", detail)])
    system.post("sms", {"to": number, "text": text}, call.idempotency_key)
    return Outcome(deliveries=[Delivery(message, "sent")])


HANDLER = Handler(
    job_type="send_sms",
    kind="external",
    title="发短信 / Send a text message",
    description="用短信告诉一个人；没有网关时留在发件箱，由人打电话。 / "
    "Tells one person by text message; without a gateway it waits in the outbox and a "
    "person calls.",
    run=run,
    inputs=(
        Parameter("contact", "电话号码 / Telephone number", required=True, kind="text"),
        Parameter("template", "模板 / Template", required=True, kind="text"),
    ),
)
