"""Handlers through their contract: what they return, and that a second call adds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from service_tasks import handlers
from service_tasks.contract import Call, Delivery, Impossible, Message, Outcome, Retry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class Books:
    """The registers of one case."""

    def __init__(self, **known: object) -> None:
        self.known = known
        self.last = 0
        self.rows: list[Mapping[str, object]] = []

    def next_number(self, register: str, year: int) -> int:
        self.last += 1
        return self.last

    def values(self, names: Sequence[str]) -> Mapping[str, object]:
        return {name: self.known.get(name) for name in names}

    def ledger_row(self, columns: Mapping[str, object]) -> None:
        self.rows.append(columns)

    def customer_file(self, contact: str, name: str) -> str:
        return f"file of {contact}"


class Post:
    """Mail and texts that keep what they were given."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    def deliver(self, message: Message) -> Delivery:
        self.taken.append(message)
        return Delivery(message, "sent")

    def render(
        self, template: str, language: str, variables: Mapping[str, object]
    ) -> tuple[str, str]:
        return f"{template}.{language}", ", ".join(f"{k}={v}" for k, v in sorted(variables.items()))

    def addresses(self, groups: Sequence[str]) -> Sequence[str]:
        return [f"{group}@example.org" for group in groups if group != "empty"]


def run(
    job_type: str, books: Books | None = None, post: Post | None = None, **inputs: object
) -> Outcome:
    call = Call(
        case_id="case", element_id="element", idempotency_key="key", attempt=1, now=NOW,
        language="zh", inputs=inputs, headers={}, registers=books, mailer=post, texts=post,
    )  # fmt: skip
    return handlers()[job_type].run(call)


def test_every_module_declares_the_handler_of_its_name() -> None:
    assert len(handlers()) >= 18
    for name, handler in handlers().items():
        assert handler.job_type == name
        assert " / " in handler.title
        assert " / " in handler.description


def test_the_acceptance_number_counts_within_the_year() -> None:
    books = Books()
    first = run("assign_number", books, contact="a@b.org", customer_name="李")
    second = run("assign_number", books, contact="a@b.org", customer_name="李")
    assert first.variables["complaint_number"] == "TS-2026-0001"
    assert second.variables["complaint_number"] == "TS-2026-0002"
    assert first.variables["customer_id"] == "file of a@b.org"


def test_a_complaint_keeps_the_number_it_has() -> None:
    books = Books(complaint_number="TS-2026-0007")
    assert run("assign_number", books).variables["complaint_number"] == "TS-2026-0007"
    assert books.last == 0


@pytest.mark.parametrize(
    ("known", "missing"),
    [({"a": 1, "b": "x"}, []), ({"a": None, "b": ""}, ["a", "b"]), ({"a": [], "b": False}, ["a"])],
)
def test_missing_facts_are_null_or_empty(known: dict[str, object], missing: list[str]) -> None:
    outcome = run("check_facts", Books(**known), mandatory=["a", "b"])
    assert outcome.variables == {"missing_facts": missing}


def test_check_facts_without_a_list_is_impossible() -> None:
    with pytest.raises(Impossible, match="list of mandatory facts"):
        run("check_facts", Books(), mandatory=None)


def test_the_ledger_gets_what_the_diagram_maps() -> None:
    books = Books()
    run("open_assignment", books, responsible_group=["quality"])
    run("update_ledger", books, satisfaction="satisfied")
    assert books.rows == [
        {"responsible_group": ["quality"], "assigned_at": NOW},
        {"satisfaction": "satisfied", "closed_at": NOW},
    ]


def test_the_customer_is_written_to_once_per_key() -> None:
    post = Post()
    outcome = run("send_acknowledgement", post=post, contact="li@example.org")
    (message,) = post.taken
    assert (message.key, message.to, message.subject) == (
        "key",
        "li@example.org",
        "acknowledgement.zh",
    )
    assert [delivery.state for delivery in outcome.deliveries] == ["sent"]


@pytest.mark.parametrize("contact", ["138-0000-0001", "上海市某路 1 号", "a@b"])
def test_a_contact_that_is_no_mail_address_waits_in_sight(contact: str) -> None:
    post = Post()
    (delivery,) = run("send_reply", post=post, contact=contact).deliveries
    assert post.taken == []
    assert delivery.state == "not_sent"
    assert "tell by phone" in delivery.detail


def test_no_contact_at_all_is_impossible() -> None:
    with pytest.raises(Impossible, match="'contact' is missing"):
        run("send_reply", post=Post(), contact=None)


def test_staff_messages_have_a_key_for_each_address() -> None:
    post = Post()
    run("notify_staff", post=post, groups=["a", "b"], template="late", subject={"x": 1})
    assert [message.key for message in post.taken] == ["key:a@example.org", "key:b@example.org"]
    assert all("x=1" in message.body for message in post.taken)


class Refusing(Post):
    """Takes mail for some; refuses the others as it is told to."""

    def __init__(self, **refusals: Exception) -> None:
        super().__init__()
        self.refusals = refusals

    def deliver(self, message: Message) -> Delivery:
        refusal = self.refusals.get(message.to.partition("@")[0])
        if refusal is not None:
            raise refusal
        return super().deliver(message)


@pytest.mark.parametrize("refusal", [Retry("later"), Impossible("no such mailbox")])
def test_an_address_that_fails_keeps_nobody_else_from_being_told(refusal: Exception) -> None:
    post = Refusing(b=refusal)
    outcome = run("notify_staff", post=post, groups=["a", "b", "c"], template="late")
    assert [message.to for message in post.taken] == ["a@example.org", "c@example.org"]
    assert [delivery.state for delivery in outcome.deliveries] == ["sent", "not_sent", "sent"]
    assert outcome.deliveries[1].detail == str(refusal)


def test_mail_that_nobody_got_is_tried_again() -> None:
    with pytest.raises(Retry, match="later"):
        post = Refusing(a=Impossible("no such mailbox"), b=Retry("later"))
        run("notify_staff", post=post, groups=["a", "b"], template="late")
    with pytest.raises(Impossible, match="no such mailbox"):
        post = Refusing(a=Impossible("no such mailbox"))
        run("notify_staff", post=post, groups=["a"], template="late")


def test_groups_without_addresses_leave_a_message_in_sight() -> None:
    (delivery,) = run("notify_staff", post=Post(), groups=["empty"], template="late").deliveries
    assert delivery.state == "not_sent"


@pytest.mark.parametrize("groups", [None, [], [1]])
def test_groups_that_are_none_are_impossible(groups: object) -> None:
    with pytest.raises(Impossible, match="'groups'"):
        run("notify_staff", post=Post(), groups=groups, template="late")


def test_no_lots_block_nothing() -> None:
    post = Post()
    assert run("block_stock", post=post, lots=[], groups=["warehouse"]).deliveries == ()
    assert post.taken == []
    assert run("block_stock", post=post, lots=["L1"], groups=["warehouse"]).variables == {
        "blocked_lots": ["L1"]
    }


def test_a_recall_notice_goes_to_those_who_run_the_channel() -> None:
    post = Post()
    run("send_recall_notice", post=post, groups=["marketing"], channel="website")
    assert [message.to for message in post.taken] == ["marketing@example.org"]
