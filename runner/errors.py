"""Refusals, which a person can act on, and failures, which become incidents.

A refusal means: nothing was changed. Its message says what was expected and what was found, in
Chinese and English (``中文 / English``), and never contains personal data. ``runner/web/app.py``
maps each class to one HTTP status; the command line prints the message and exits with 1 or 2.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """A command that was refused as a whole. ``message`` is ``中文 / English``."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details


class NotFound(Refusal):
    """The thing does not exist, or the asker may not know that it does. HTTP 404."""


class NotAllowed(Refusal):
    """The person is known but lacks the group, or four eyes forbid it. HTTP 403."""


class InvalidState(Refusal):
    """The thing is not in the expected state, for instance already completed. HTTP 409."""


class Endless(InvalidState):
    """The diagram goes round without end: the owner's mistake, whoever meets it."""


class AlreadyExists(Refusal):
    """A second start or message with a key that was used for something else. HTTP 409."""


class InvalidInput(Refusal):
    """Values outside what the form or the file allows. HTTP 422.

    ``errors`` maps a field's path (``why_occurrence.2.why``) to ``中文 / English`` messages.
    """

    def __init__(self, message: str, errors: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.errors: Mapping[str, list[str]] = errors or {}


class TooLarge(Refusal):
    """An upload, a file or a value beyond its documented limit. HTTP 413."""


class Unavailable(Exception):
    """The database cannot be written or read at this moment: locked for too long, full, or not
    there. HTTP 503. It says nothing about the command: the same one may be sent again.

    ``reason`` is ``busy``, ``full``, ``gone`` or ``unsure`` (the answer to a commit was lost).
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


class Failure(Exception):
    """Something at an element cannot go on without a person: becomes an incident of that element.

    ``message`` is a plain sentence ``中文 / English`` for the incident page; ``element_id`` names
    the element; ``kind`` is one of ``lifecycle.INCIDENT_KINDS``.
    """

    def __init__(self, kind: str, element_id: str, message: str, **facts: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.element_id = element_id
        self.message = message
        self.facts = facts
