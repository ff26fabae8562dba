"""What could not be read or is not there, so that rules do not blame its consequences on others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from runner.definitions.model import Process, is_expression
from runner.definitions.release import Definitions

_WORD = re.compile(r"[^\W\d]\w*")
_KINDS = (".bpmn", ".dmn", ".form")
MAX_READ = 2_000_000


@dataclass(frozen=True)
class Lost:
    """``unread``: by ending, the words of the files that gave nothing at all, their names included.
    ``anything``: a form or diagram is missing or unreadable, so any variable might come from it.
    ``words``: those of files with errors that were read in part."""

    unread: dict[str, frozenset[str]]
    anything: bool
    words: frozenset[str]

    def may_write(self, variable: str) -> bool:
        """Whether what was lost may be where the variable comes from."""
        return self.anything or variable in self.words

    def may_hold(self, ending: str, name: str) -> bool:
        """Whether an unread file of this kind may define the form, process or decision."""
        return name in self.unread[ending]


def lost_in(definitions: Definitions, processes: Iterator[Process], whole: bool) -> Lost:
    """What is lost of a procedure. Missing files count only where ``whole`` says that all should
    be there."""
    damaged = {f.file for f in definitions.findings if f.severity == "error"}
    read = set(definitions.diagrams)
    read |= {decision.file for decision in definitions.decisions.values()}
    read |= {form.file for form in definitions.forms.values()}
    unread: dict[str, frozenset[str]] = dict.fromkeys(_KINDS, frozenset())
    words: frozenset[str] = frozenset()
    for path in sorted(damaged & definitions.files.keys()):
        ending = PurePosixPath(path).suffix
        if ending not in _KINDS:
            continue
        found = _words(definitions.files[path])
        if path in read:
            words |= found
        else:
            unread[ending] |= found | {PurePosixPath(path).stem}
    anything = bool(unread[".form"] or unread[".bpmn"])
    if whole and not anything:
        anything = any(_leads_nowhere(process, definitions) for process in processes)
    return Lost(unread, anything, words)


def _leads_nowhere(process: Process, definitions: Definitions) -> bool:
    """Whether a form or process is named that is not there."""
    return any(
        (element.form_id is not None and element.form_id not in definitions.forms)
        or (
            element.called_process is not None
            and not is_expression(element.called_process)
            and element.called_process not in definitions.processes
        )
        for element in process.elements.values()
    )


def _words(data: bytes) -> frozenset[str]:
    return frozenset(_WORD.findall(data[:MAX_READ].decode("utf-8", "replace")))
