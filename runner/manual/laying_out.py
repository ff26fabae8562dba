"""A manual as plain data for a layout: with its fixed words, and what each table needs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from runner.manual.content import FormTold, Manual
from runner.manual.words import words


def prepared(manual: Manual) -> dict[str, Any]:
    """The manual's content by name, ready for JSON or a template."""
    data: dict[str, Any] = asdict(manual)
    data["undecided"] = manual.undecided
    data["words"] = words(manual.language)
    for chapter, told in zip(data["chapters"], manual.chapters, strict=True):
        for step, plain in zip(chapter["steps"], told.steps, strict=True):
            step["letters"] = [plain.involved.letters(person.key) for person in told.people]
            step["acting"] = any(step["letters"])
            step["form"] = None if plain.form is None else _form(plain.form)
    for form, told_form in zip(data["forms"], manual.forms, strict=True):
        form["used_in"] = [
            {"anchor": step.anchor, "number": step.number, "title": step.name}
            for chapter in manual.chapters
            for step in chapter.steps
            if step.form is not None and step.form.id == told_form.id
        ]
    return data


def _form(form: FormTold) -> dict[str, Any]:
    return {
        "anchor": form.anchor,
        "number": form.number,
        "title": form.title,
        "mandatory": form.labels(required=True),
        "proposed": (*form.labels(proposed=True), *form.labels(required=True, proposed=True)),
        "optional": form.labels(),
    }
