"""The complaint mailbox on a real IMAP server: each mail is done once, and none is lost."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import EmailMessage

import pytest

from runner.engine.received_mails import ReceivedMail, mail_id, receive_mail
from runner.engine.refused_starts import give_up_start, retry_start
from runner.engine.user_tasks import complete_user_task
from runner.settings import Settings
from runner.store.attachments import attachments_of_case
from runner.store.refused_starts import refused_starts
from runner.worker import mailbox
from runner.worker.mailbox import Mailbox
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House
from tests.engine.test_user_tasks import FORM

SERVICES = ("admin", "managesieve", "swim")


class Server:
    """An IMAP server of one user, and what lies in the folder."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connect(self) -> imaplib.IMAP4:
        server = imaplib.IMAP4("127.0.0.1", self.port, 10)
        server.login("complaints", "secret")
        server.select("INBOX")
        return server

    def put(self, mail: EmailMessage | bytes) -> None:
        data = mail if isinstance(mail, bytes) else mail.as_bytes()
        with closing(_Open(self.connect())) as folder:
            folder.server.append("INBOX", "", "", data)

    def unread(self) -> int:
        with closing(_Open(self.connect())) as folder:
            return len(folder.server.uid("SEARCH", "UNSEEN")[1][0].split())

    @property
    def settings(self) -> Settings:
        return Settings(
            site_name="test",
            imap_host="127.0.0.1",
            imap_port=self.port,
            imap_user="complaints",
            imap_password="secret",
            imap_tls="none",
            imap_start="s",
        )


class _Open:
    def __init__(self, server: imaplib.IMAP4) -> None:
        self.server = server

    def close(self) -> None:
        self.server.logout()


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    off = [word for name in SERVICES for word in ("--no-service", name)]
    command = [
        sys.executable, "-c", "from pymap.main import main; main()", *off,
        "--host", "127.0.0.1", "--port", str(port),
        "dict", "--demo-user", "complaints", "--demo-password", "secret",
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    found = Server(port)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                found.connect().logout()
                break
            except (OSError, imaplib.IMAP4.error):
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield found
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house()
    house.site.default_policy = "plain"
    house.release(simple(user_task("t"), middle="t"), f__form=FORM)
    return house


def mail(number: int = 1, **headers: str) -> EmailMessage:
    written = EmailMessage()
    written["From"] = "李女士 <Li@Example.org>"
    written["To"] = "complaints@example.com"
    written["Subject"] = "水壶漏水"
    written["Date"] = "Fri, 20 Nov 2026 08:30:00 +0800"
    written["Message-ID"] = f"<{number}@example.org>"
    for name, value in headers.items():
        del written[name.replace("_", "-")]
        written[name.replace("_", "-")] = value
    written.set_content("通电三分钟后底部漏水。\r\n请尽快处理。")
    return written


def cases(house: House) -> list[str]:
    from sqlalchemy import select

    from runner.store.tables import complaints

    with house.site.database.read() as connection:
        return list(connection.execute(select(complaints.c.id)).scalars())


def read(house: House, server: Server) -> int:
    return Mailbox(house.site, server.settings).read()


def files(house: House, case_id: str) -> list[str]:
    with house.site.database.read() as connection:
        return [row.name for row in attachments_of_case(connection, case_id, house.site.vault)]


def test_a_mail_begins_a_case_with_its_text_and_attachments(house: House, server: Server) -> None:
    written = mail()
    written.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="漏水.png")
    server.put(written)
    assert read(house, server) == 1
    (case_id,) = cases(house)
    values = house.variables(case_id)
    assert values["contact"] == "li@example.org"
    assert values["customer_name"] == "李女士"
    assert values["channel"] == "email"
    assert values["phenomenon"] == "水壶漏水\n\n通电三分钟后底部漏水。\n请尽快处理。"
    assert files(house, case_id) == ["漏水.png"]
    assert server.unread() == 0
    (received,) = house.events(case_id, "mail_received")
    assert received.header["facts"]["mail"] == mail_id("<1@example.org>")


def test_the_same_mail_again_begins_nothing(house: House, server: Server) -> None:
    for _ in range(3):
        server.put(mail())
        read(house, server)
    server.put(mail())
    server.put(mail())
    read(house, server)
    assert len(cases(house)) == 1
    assert server.unread() == 0


