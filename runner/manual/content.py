"""What a manual holds: plain, ordered and in one language, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

from runner.manual.people import Involved, Person
from runner.manual.wording import Said


@dataclass(frozen=True)
class Revision:
    """One line of the revision table."""

    number: str
    made: str
    reason: str
    by: str
    approved_by: str
    effective: str


@dataclass(frozen=True)
class Facts:
    """What stands on the cover and is not in the files. ``state`` tells of which release this is,
    or that it is a draft."""

    site: str
    release: str
    state: str
    digest: str
    made_at: str
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Something told elsewhere in the manual: its number or anchor, and its title."""

    anchor: str
    number: str
    title: str


@dataclass(frozen=True)
class Way:
    """One way on from a step: the answers on it, and where it leads."""

    answers: str
    where: str
    anchor: str


@dataclass(frozen=True)
class FieldRow:
    """One field of a form."""

    label: str
    kind: str
    required: bool
    proposed: bool
    conditional: bool
    note: str
    requirements: tuple[str, ...]
    inside: bool
    heading: bool = False


@dataclass(frozen=True)
class FormTold:
    """A form with its fields; ``records`` are the numbers of the records it is."""

    id: str
    anchor: str
    number: str
    title: str
    records: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    requirements: tuple[str, ...]

    def labels(self, *, required: bool = False, proposed: bool = False) -> tuple[str, ...]:
        return tuple(
            field.label
            for field in self.fields
            if not field.heading
            and field.label
            and field.required is required
            and field.proposed is proposed
        )


@dataclass(frozen=True)
class TableTold:
    """A decision table as it is printed."""

    id: str
    anchor: str
    number: str
    title: str
    text: str
    requirements: tuple[str, ...]
    hits: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One step, event or decision of a chapter. ``used``: a case can get there under the policy."""

    anchor: str
    number: str
    id: str
    name: str
    kind: str
    automatic: bool
    text: str
    guidance: str
    requirements: tuple[str, ...]
    clauses: tuple[str, ...]
    involved: Involved
    deadlines: tuple[tuple[str, Said], ...]
    repeated: str
    form: FormTold | None
    table: Reference | None
    called: Reference | None
    documents: tuple[str, ...]
    document_titles: tuple[str, ...]
    ways: tuple[Way, ...]
    used: bool


@dataclass(frozen=True)
class Chapter:
    """One diagram with its steps; ``people`` are the columns of its matrix."""

    anchor: str
    number: str
    id: str
    title: str
    text: str
    requirements: tuple[str, ...]
    drawing: str
    steps: tuple[Step, ...]
    people: tuple[Person, ...]
    called_from: tuple[Reference, ...]
    used: bool


@dataclass(frozen=True)
class IndexRow:
    """A clause or requirement, and the places that serve it."""

    key: str
    places: tuple[Reference, ...]


@dataclass(frozen=True)
class RecordRow:
    """A record people keep: its number and name, what it is made by."""

    number: str
    name: str
    made_by: str
    places: tuple[Reference, ...]


@dataclass(frozen=True)
class SettingRow:
    """A value of the policy."""

    section: str
    title: str
    value: Said
    certainty: str
    requirements: tuple[str, ...]
    time: bool
    places: tuple[Reference, ...]


@dataclass(frozen=True)
class RoleRow:
    """A role of the policy with the groups that fill it."""

    name: str
    groups: Said


@dataclass(frozen=True)
class GroupRow:
    """A group with its duties."""

    name: str
    duties: str
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """One word of the glossary."""

    term: str
    other: str
    meaning: str


@dataclass(frozen=True)
class Manual:
    """The whole manual in one language."""

    language: str
    title: str
    number: str
    policy: str
    source: str
    sector: str
    facts: Facts
    purpose: tuple[str, ...]
    scope: tuple[str, ...]
    reading: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    forms: tuple[FormTold, ...]
    tables: tuple[TableTold, ...]
    settings: tuple[SettingRow, ...]
    roles: tuple[RoleRow, ...]
    groups: tuple[GroupRow, ...]
    records: tuple[RecordRow, ...]
    clauses: tuple[IndexRow, ...]
    requirements: tuple[IndexRow, ...]
    glossary: tuple[Term, ...]

    @property
    def undecided(self) -> int:
        """How many values the owner still has to decide."""
        return sum(row.value.open for row in self.settings)
