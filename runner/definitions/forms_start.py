"""What an untouched form shows: what the case already knows, else the form's own defaults."""

from __future__ import annotations

from runner.definitions.forms import Form
from runner.definitions.forms_model import Component, Container, Field, ListField
from runner.definitions.forms_visible import Scope


def start_data(form: Form, variables: Scope) -> dict[str, object]:
    """What an untouched form shows: the case's values of its keys, else its defaults."""
    known = form.keys()
    data = {key: variables[key] for key in known if variables.get(key) is not None}
    for component in form.components:
        _defaults(component, data)
    return data


def _defaults(component: Component, data: dict[str, object]) -> None:
    if isinstance(component, ListField):
        if len(component.path) == 1 and component.path[0] not in data:
            data[component.path[0]] = [{} for _ in range(component.default_rows)]
    elif isinstance(component, Container):
        for part in component.components:
            _defaults(part, data)
    elif (
        isinstance(component, Field)
        and component.default is not None
        and len(component.path) == 1
        and component.path[0] not in data
    ):
        data[component.path[0]] = component.default