def test_two_workers_reading_at_once_begin_one_case_each_mail(house: House, server: Server) -> None:
    for number in range(6):
        server.put(mail(number))
    readers = [threading.Thread(target=read, args=(house, server)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    read(house, server)
    assert len(cases(house)) == 6
    assert server.unread() == 0


def test_a_mail_naming_its_complaint_from_its_address_is_kept_with_it(
    house: House, server: Server
) -> None:
    server.put(mail())
    read(house, server)
    (case_id,) = cases(house)
    number(house, case_id, "TS-2026-0001")
    server.put(mail(2, Subject="Re: 投诉 TS-2026-0001 补充"))
    read(house, server)
    assert cases(house) == [case_id]
    assert files(house, case_id) == ["Re: 投诉 TS-2026-0001 补充.txt"]
    answered = [e.header["facts"]["answered"] for e in house.events(case_id, "mail_received")]
    assert answered == [False, True]


def test_a_stranger_naming_a_complaint_does_not_get_into_it(house: House, server: Server) -> None:
    server.put(mail())
    read(house, server)
    (case_id,) = cases(house)
    number(house, case_id, "TS-2026-0001")
    server.put(mail(2, Subject="TS-2026-0001", From="Mallory <m@example.net>"))
    read(house, server)
    assert len(cases(house)) == 2
    assert files(house, case_id) == []


def number(house: House, case_id: str, given: str) -> None:
    from sqlalchemy import update

    from runner.store.tables import complaints

    with house.site.database.write() as connection:
        connection.execute(
            update(complaints).where(complaints.c.id == case_id).values(complaint_number=given)
        )


def test_an_answer_to_an_ended_case_begins_one_that_names_it(house: House, server: Server) -> None:
    server.put(mail())
    read(house, server)
    (case_id,) = cases(house)
    number(house, case_id, "TS-2026-0001")
    task = house.tasks(case_id)["t"]
    complete_user_task(house.site, actor=house.ann, task_id=task, submission={"answer": "yes"})
    number(house, case_id, "TS-2026-0001")
    server.put(mail(2, Subject="Re: TS-2026-0001 又漏了"))
    read(house, server)
    (new,) = set(cases(house)) - {case_id}
    assert house.variables(new)["previous_complaint"] == "TS-2026-0001"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<news.example.org>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_automatic_mail_begins_nothing(
    house: House, server: Server, headers: dict[str, str]
) -> None:
    server.put(mail(**headers))
    assert read(house, server) == 1
    assert cases(house) == []
    assert server.unread() == 0


def refused(house: House) -> list[str]:
    with house.site.database.read() as connection:
        return [start.id for start in refused_starts(connection, 10) if start.source == "mail"]


def test_a_mail_that_cannot_begin_waits_for_a_person_and_is_tried_again(
    make_house: Callable[..., House], server: Server
) -> None:
    house = make_house()
    house.site.default_policy = "plain"
    server.put(mail())
    assert read(house, server) == 0  # no release is effective yet
    (start,) = refused(house)
    assert read(house, server) == 0
    assert server.unread() == 1
    house.release(simple(user_task("t"), middle="t"), f__form=FORM)
    retry_start(house.site, actor=house.owner, start_id=start, reason="released")
    assert read(house, server) == 1
    assert len(cases(house)) == 1
    assert refused(house) == []


def test_a_mail_that_is_given_up_is_marked_as_read(
    make_house: Callable[..., House], server: Server
) -> None:
    house = make_house()
    house.site.default_policy = "plain"
    server.put(mail())
    read(house, server)
    (start,) = refused(house)
    give_up_start(house.site, actor=house.owner, start_id=start, reason="spam")
    assert read(house, server) == 1
    assert server.unread() == 0
    assert refused(house) == []


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b.org\r\nSubject: =?utf-8?b?//8=?=\r\n"
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe x\r\n",
        b"From: \xe6\x9d\x8e <li@example.org>\r\nDate: yesterday\r\nMessage-ID: <<>>\r\n\r\nx\r\n",
        b"From: a@b.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno parts\r\n",
        b"From: a@b.org\r\nContent-Type: text/html\r\n\r\n<p>a<script>b</script><b>c\r\n",
        b"From: a@b.org\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n\xc4\xe3\xba\xc3\r\n",
        b"From: =?utf-8?q?N=00?= <a@b.org>\r\nSubject: =?utf-8?q?a=00b?=\r\n\r\nx\r\n",
        b"From: a@b.org\r\nDate: Fri, 31 Dec 9999 23:59:59 -0800\r\n\r\nx\r\n",
    ],
)
def test_odd_mail_becomes_a_case_all_the_same(house: House, server: Server, data: bytes) -> None:
    server.put(data)
    assert read(house, server) == 1
    (case_id,) = cases(house)
    assert "script" not in str(house.variables(case_id)["phenomenon"])
    assert "\0" not in str(house.variables(case_id))


def test_a_mail_from_the_future_was_sent_when_it_was_read(house: House, server: Server) -> None:
    server.put(mail(Date="Fri, 20 Nov 2099 08:30:00 +0800"))
    read(house, server)
    (case_id,) = cases(house)
    assert house.variables(case_id)["submitted_at"] == house.site.clock.now()


def test_one_bad_mail_keeps_none_behind_it_from_being_read(house: House, server: Server) -> None:
    server.put(b"Subject: nobody wrote this\r\nFrom: nobody\r\nMessage-ID: <0@x>\r\n\r\nx\r\n")
    server.put(mail())
    assert read(house, server) == 1
    assert len(cases(house)) == 1
    assert len(refused(house)) == 1


def test_a_mail_that_fails_is_tried_again_and_the_others_go_on(
    house: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(site: object, found: ReceivedMail, start: str) -> str:
        if found.id == mail_id("<1@example.org>"):
            raise AttributeError("a fault of ours")
        return receive_mail(house.site, found, start)

    server.put(mail(1))
    server.put(mail(2))
    with monkeypatch.context() as patched:
        patched.setattr(mailbox, "receive_mail", fail)
        assert read(house, server) == 1
    assert server.unread() == 1
    assert read(house, server) == 1
    assert len(cases(house)) == 2
    assert refused(house) == []
