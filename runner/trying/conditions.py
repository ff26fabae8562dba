"""Under which conditions a form shows its fields, said as FEEL."""

from __future__ import annotations

from runner.definitions.forms import Form
from runner.definitions.forms_model import Component, Container, Field, ListField


def shown_when(form: Form) -> dict[str, str]:
    """Under which conditions (FEEL) each field is shown, by its path; those without are left
    out."""
    found: dict[str, str] = {}

    def walk(components: tuple[Component, ...], base: tuple[str, ...], above: list[str]) -> None:
        for component in components:
            here = [*above, _unless(component.hide.text)] if component.hide else above
            if isinstance(component, Container):
                walk(component.components, base + component.path, here)
            if isinstance(component, Field | ListField) and here:
                found[".".join((*base, *component.path))] = " and ".join(here)

    walk(form.components, (), [])
    return found


def _unless(text: str) -> str:
    """The condition under which something is not hidden, as short as it can be said."""
    plain = " ".join(text.removeprefix("=").split())
    if plain.startswith("not(") and plain.endswith(")"):
        inner = plain[4:-1]
        depth = 0
        for letter in inner:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if depth < 0:
                break
        else:
            return f"({inner})" if " or " in inner else inner
    return f"not({plain})"
