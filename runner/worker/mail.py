"""Handing mail to a server, or leaving it in the outbox where a person sees it."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from runner.settings import Settings
from service_tasks.contract import Delivery, Impossible, Mailer, Message, Retry

TIMEOUT_SECONDS = 20
_PERMANENT = range(500, 600)
_ADDRESS = re.compile(r"(?:[^<>\r\n]*<)?[^@\s<>,;]+@[^@\s<>,;]+>?")


class Outbox:
    """The mailer of a site without a mail server: nothing leaves, everything waits in sight."""

    def deliver(self, message: Message) -> Delivery:
        detail = "没有设置邮件服务器。 / No mail server is set up."
        return Delivery(message, "not_sent", detail)


class SmtpMailer:
    """Hands messages to one SMTP server. ``Message-ID`` comes from the message's key, so that a
    mail server or reader can recognise a message that was handed over twice after a crash."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def deliver(self, message: Message) -> Delivery:
        mail = compose(message, self._settings)
        try:
            with self._connect() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text, message.to) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error, message.to) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Retry(
                f"邮件服务器没有应答：{error} / The mail server did not answer: {error}"
            ) from error
        return Delivery(message, "sent")

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context()
        if settings.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
        if settings.smtp_tls == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        return server


class Noting:
    """A mailer that remembers what it delivered: the handler that asked may end without a word."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self.delivered: list[Delivery] = []

    def deliver(self, message: Message) -> Delivery:
        delivery = self._mailer.deliver(message)
        self.delivered.append(delivery)
        return delivery


def mailer(settings: Settings) -> Mailer:
    """The mailer the settings ask for: SMTP where a host is set, else the outbox."""
    return SmtpMailer(settings) if settings.smtp_host else Outbox()


def compose(message: Message, settings: Settings) -> EmailMessage:
    """The mail as it goes out. Raises ``Impossible`` for an address that is none."""
    mail = EmailMessage()
    mail["From"] = _address(settings.smtp_from)
    mail["To"] = _address(message.to)
    mail["Subject"] = message.subject
    key = message.key.replace(":", ".").replace("@", ".at.")
    mail["Message-ID"] = f"<{key}@{settings.site_name}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    for part in message.parts:
        kind, _, parameters = part.media_type.partition(";")
        main, _, sub = kind.strip().partition("/")
        named = dict(p.strip().split("=", 1) for p in parameters.split(";") if "=" in p)
        mail.add_attachment(part.data, maintype=main, subtype=sub, filename=part.name, params=named)
    return mail


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(text):
        raise Impossible(f"“{text}”不是邮箱地址。 / “{text}” is not a mail address.")
    try:
        return Address(display_name=name, username=local, domain=domain)
    except ValueError as error:
        raise Impossible(f"“{text}”不是邮箱地址。 / “{text}” is not a mail address.") from error


def _refusal(code: int, text: bytes | str, to: str) -> Retry | Impossible:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    sentence = (
        f"邮件服务器拒收给 {to} 的邮件：{code} {shown} / "
        f"The mail server refused the message to {to}: {code} {shown}"
    )
    return Impossible(sentence) if code in _PERMANENT else Retry(sentence)
