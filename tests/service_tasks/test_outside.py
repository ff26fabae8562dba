"""Handlers that ask systems outside: what they send, and what happens where none is connected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from service_tasks import handlers
from service_tasks.contract import Call, Delivery, Impossible, Message, Outcome, PastComplaint

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MEETING = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class World:
    """Mail, texts, connections and earlier complaints that keep what they were asked."""

    def __init__(self, *connected: str, lots: Sequence[Mapping[str, object]] = ()) -> None:
        self.connected = connected
        self.lots = lots
        self.taken: list[Message] = []
        self.posted: list[tuple[str, Mapping[str, object], str]] = []
        self.answer: Mapping[str, object] = {"reference": "B-77"}
        self.past: Sequence[PastComplaint] = ()

    def deliver(self, message: Message) -> Delivery:
        self.taken.append(message)
        return Delivery(message, "sent")

    def render(
        self, template: str, language: str, variables: Mapping[str, object]
    ) -> tuple[str, str]:
        return template, ", ".join(f"{k}={v}" for k, v in sorted(variables.items()))

    def addresses(self, groups: Sequence[str]) -> Sequence[str]:
        return [f"{group}@example.org" for group in groups]

    def has(self, name: str) -> bool:
        return name in self.connected

    def post(self, name: str, content: Mapping[str, object], key: str) -> Mapping[str, object]:
        self.posted.append((name, content, key))
        return self.answer

    def look_up(self, name: str, question: Mapping[str, str]) -> Sequence[Mapping[str, object]]:
        return [row for row in self.lots if row["lot"] == question["lot"]]

    def complaints(self, limit: int) -> Sequence[PastComplaint]:
        return self.past[:limit]


def run(
    job_type: str, world: World, headers: Mapping[str, str] | None = None, **inputs: object
) -> Outcome:
    call = Call(
        case_id="case", element_id="element", idempotency_key="key", attempt=1, now=NOW,
        language="zh", inputs=inputs, headers=headers or {}, mailer=world, texts=world,
        connections=world, past=world, sender="ombud@example.org",
    )  # fmt: skip
    return handlers()[job_type].run(call)


def test_a_refund_is_posted_under_the_job_s_key() -> None:
    world = World("finance")
    given = {"amount": Decimal("1280.50"), "payee": "李女士", "groups": ["finance"]}
    outcome = run("post_refund", world, **given, complaint_number="TS-2026-0001")
    ((name, content, key),) = world.posted
    assert (name, key) == ("finance", "key")
    assert content == {
        "complaint_number": "TS-2026-0001", "amount": Decimal("1280.50"), "currency": "CNY",
        "payee": "李女士", "purpose": "refund",
    }  # fmt: skip
    assert outcome.variables == {"refund_posting": "posted", "refund_reference": "B-77"}
    assert world.taken == []


def test_a_refund_without_a_connection_is_asked_of_people() -> None:
    world = World()
    outcome = run("post_refund", world, amount=Decimal(5), payee="李", groups=["finance"])
    assert outcome.variables == {"refund_posting": "by_hand", "refund_reference": ""}
    assert [message.to for message in world.taken] == ["finance@example.org"]
    assert "amount=5" in world.taken[0].body


@pytest.mark.parametrize("amount", [None, Decimal(0), Decimal(-5), "100", True])
def test_a_refund_of_no_amount_is_impossible(amount: object) -> None:
    world = World("finance")
    with pytest.raises(Impossible, match="above zero"):
        run("post_refund", world, amount=amount, payee="李", groups=["finance"])
    assert world.posted == []


def test_stock_is_posted_with_its_movements() -> None:
    world = World("stock")
    movement = {"direction": "in", "product": "泵", "lot": "L1", "quantity": Decimal(2)}
    outcome = run("post_stock", world, movements=[movement], groups=["production"])
    assert world.posted[0][1]["movements"] == [movement]
    assert outcome.variables == {"stock_posting": "posted", "stock_reference": "B-77"}


@pytest.mark.parametrize("movements", [None, [], [{"direction": "sideways"}], ["in"]])
def test_stock_movements_that_are_none_are_impossible(movements: object) -> None:
    with pytest.raises(Impossible, match=r"movements|direction of line 1"):
        run("post_stock", World("stock"), movements=movements, groups=["production"])


def test_an_odd_reference_is_refused() -> None:
    world = World("stock")
    world.answer = {"reference": ["B", "77"]}
    with pytest.raises(Impossible, match="'reference'"):
        run("post_stock", world, movements=[{"direction": "out"}], groups=["production"])


def test_lots_are_traced_once_each() -> None:
    rows = [{"lot": "L1", "customer": "A"}, {"lot": "L1", "customer": "B"}, {"lot": "L2"}]
    outcome = run("trace_lot", World("lots", lots=rows), lots=["L1", "L1"])
    assert outcome.variables == {"lot_trace": "found", "lot_records": rows[:2]}


def test_a_trace_tells_nothing_found_from_nothing_connected() -> None:
    assert run("trace_lot", World("lots"), lots=["L9"]).variables["lot_trace"] == "not_found"
    assert run("trace_lot", World(), lots=["L9"]).variables["lot_trace"] == "not_connected"


def test_too_many_lots_are_refused() -> None:
    with pytest.raises(Impossible, match="At most 50"):
        run("trace_lot", World("lots"), lots=[f"L{n}" for n in range(51)])


def past(number: int, product: str, phenomenon: str, cause: str = "") -> PastComplaint:
    return PastComplaint(f"TS-2026-{number:04}", NOW, product, phenomenon, cause)


def test_the_most_alike_complaint_comes_first() -> None:
    world = World()
    world.past = [
        past(1, "智能水壶", "壶身漏水", "密封圈老化"),
        past(2, "智能水壶", "通电后壶身漏水严重", "密封圈老化"),
        past(3, "电动自行车", "刹车失灵", "刹车线断"),
    ]
    outcome = run("find_similar", world, product="智能水壶", phenomenon="通电后壶身漏水")
    found = outcome.variables["similar_complaints"]
    assert isinstance(found, list)
    assert found[0]["complaint_number"] == "TS-2026-0002"
    assert "TS-2026-0003" not in [one["complaint_number"] for one in found]
    assert outcome.variables["similar_count"] == len(found) == 2


def test_the_same_product_alone_makes_nothing_alike() -> None:
    world = World()
    world.past = [past(1, "智能水壶", ""), past(2, "智能水壶", "包装破损")]
    outcome = run("find_similar", world, product="智能水壶", phenomenon="漏电伤人")
    assert outcome.variables["similar_complaints"] == []


@pytest.mark.parametrize("threshold", [Decimal(0), Decimal(101), "60", True])
def test_a_likeness_that_is_none_is_impossible(threshold: object) -> None:
    with pytest.raises(Impossible, match="'threshold'"):
        run("find_similar", World(), phenomenon="x", threshold=threshold)


def event_of(message: Message) -> object:
    (part,) = message.parts
    (event,) = Calendar.from_ical(part.data).walk("VEVENT")
    return event


def test_an_invitation_carries_a_calendar_entry_for_everybody() -> None:
    world = World()
    outcome = run(
        "send_invitation", world, title="原因分析会", begins_at=MEETING, groups=["quality", "rnd"],
        place="二号会议室", meeting="cause_meeting",
    )  # fmt: skip
    assert [message.to for message in world.taken] == ["quality@example.org", "rnd@example.org"]
    event = event_of(world.taken[0])
    assert event["uid"] == "case.cause_meeting@ombud"  # type: ignore[index]
    assert event["summary"] == "原因分析会"  # type: ignore[index]
    assert event["organizer"] == "mailto:ombud@example.org"  # type: ignore[index]
    assert (
        b"DTSTART:20261123T060000Z" in world.taken[0].parts[0].data
    )  # in UTC: no zone to be described
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=1)  # type: ignore[index]
    assert outcome.variables == {"invited": ["quality@example.org", "rnd@example.org"]}
    assert outcome.attachments[0].name.endswith(".ics")


def test_a_meeting_that_is_called_off_keeps_its_uid() -> None:
    world = World()
    for cancelled in (False, True):
        run(
            "send_invitation", world, title="会", begins_at=MEETING, groups=["quality"],
            meeting="m", cancelled=cancelled,
        )  # fmt: skip
    first, last = (event_of(message) for message in world.taken)
    assert first["uid"] == last["uid"]  # type: ignore[index]
    assert last["status"] == "CANCELLED"  # type: ignore[index]
    assert b"METHOD:CANCEL" in world.taken[1].parts[0].data


@pytest.mark.parametrize("ends", [MEETING, MEETING - timedelta(1), MEETING + timedelta(15)])
def test_a_meeting_must_end_after_it_began(ends: datetime) -> None:
    with pytest.raises(Impossible, match="end should be after"):
        run("send_invitation", World(), title="x", begins_at=MEETING, ends_at=ends, groups=["a"])


def test_a_text_message_goes_to_the_gateway() -> None:
    world = World("sms")
    outcome = run("send_sms", world, contact="+86 138-0000 0001", template="urgent")
    assert world.posted[0][1]["to"] == "+8613800000001"
    assert [delivery.state for delivery in outcome.deliveries] == ["sent"]


@pytest.mark.parametrize("connected", [(), ("sms",)])
def test_a_text_message_nobody_can_send_waits_in_sight(connected: tuple[str, ...]) -> None:
    contact = "li@example.org" if connected else "13800000001"
    (delivery,) = run("send_sms", World(*connected), contact=contact, template="u").deliveries
    assert delivery.state == "not_sent"


def test_a_webhook_is_named_by_the_diagram() -> None:
    world = World("erp")
    outcome = run("call_webhook", world, {"connection": "erp"}, content={"a": "b"})
    assert world.posted == [("erp", {"a": "b"}, "key")]
    assert outcome.variables["webhook_state"] == "posted"
    skipped = run("call_webhook", World(), {"connection": "erp"}, content={"a": "b"})
    assert skipped.variables["webhook_state"] == "not_connected"
    with pytest.raises(Impossible, match="header 'connection'"):
        run("call_webhook", world, content={})
