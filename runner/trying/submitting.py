"""One task completed by somebody of its groups, with the answers a scenario gives or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.definitions.forms import Form
from runner.definitions.forms_start import start_data
from runner.definitions.forms_visible import Layered, Scope
from runner.engine.access import Person
from runner.engine.attachments import Upload
from runner.engine.task_forms import FormContext, form_context
from runner.engine.user_tasks import complete_user_task
from runner.errors import NotAllowed, Refusal
from runner.store.user_tasks import UserTask, sitting
from runner.trying.answering import CannotAnswer, Filling
from runner.trying.moving import Differs
from runner.trying.played_case import PlayedCase

_PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
SAMPLE_FILE = "sample.png"


@dataclass(frozen=True)
class Filled:
    """Raw data of a submission, its validated values, and the files that go with it."""

    data: dict[str, object]
    values: dict[str, object]
    uploads: list[Upload]


def form_values(
    playing: PlayedCase, form: Form, scope: Scope, answers: Mapping[str, Any],
    files: Mapping[str, Any], strict: bool = False, fresh: bool = True,
) -> Filled:  # fmt: skip
    """The form filled in by the scenario. Raises ``CannotAnswer``."""
    scenario = playing.scenario

    def filling_with(facts: Mapping[str, Any]) -> Filling:
        return Filling(
            form=form,
            variables=scope,
            now=playing.time.now,
            zone=playing.zone,
            given=answers,
            usual={**scenario.usual.decisions, **scenario.data.get("usual", {})},
            facts=facts,
            known=start_data(form, scope),
            files=list(files),
            strict=strict or bool(scenario.data.get("strict")),
        )

    filling = filling_with(scenario.usual.facts)
    try:
        data = filling.fill()
    except CannotAnswer:  # a fact nobody asked for may hide a field that is answered
        filling = filling_with({})
        data = filling.fill()
    wanted = dict.fromkeys([*filling.wanted, *files])
    uploads = uploads_for({path: files.get(path, SAMPLE_FILE) for path in wanted})
    sent = {**data, **{upload.field: ["sent"] for upload in uploads}} if fresh else data
    checked = form.validate(sent, scope, playing.time.now, playing.zone)
    values = {n: v for n, v in checked.values.items() if v is not None}
    for upload in uploads:
        values.pop(upload.field, None)
    return Filled(data, values, uploads)


def uploads_for(files: Mapping[str, Any]) -> list[Upload]:
    """Small files under the names the scenario gives."""
    found = []
    for path, names in files.items():
        for name in names if isinstance(names, list) else [names]:
            picture = str(name).lower().endswith((".png", ".jpg", ".jpeg"))
            kind = "image/png" if picture else "text/plain"
            data = _PNG if picture else f"{name}\n".encode()
            found.append(Upload(str(name), kind, data, path))
    return found


class Submitting:
    """Completes tasks of the case being played."""

    def __init__(self, playing: PlayedCase) -> None:
        self._playing = playing

    def complete(self, task: UserTask, given: Mapping[str, Any]) -> None:
        """Raises ``Differs``, ``CannotAnswer`` and what the engine refuses."""
        playing = self._playing
        people = self._people(task, given.get("by"))
        context = form_context(playing.site, actor=people[0], task_id=task.id)
        refused = given.get("refused")
        try:
            filled = self._filled(context, given)
            self._submit(task, people, filled)
        except (CannotAnswer, Refusal) as error:
            if refused and _as_expected(refused, error):
                playing.tell(f"{task.element_id}: refused, as expected")
                return
            if refused:
                raise Differs(
                    f"expected a refusal of {refused}, found: {error}", "refused"
                ) from error
            raise
        if refused:
            raise Differs("expected a refusal, but the form was accepted", "refused")
        playing.visits[task.element_id] += 1

    def has(self, task: UserTask, item: Mapping[str, Any]) -> bool:
        """Whether the task's variables have these values."""
        found = self._seen(task)
        return all(_same(found.get(name), value) for name, value in item.items())

    def told(self, task: UserTask, names: Sequence[str]) -> str:
        found = self._seen(task)
        return ", ".join(f"{name}={found.get(name)}" for name in names)

    def _seen(self, task: UserTask) -> Mapping[str, Any]:
        person = self._people(task, None)[0]
        context = form_context(self._playing.site, actor=person, task_id=task.id)
        return dict(context.variables)

    def _people(self, task: UserTask, by: object) -> list[Person]:
        everybody = self._playing.stage.people
        groups = sorted(task.groups & everybody.keys())
        if by:
            if str(by) not in task.groups:
                raise Differs(
                    f"expected {by} to do {task.element_id}, but it belongs to "
                    f"{', '.join(sorted(task.groups)) or 'nobody'}", "by",
                )  # fmt: skip
            groups = [str(by)]
        found = [person for group in groups for person in everybody[group]]
        if task.assignee is not None:
            found = [p for people in everybody.values() for p in people if p.id == task.assignee]
        seats = {sitting(group) for group in task.groups} - {None}
        found += [p for people in everybody.values() for p in people if p.id in seats]
        if not found:
            raise Differs(f"nobody can do {task.element_id}: its groups are "
                          f"{', '.join(sorted(task.groups)) or 'none'}")  # fmt: skip
        return found

    def _filled(self, context: FormContext, given: Mapping[str, Any]) -> Filled:
        playing = self._playing
        if context.form is None:
            if given.get("answers"):
                raise Differs(f"{context.task.element_id} has no form", "answers")
            return Filled({}, {}, [])
        scope = Layered(context.variables, {"previous": dict(playing.previous)})
        answers = playing.evaluated(given.get("answers", {}), scope)
        return form_values(
            playing, context.form, context.variables, answers, given.get("files", {}),
            strict=bool(given.get("strict")), fresh=False,
        )  # fmt: skip

    def _submit(self, task: UserTask, people: list[Person], filled: Filled) -> None:
        playing = self._playing
        refusal: NotAllowed | None = None
        for person in people:
            try:
                complete_user_task(
                    playing.site,
                    actor=person,
                    task_id=task.id,
                    submission=filled.data,
                    attachments=filled.uploads,
                )
            except NotAllowed as not_allowed:
                if not_allowed.details.get("reason") != "four_eyes":
                    raise
                refusal = not_allowed
                continue
            playing.tell(f"{task.element_id} by {person.username}")
            return
        assert refusal is not None
        raise refusal


def _as_expected(refused: object, error: Exception) -> bool:
    if refused is True:
        return True
    errors: Mapping[str, Sequence[str]] = getattr(error, "errors", {})
    texts = {path: " ".join(found) for path, found in errors.items()}
    if isinstance(refused, str):
        said = getattr(error, "message", str(error))
        return (
            refused in texts or any(refused in text for text in texts.values()) or refused in said
        )
    assert isinstance(refused, Mapping)
    return all(
        path in texts and (part is True or str(part) in texts[path])
        for path, part in refused.items()
    )


def _same(found: object, expected: object) -> bool:
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        return all(_same(found.get(name), value) for name, value in expected.items())
    return found == expected
