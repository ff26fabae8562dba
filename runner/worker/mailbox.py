"""Reads the complaint mailbox (IMAP): every unread mail is handed to the engine, then marked."""

from __future__ import annotations

import imaplib
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from runner.engine.received_mails import (
    ignore_mail,
    is_done,
    receive_mail,
    refuse_mail,
    waits_for_a_person,
)
from runner.engine.site import Site
from runner.errors import Refusal, TooLarge, Unavailable
from runner.settings import Settings
from runner.worker.mail_reading import NoComplaint, identity_of, read_mail

EVERY_SECONDS = 60.0
TIMEOUT_SECONDS = 30
LARGEST = 40_000_000  # bytes of a whole mail
AT_ONCE = 50
_log = logging.getLogger(__name__)


class Mailbox:
    """One reader of one folder; any number of workers may read it at once."""

    def __init__(self, site: Site, settings: Settings) -> None:
        self._site = site
        self._settings = settings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox", daemon=True)

    def start(self) -> None:
        """Nothing where no mail server is set."""
        if self._settings.imap_host:
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.read()
            except (OSError, imaplib.IMAP4.error, Unavailable) as error:
                _log.warning("the mailbox cannot be read now: %s", error)
            except Exception:
                _log.exception("reading the mailbox failed; it is tried again")
            self._stop.wait(EVERY_SECONDS)

    def read(self) -> int:
        """Does what is unread, the oldest first, and returns how many mails were done. Raises what
        the connection raises; a mail that cannot be done keeps none behind it from being read."""
        done = 0
        with self._folder() as folder:
            kind, found = folder.uid("SEARCH", "UNSEEN")
            uids = found[0].split() if kind == "OK" and found and found[0] else []
            for uid in uids:
                if done >= AT_ONCE or self._stop.is_set():
                    break
                done += self._read_one(folder, uid.decode())
        return done

    def _read_one(self, folder: imaplib.IMAP4, uid: str) -> bool:
        header = _fetched(folder, uid, "(RFC822.SIZE BODY.PEEK[HEADER])")
        if header is None:
            return False  # somebody removed it meanwhile
        size, head = header
        has_id = b"message-id:" in head.lower()
        identity = identity_of(head)
        if has_id and is_done(self._site, identity):
            return _mark(folder, uid)
        if has_id and waits_for_a_person(self._site, identity):
            return False
        try:
            if size > LARGEST:
                raise TooLarge(
                    f"邮件有 {size // 1_000_000} MB，太大。 / "
                    f"The mail has {size // 1_000_000} MB, which is too large."
                )
            return self._receive(folder, uid, identity if has_id else "")
        except (Unavailable, OSError, imaplib.IMAP4.error):
            raise
        except (Refusal, ValueError, LookupError, RecursionError) as error:
            _log.warning("a mail could not become a case: %s", type(error).__name__)
            refuse_mail(self._site, identity, self._settings.imap_start, error)
            return False
        except (
            Exception
        ):  # a fault of ours or the database's: this mail is tried again, others go on
            _log.exception("a mail failed; it is tried again")
            return False

    def _receive(self, folder: imaplib.IMAP4, uid: str, identity: str) -> bool:
        whole = _fetched(folder, uid, "(RFC822.SIZE BODY.PEEK[])")
        if whole is None:
            return False
        data = whole[1]
        identity = identity or identity_of(data, data)
        if is_done(self._site, identity):
            return _mark(folder, uid)
        try:
            mail = read_mail(data, self._settings.site_name)
        except NoComplaint as why:
            ignore_mail(self._site, identity, str(why))
        else:
            receive_mail(self._site, mail, self._settings.imap_start)
        return _mark(folder, uid)

    @contextmanager
    def _folder(self) -> Iterator[imaplib.IMAP4]:
        settings = self._settings
        context = ssl.create_default_context()
        if settings.imap_tls == "tls":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                settings.imap_host,
                settings.imap_port,
                ssl_context=context,
                timeout=TIMEOUT_SECONDS,
            )
        else:
            server = imaplib.IMAP4(settings.imap_host, settings.imap_port, TIMEOUT_SECONDS)
        try:
            if settings.imap_tls == "starttls":
                server.starttls(context)
            server.login(settings.imap_user, settings.imap_password)
            kind, said = server.select(_quoted(settings.imap_folder))
            if kind != "OK":
                raise imaplib.IMAP4.error(f"{settings.imap_folder}: {said!r}")
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()


def _fetched(folder: imaplib.IMAP4, uid: str, what: str) -> tuple[int, bytes] | None:
    """(size of the whole mail, the bytes asked for)."""
    kind, found = folder.uid("FETCH", uid, what)
    if kind != "OK":
        return None
    size, data = 0, None
    for item in found:
        line = item[0] if isinstance(item, tuple) else item
        if isinstance(line, bytes) and b"RFC822.SIZE" in line:
            digits = line.split(b"RFC822.SIZE", 1)[1].split()[0].strip(b")")
            size = int(digits) if digits.isdigit() else 0
        if isinstance(item, tuple) and isinstance(item[1], bytes):
            data = item[1]
    return None if data is None else (size, data)


def _mark(folder: imaplib.IMAP4, uid: str) -> bool:
    folder.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
