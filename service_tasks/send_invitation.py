"""Invites to a meeting or visit by mail with a calendar entry (TM-08, WR-14), RFC 5545."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from service_tasks.contract import (
    Attachment,
    Call,
    Handler,
    Impossible,
    Message,
    Outcome,
    Parameter,
)
from service_tasks.mail_text import group_input, ports, text_input, to_each

LENGTH = timedelta(hours=1)
LONGEST = timedelta(days=14)
_NOT_IN_NAMES = re.compile(r"\s*[/\\:*?\"<>|\x00-\x1f]+\s*")
Method = Literal["REQUEST", "CANCEL"]

TEMPLATE = "invitation"


def calendar_entry(
    call: Call, method: Method, begins: datetime, ends: datetime, attendees: Sequence[str]
) -> bytes:
    """The iCalendar object, its times in UTC: a zone would have to be described in it.

    The same ``meeting`` of a case keeps its UID, so that a later call moves or cancels it: SEQUENCE
    grows with the procedure's clock."""
    meeting = text_input(call, "meeting", call.element_id)
    event = Event()
    event.add("uid", f"{call.case_id}.{meeting}@ombud")
    event.add("sequence", int(call.now.timestamp()) // 60 - 29_000_000)
    event.add("dtstamp", call.now)
    event.add("dtstart", begins.astimezone(UTC))
    event.add("dtend", ends.astimezone(UTC))
    event.add("summary", text_input(call, "title"))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if place := text_input(call, "place", ""):
        event.add("location", place)
    if call.sender:  # who invites must be named (RFC 5546), or programs offer no answer
        event.add("organizer", vCalAddress(f"mailto:{call.sender}"), encode=False)
    for address in attendees:
        attendee = vCalAddress(f"mailto:{address}")
        attendee.params["role"] = vText("REQ-PARTICIPANT")
        attendee.params["rsvp"] = vText("TRUE")
        event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Ombud//Ombud//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def run(call: Call) -> Outcome:
    """One mail per person of the groups with the entry as ``text/calendar``; the entry stays with
    the case too. Raises ``Impossible`` for times that are none."""
    _, texts = ports(call)
    method: Method = "CANCEL" if call.inputs.get("cancelled") is True else "REQUEST"
    begins = _moment(call, "begins_at")
    ends = _end(call, begins)
    addresses = texts.addresses(group_input(call))
    entry = Attachment(
        f"{_named(text_input(call, 'complaint_number', '') or text_input(call, 'title'))}"
        "-invitation.ics",
        f"text/calendar; charset=utf-8; method={method}",
        calendar_entry(call, method, begins, ends, addresses),
    )
    template = text_input(call, "template", TEMPLATE)
    shown = {**call.inputs, "begins_at": begins, "ends_at": ends, "cancelled": method == "CANCEL"}
    subject, body = texts.render(template, "zh", shown)
    messages = [
        Message(f"{call.idempotency_key}:{to}", to, subject, body, (entry,)) for to in addresses
    ]
    deliveries = to_each(call, messages, subject, body, group_input(call))
    return Outcome(
        variables={"invited": list(addresses)}, attachments=[entry], deliveries=deliveries
    )


def _named(text: str) -> str:
    """The text as part of a file name: a periodic duty has no number, but a title."""
    return _NOT_IN_NAMES.sub(" - ", text).strip(" -.")[:80] or "meeting"


def _moment(call: Call, name: str) -> datetime:
    value = call.inputs.get(name)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Impossible(
            f"输入“{name}”应为日期时间。 / The input '{name}' should be a date and time."
        )
    return value


def _end(call: Call, begins: datetime) -> datetime:
    if call.inputs.get("ends_at") is not None:
        ends = _moment(call, "ends_at")
    else:
        minutes = call.inputs.get("minutes")
        given = isinstance(minutes, Decimal) and not isinstance(minutes, bool)
        ends = begins + (timedelta(minutes=float(minutes)) if given else LENGTH)  # type: ignore[arg-type]
    if not timedelta(0) < ends - begins <= LONGEST:
        raise Impossible(
            f"结束时间应在开始之后、{LONGEST.days} 天之内。 / "
            f"The end should be after the beginning and within {LONGEST.days} days of it."
        )
    return ends


HANDLER = Handler(
    job_type="send_invitation",
    kind="external",
    title="发会议邀请 / Send an invitation",
    description="给小组成员发邮件和日历邀请；再发一次即改期，cancelled 为真即取消。 / "
    "Mails the groups an invitation with a calendar entry; sent again it moves the meeting, "
    "with cancelled it calls it off.",
    run=run,
    inputs=(
        Parameter("title", "事由 / Title", required=True, kind="text"),
        Parameter("begins_at", "开始 / Begins at", required=True, kind="date_time"),
        Parameter("groups", "邀请的组 / Groups invited", required=True, kind="list"),
        Parameter("ends_at", "结束 / Ends at", kind="date_time"),
        Parameter(
            "minutes", "时长（分钟），默认 60 / Length in minutes, 60 unless told", kind="number"
        ),
        Parameter("place", "地点 / Place", kind="text"),
        Parameter(
            "meeting",
            "会议的编号，默认本步骤 / Name of the meeting, this step unless told",
            kind="text",
        ),
        Parameter("cancelled", "取消 / Called off", kind="boolean"),
        Parameter("complaint_number", "受理号 / Complaint number", kind="text"),
        Parameter("template", "模板 / Template", kind="text", default=TEMPLATE),
    ),
    outputs=(Parameter("invited", "已邀请的地址 / Addresses invited", True, "list"),),
)
