"""Forms: form-js ``.form`` files as the server validates them (docs/formats.md, "Forms")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from runner.definitions.findings import Finding
from runner.definitions.forms_checking import Validated, check
from runner.definitions.forms_document import Unreadable, parse_document, platform_findings
from runner.definitions.forms_model import (
    ChoiceField,
    Component,
    Computed,
    Container,
    DateField,
    Field,
    FileField,
    ListField,
    Option,
    TableView,
    Text,
    walk,
)
from runner.definitions.forms_post import Post
from runner.definitions.forms_post import parse_post as _parse_post
from runner.definitions.forms_reading import Reader
from runner.feel import Expression

__all__ = ["FieldInfo", "Form", "Validated", "load_form", "parse_post"]


@dataclass(frozen=True)
class FieldInfo:
    """One field for lists, reports and evidence. ``key`` is its dotted path without row numbers;
    ``in_list`` is the path of the list it repeats in, or empty. ``options`` are the fixed ones;
    ``seen_by`` names the groups that may read the answer, blanks between them, empty for all."""

    key: str
    label: str
    type: str
    options: tuple[Option, ...] = ()
    in_list: str = ""
    required: bool = False
    seen_by: str = ""


@dataclass(frozen=True)
class Form:
    """One form. Immutable; safe to share between threads."""

    id: str
    file: str
    components: tuple[Component, ...]

    def keys(self) -> tuple[str, ...]:
        """The variables the form writes: first parts of its fields' and lists' keys, in order."""
        names: dict[str, None] = {}
        for key, component in self._keyed(self.components, ()):
            if not (isinstance(component, Field) and (component.disabled or not key)):
                names.setdefault(key[0])
        return tuple(names)

    def fields(self) -> tuple[FieldInfo, ...]:
        """Every field with a key, those inside lists included, in file order."""
        return tuple(self._infos(self.components, (), ""))

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """(component id, expression) of everything the form evaluates, for the checker."""
        for component in walk(self.components):
            if component.hide is not None:
                yield component.id, component.hide
            if isinstance(component, Field):
                limits = component.limits
                for limit in (
                    limits.minimum, limits.maximum, limits.min_length, limits.max_length,
                    component.readonly,
                ):  # fmt: skip
                    if isinstance(limit, Expression):
                        yield component.id, limit
            if isinstance(component, DateField) and component.not_after is not None:
                yield component.id, component.not_after
            if isinstance(component, ChoiceField) and component.options.expression is not None:
                yield component.id, component.options.expression
            if isinstance(component, Computed | TableView):
                source = (
                    component.expression if isinstance(component, Computed) else component.source
                )
                if source is not None:
                    yield component.id, source
            if isinstance(component, Text):
                for _, expression in component.parts:
                    if expression is not None:
                        yield component.id, expression

    def validate(
        self,
        submitted: Mapping[str, object],
        variables: Mapping[str, object],
        now: datetime,
        zone: tzinfo | None = None,
    ) -> Validated:
        """Checks a submission (nested raw data, texts allowed for every type).

        Unknown keys, hidden and read-only fields are dropped, ``expression`` fields computed,
        texts become FEEL values. Times without an offset are taken to be in ``zone`` (else in the
        zone of ``now``, which must be aware). Never raises for anything a browser can send.
        """
        return check(self.components, submitted, variables, now, zone or now.tzinfo or UTC)

    def _keyed(
        self, components: tuple[Component, ...], base: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], Component]]:
        for component in components:
            if isinstance(component, Field | ListField):
                yield base + component.path, component
            elif isinstance(component, Container):
                yield from self._keyed(component.components, base + component.path)

    def _infos(
        self, components: tuple[Component, ...], base: tuple[str, ...], in_list: str
    ) -> Iterator[FieldInfo]:
        for key, component in self._keyed(components, base):
            dotted = ".".join(key)
            if isinstance(component, ListField):
                yield FieldInfo(dotted, component.label, component.type, in_list=in_list)
                yield from self._infos(component.components, key, dotted)
            elif isinstance(component, Field):
                choices = component.options.fixed if isinstance(component, ChoiceField) else ()
                yield FieldInfo(
                    dotted,
                    component.label,
                    component.type,
                    choices,
                    in_list,
                    component.limits.required,
                    dict(component.properties).get("seen_by", ""),
                )

    def has_files(self) -> bool:
        """Whether the form takes files, so that its page posts them."""
        return any(isinstance(component, FileField) for component in walk(self.components))


def load_form(data: bytes, file: str) -> tuple[Form | None, list[Finding]]:
    """Reads one ``.form`` file. None with one finding when it is not a form at all; else the form
    of everything that could be read, with a finding for whatever is outside the subset."""
    try:
        document = parse_document(data, file)
    except Unreadable as refused:
        return None, [refused.finding]
    reader = Reader(file, data.decode("utf-8"))
    components = reader.components(document["components"])
    findings = [*platform_findings(document, file), *reader.findings]
    return Form(str(document.get("id") or ""), file, components), findings


def parse_post(form: Form, post: Post) -> dict[str, object]:
    """The nested raw data of a plain HTML post of ``form``: see ``forms_post.parse_post``."""
    return _parse_post(form.components, post)
