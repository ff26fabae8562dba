"""Mail against a real SMTP server that accepts, refuses and hangs up."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from runner.settings import Settings
from runner.worker.mail import Outbox, mailer
from service_tasks.contract import Impossible, Message, Retry

MESSAGE = Message("job-1:li@example.org", "li@example.org", "受理号 TS-2026-0001", "您好，已受理。")


class Postbox:
    """Keeps what arrives; answers each recipient with ``answer``."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.received: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, Settings]]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_from="Ombud <o@example.org>")
    controller.stop()


def test_a_message_reaches_the_server_with_its_text(postbox: tuple[Postbox, Settings]) -> None:
    box, settings = postbox
    assert mailer(settings).deliver(MESSAGE).state == "sent"
    (envelope,) = box.received
    assert envelope.rcpt_tos == ["li@example.org"]
    assert b"Message-ID: <job-1.li.at.example.org@ombud>" in envelope.content


def test_a_server_that_refuses_for_good_is_impossible(postbox: tuple[Postbox, Settings]) -> None:
    box, settings = postbox
    box.answer = "550 no such mailbox"
    with pytest.raises(Impossible, match="no such mailbox"):
        mailer(settings).deliver(MESSAGE)


def test_a_server_that_refuses_for_now_is_tried_again(postbox: tuple[Postbox, Settings]) -> None:
    box, settings = postbox
    box.answer = "451 try later"
    with pytest.raises(Retry, match="try later"):
        mailer(settings).deliver(MESSAGE)


def test_a_server_that_is_away_is_tried_again() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = Settings(smtp_host="127.0.0.1", smtp_port=closed.getsockname()[1])
        with pytest.raises(Retry, match="did not answer"):
            mailer(settings).deliver(MESSAGE)


def test_without_a_server_the_message_waits_in_sight() -> None:
    delivery = mailer(Settings()).deliver(MESSAGE)
    assert isinstance(mailer(Settings()), Outbox)
    assert delivery.state == "not_sent"
    assert delivery.message == MESSAGE


@pytest.mark.parametrize("to", ["li", "li@", "@example.org", "a b@c d"])
def test_an_address_that_is_none_is_impossible(to: str, postbox: tuple[Postbox, Settings]) -> None:
    with pytest.raises(Impossible, match="not a mail address"):
        mailer(postbox[1]).deliver(Message("k", to, "s", "b"))


def test_a_subject_cannot_smuggle_a_header(postbox: tuple[Postbox, Settings]) -> None:
    with pytest.raises(ValueError):
        mailer(postbox[1]).deliver(Message("k", "a@b.org", "x\nBcc: c@d.org", "b"))
