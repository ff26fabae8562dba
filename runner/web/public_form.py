"""The public complaint form: its questions, the promise above it, files that survive an error."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from runner.definitions.findings import half
from runner.definitions.forms import Form
from runner.definitions.policies import Policy
from runner.definitions.release import Definitions
from runner.engine.policy_choice import policy_to_follow
from runner.engine.site import Site
from runner.errors import NotFound, TooLarge
from runner.web.form_nodes import FileItem
from runner.web.language import _
from runner.web.moments import file_size
from runner.web.uploads import Upload

KEPT_SECONDS = 2 * 3_600
MOST_KEPT = 2_000_000_000  # strangers must not be able to fill the disk


@dataclass(frozen=True)
class PublicForm:
    """``promise`` is the policy's first-response time in words, empty where there is none."""

    form: Form
    definitions: Definitions
    promise: str


def public_form(
    connection: Connection, site: Site, start_element: str, language: str
) -> PublicForm:
    """The form of a start event of the effective release. Raises ``NotFound``."""
    element = site.start_event(connection, start_element)
    release = site.effective_release(connection)
    definitions = site.definitions(connection, release.digest)
    # A message start cannot carry a form definition in the dialect, so a property names it.
    form = definitions.forms.get(element.form_id or element.properties.get("form", ""))
    if form is None:
        raise NotFound("现在没有在线表单。 / There is no online form at the moment.")
    known = {"channel": "web_form", "language": language}
    policy = policy_to_follow(definitions, "", site.default_policy, known, site.clock.now())
    return PublicForm(form, definitions, _promise(policy, language))


def _promise(policy: Policy, language: str) -> str:
    ack = policy.values.get("ack")
    due = ack.get("first_response_due") if isinstance(ack, Mapping) else None
    if not isinstance(due, Mapping):
        return ""
    amount, unit = due.get("amount"), str(due.get("unit"))
    units = {
        "minute": "分钟 / minutes",
        "hour": "小时 / hours",
        "day": "天 / days",
        "working_day": "个工作日 / working days",
        "working_hour": "个工作小时 / working hours",
        "week": "周 / weeks",
        "month": "个月 / months",
        "year": "年 / years",
    }
    if not amount or unit not in units:
        return _("at once")
    return f"{amount} {half(units[unit], language)}"


class WaitingFiles:
    """Uploads of a form that could not be accepted yet: kept for two hours under random names, so
    that a customer does not choose them again. One per process; ids are secrets."""

    def __init__(self, site: Site) -> None:
        name = hashlib.sha256(site.derived("waiting files", site.name)).hexdigest()[:16]
        self._folder = Path(tempfile.gettempdir()) / f"ombud-waiting-{name}"

    def keep(self, upload: Upload) -> str:
        """Keeps a checked file and gives the id the form carries."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._sweep() + len(upload.data) > MOST_KEPT:
            raise TooLarge(
                "现在收不了更多文件。先不带文件提交，之后再补。 / "
                "No more files can be taken now. Send the form without, and add them later."
            )
        identity = secrets.token_urlsafe(24)
        head = f"{upload.media_type}\n{upload.name}\n".encode()
        (self._folder / identity).write_bytes(head + upload.data)
        return identity

    def read(self, identity: str) -> Upload | None:
        """The file of an id, None once it is gone or for a made-up one."""
        if not identity or not all(c.isalnum() or c in "-_" for c in identity):
            return None
        try:
            media_type, name, data = (self._folder / identity).read_bytes().split(b"\n", 2)
        except (OSError, ValueError):
            return None
        return Upload(name.decode(), media_type.decode(), data)

    def items(self, identities: list[str]) -> dict[str, FileItem]:
        found: dict[str, FileItem] = {}
        for identity in identities:
            upload = self.read(identity)
            if upload is not None:
                found[identity] = FileItem(identity, upload.name, file_size(len(upload.data)))
        return found

    def drop(self, identities: list[str]) -> None:
        for identity in identities:
            if self.read(identity) is not None:
                (self._folder / identity).unlink(missing_ok=True)

    def _sweep(self) -> int:
        """Removes what is too old, and gives the bytes that are left."""
        oldest, left = time.time() - KEPT_SECONDS, 0
        for path in self._folder.iterdir():
            try:
                found = path.stat()
                if found.st_mtime < oldest:
                    path.unlink()
                else:
                    left += found.st_size
            except OSError:
                continue
        return left
