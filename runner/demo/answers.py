"""What a person writes into a form of the demonstration: from the story, else believable defaults.

Nothing here decides whether an answer is acceptable: the engine validates it by the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from runner.calendars import Calendar
from runner.demo.pace import after
from runner.demo.stories import Cause, Story
from runner.engine.attachments import Upload

Values = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """Raw form data and the files that go with it, each naming its field."""

    values: Values
    uploads: Sequence[Upload] = ()


@dataclass(frozen=True)
class Asked:
    """One form put to one person. ``now`` is local time; ``visit`` counts earlier answers of this
    element in the case; ``variables`` is what the form may read; ``colleagues`` names by group."""

    story: Story
    element: str
    visit: int
    now: datetime
    variables: Mapping[str, object]
    person: str
    calendar: Calendar
    colleagues: Mapping[str, Sequence[str]]

    def say(self, zh: str, en: str) -> str:
        """The sentence in the language the case is kept in."""
        return en if self.story.english else zh

    def said(self, name: str) -> Mapping[str, Any]:
        """What the story says about ``name`` this time; where it lists several, the last one holds
        for all further times."""
        return self.nth(self.story.said.get(name, {}))

    def nth(self, given: Any) -> Mapping[str, Any]:
        if isinstance(given, list):
            given = given[min(self.visit, len(given) - 1)] if given else {}
        return given if isinstance(given, Mapping) else {}

    def later(self, days: float) -> datetime:
        """So many working days from now."""
        return after(self.calendar, self.now, days * 450)

    def day(self, days: float) -> date:
        return self.later(days).date()

    def ago(self, days: float) -> date:
        return (self.now - timedelta(days=days)).date()

    def name(self, group: str) -> str:
        """Somebody of the group, without the duty title."""
        names = self.colleagues.get(group, ())
        return plain_name(names[0]) if names else plain_name(self.person)

    @property
    def cause(self) -> Cause:
        if self.story.cause is None:
            raise LookupError(f"story {self.story.id}: {self.element} needs a cause")
        return self.story.cause

    @property
    def product(self) -> str:
        return str(self.story.product.get("name", ""))


Answering = Callable[[Asked], Answer]
_BY_FORM: dict[str, Answering] = {}


def answers_form(*forms: str) -> Callable[[Answering], Answering]:
    """Registers how a form is answered."""

    def register(answering: Answering) -> Answering:
        for form in forms:
            _BY_FORM[form] = answering
        return answering

    return register


def answer(form: str, asked: Asked) -> Answer:
    """The answer to ``form``, with what the story says about the element put over the defaults.
    Raises ``LookupError`` for a form nobody wrote answers for."""
    if form not in _BY_FORM:
        raise LookupError(f"the demonstration has no answers for the form {form}")
    found = _BY_FORM[form](asked)
    own = asked.nth(asked.story.answers.get(asked.element, {}))
    return Answer({**found.values, **own}, found.uploads)


def plain_name(display: str) -> str:
    """A display name without its duty title in brackets."""
    return display.split("（")[0].split(" (")[0]
