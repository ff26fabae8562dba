"""What the fields of a form write, and what its expressions see."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from decimal import Decimal

from runner.definitions.forms import Form
from runner.definitions.forms_model import (
    Checkbox,
    ChoiceField,
    Component,
    Computed,
    Container,
    DateField,
    Field,
    FileField,
    ListField,
    NumberField,
    Options,
    TextField,
)
from runner.feel import Expression, to_feel
from runner.feel.analysis.inference import infer
from runner.feel.analysis.static_types import (
    ANY,
    BOOLEAN,
    NULL,
    Type,
    context_of,
    list_of,
    of_kind,
    of_value,
    union,
)

Types = Mapping[str, Type]
_STRING = of_kind("string")
_MOMENTS = {"date": "date", "time": "time", "datetime": "date and time"}


def written_types(form: Form, case: Types) -> dict[str, Type]:
    """The variables the form writes; fields that are only shown write nothing."""
    return _entries(form.components, case, shown=False)


def expression_types(form: Form, case: Types) -> dict[str, Types]:
    """By component id, what its expressions see: the fields of its row, of the form, and
    ``case``, the variables around the form."""
    own = _entries(form.components, case, shown=True)
    seen = {name: found.joined(case.get(name, NULL)) for name, found in own.items()}
    return dict(_places(form.components, ChainMap(seen, case)))  # type: ignore[arg-type]


def _places(components: tuple[Component, ...], seen: Types) -> Iterator[tuple[str, Types]]:
    for component in components:
        yield component.id, seen
        if isinstance(component, ListField):
            row = _entries(component.components, seen, shown=True)
            known = {name: found.joined(seen.get(name, NULL)) for name, found in row.items()}
            near = {"this": context_of(row), "parent": ANY, "i": of_kind("number"), **known}
            yield from _places(component.components, ChainMap(near, seen))  # type: ignore[arg-type]
        elif isinstance(component, Container) and component.path:
            inner = _entries(component.components, seen, shown=True)
            near = dict.fromkeys(inner, ANY)
            yield from _places(component.components, ChainMap(near, seen))  # type: ignore[arg-type]
        elif isinstance(component, Container):
            yield from _places(component.components, seen)


def _entries(components: tuple[Component, ...], case: Types, shown: bool) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for component in components:
        if isinstance(component, ListField):
            rows = list_of(context_of(_entries(component.components, case, shown=True)))
            _put(found, component.path, rows)
        elif isinstance(component, Container):
            for name, inner in _entries(component.components, case, shown).items():
                _put(found, (*component.path, name), inner)
        elif isinstance(component, Field) and (shown or not component.disabled):
            _put(found, component.path, _field(component, case))
    return found


def _put(found: dict[str, Type], path: tuple[str, ...], value: Type) -> None:
    """Enter what is written at a path; the contexts on the way hold nothing else of the form."""
    if not path:
        return
    for key in reversed(path[1:]):
        value = context_of({key: value})
    found[path[0]] = found.get(path[0], NULL).joined(value)


def _field(field: Field, case: Types) -> Type:
    match field:
        case TextField():
            return _STRING
        case NumberField():
            low, high = field.limits.minimum, field.limits.maximum
            return Type(
                frozenset({"number"}),
                low=low if isinstance(low, Decimal) else None,
                high=high if isinstance(high, Decimal) else None,
            )
        case Checkbox():
            return BOOLEAN
        case DateField():
            return of_kind(_MOMENTS[field.subtype])
        case FileField():
            return list_of(_STRING)
        case ChoiceField():
            chosen = _choice(field.options, case)
            return list_of(chosen) if field.several else chosen
        case Computed(expression=Expression() as expression):
            return infer(expression, case).type
    return ANY


def _choice(options: Options, case: Types) -> Type:
    if options.fixed:
        return union(of_value(to_feel(option.value)) for option in options.fixed)
    if options.expression is not None:
        listed = infer(options.expression, case).type
    else:
        listed = case.get(options.variable, ANY)
    items = listed.items
    if items.is_only("context"):  # {label, value} pairs
        return (items.entries or {}).get("value", ANY)
    return items if items.is_only("string") else ANY
