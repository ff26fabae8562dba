"""Texts for handlers: templates of the case's release, filled from the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from runner.definitions.release import Definitions
from runner.reports.presenting import value
from service_tasks.contract import Impossible, Value

_MISSING = object()


class CaseTexts:
    """The ``Texts`` port of one call. ``addresses_of`` looks mail addresses of groups up."""

    def __init__(
        self,
        definitions: Definitions,
        variables: Mapping[str, Value],
        addresses_of: Callable[[Sequence[str]], Sequence[str]],
        zone: tzinfo,
    ) -> None:
        self._definitions = definitions
        self._variables = variables
        self._addresses_of = addresses_of
        self._zone = zone

    def render(
        self, template: str, language: str, variables: Mapping[str, Value]
    ) -> tuple[str, str]:
        wanted = "zh" if language.lower().startswith("zh") else "en"
        found = self._definitions.templates.get((template, wanted))
        if found is None:
            raise Impossible(
                f"发布版中没有模板 {template}.{wanted}.txt。 / "
                f"The release has no template {template}.{wanted}.txt."
            )
        known = {**self._variables, **variables}
        return found.render(lambda path: self._text(path, known, wanted))

    def addresses(self, groups: Sequence[str]) -> Sequence[str]:
        return self._addresses_of(groups)

    def _text(self, path: str, known: Mapping[str, Value], language: str) -> str:
        content: object = known
        for part in path.split("."):
            content = content.get(part, _MISSING) if isinstance(content, Mapping) else _MISSING
        if content is _MISSING or content in (None, "", []):
            return ""
        return value(content, language, self._zone)
