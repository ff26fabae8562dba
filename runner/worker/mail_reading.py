"""Reading a mail's bytes, whoever wrote them: text, sender, attachments, what it answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from runner.engine.attachments import MAX_AT_ONCE, MAX_BYTES, Upload
from runner.engine.received_mails import ReceivedMail, mail_id
from runner.errors import InvalidInput, TooLarge

_NUMBER = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")
_SEPARATE = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"})
_UNSEEN = frozenset({"script", "style", "head", "title"})
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


class NoComplaint(Exception):
    """A mail that wants nothing: the text says what it is, ``中文 / English``."""


def identity_of(header: bytes, whole: bytes = b"") -> str:
    """What a mail is known by: its Message-ID, or its bytes where it has none."""
    found = message_from_bytes(header, policy=policy.compat32)["Message-ID"]
    text = str(found).strip() if found is not None else ""
    return mail_id(text or (whole or header).decode("latin-1"))


def read_mail(data: bytes, site_name: str) -> ReceivedMail:
    """Raises ``NoComplaint``; ``InvalidInput``, ``TooLarge`` for one that nobody could keep."""
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    name, address = parseaddr(_header(mail, "From"))
    _check_wanted(mail, address)
    if not _ADDRESS.fullmatch(address):
        raise InvalidInput("邮件没有发件地址。 / The mail has no address of a sender.")
    subject = _line(_header(mail, "Subject"))[:200]
    return ReceivedMail(
        id=identity_of(data, data),
        sender=address.lower(),
        sender_name=_line(name)[:100],
        subject=subject,
        text=_text(mail),
        sent_at=_sent_at(mail),
        answers=_answers(mail, site_name),
        numbers=tuple(dict.fromkeys(_NUMBER.findall(subject)))[:5],
        attachments=_attachments(mail),
    )


def _check_wanted(mail: EmailMessage, address: str) -> None:
    auto = _header(mail, "Auto-Submitted").lower()
    if auto and not auto.startswith("no"):
        raise NoComplaint("自动回复 / an automatic reply")
    if mail.get_content_type() == "multipart/report" or not address:
        raise NoComplaint("退信 / a bounce")
    if _header(mail, "Return-Path").strip() == "<>":
        raise NoComplaint("退信 / a bounce")
    if _header(mail, "Precedence").lower() in {"bulk", "list", "junk"} or "List-Id" in mail:
        raise NoComplaint("群发邮件 / mail of a list")
    if _header(mail, "X-Autoreply") or _header(mail, "X-Autorespond"):
        raise NoComplaint("自动回复 / an automatic reply")


def _header(mail: EmailMessage, name: str) -> str:
    """Never raises: some headers cannot be parsed at all."""
    try:
        return str(mail[name] or "")
    except Exception:
        raw = next((v for n, v in mail.raw_items() if n.lower() == name.lower()), "")
        return str(raw)


def _line(text: str) -> str:
    """In one line, without what no database keeps: an encoded header may hold NUL."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _sent_at(mail: EmailMessage) -> datetime | None:
    try:
        found = mail["Date"].datetime
        sent: datetime = found if found.tzinfo else found.replace(tzinfo=UTC)
        return sent.astimezone(UTC)
    except Exception:  # none, no date, or one that does not exist in UTC
        return None


def _answers(mail: EmailMessage, site_name: str) -> tuple[str, ...]:
    """Jobs whose mails it answers: our Message-IDs begin with the job's id."""
    text = (
        f"{_header(mail, 'In-Reply-To')} {' '.join(reversed(_header(mail, 'References').split()))}"
    )
    found = re.findall(r"<([0-9A-Za-z-]{1,64})(?:\.[^@<>\s]*)?@" + re.escape(site_name) + ">", text)
    return tuple(dict.fromkeys(found))[:20]


def _text(mail: EmailMessage) -> str:
    try:
        body = mail.get_body(("plain", "html"))
        content = "" if body is None else body.get_content()
        html = body is not None and body.get_content_type() == "text/html"
    except (LookupError, UnicodeError, KeyError, AttributeError, ValueError, TypeError):
        payload = mail.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        html = mail.get_content_type() == "text/html"
    text = _readable(content) if html else str(content)
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    kept = "".join(c for c in "\n".join(lines) if c in "\n\t" or c.isprintable())
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _SEPARATE:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _SEPARATE:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


def _readable(html: str) -> str:
    words = _Words()
    words.feed(html[:1_000_000])
    words.close()
    return "".join(words.words)


def _attachments(mail: EmailMessage) -> tuple[Upload, ...]:
    found: list[Upload] = []
    for part in mail.iter_attachments():
        if part.get_content_type() == "message/rfc822":
            data = part.as_bytes()
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
        if not data:
            continue
        if len(data) > MAX_BYTES:
            raise TooLarge(
                f"附件超过 {MAX_BYTES // 1_000_000} MB。 / "
                f"An attachment is larger than {MAX_BYTES // 1_000_000} MB."
            )
        name = part.get_filename() or f"attachment-{len(found) + 1}"
        found.append(Upload(name, part.get_content_type(), data))
    if len(found) >= MAX_AT_ONCE:
        raise TooLarge(
            f"附件有 {len(found)} 个，最多 {MAX_AT_ONCE - 1} 个。 / "
            f"There are {len(found)} attachments; at most {MAX_AT_ONCE - 1} can be kept at once."
        )
    return tuple(found)
