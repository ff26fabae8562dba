"""What is read before the first user task comes with the case, not from a form filled in later.

Until somebody did a task, a case only has what its start brought (the fields of the public forms)
and what service tasks, tables and mappings on the way wrote. Anything else is null there, and a
condition on it goes the same way every time.

Wrong: the first gateway asks `=phenomenon != null`, while only the form of a later task has a field
`phenomenon`.

Right: a public form that starts the case has the field too.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.early import always_early
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.feel import Expression


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.whole:
        return
    names = subject.names
    late = names.everywhere - names.without_people
    early = always_early(subject.definitions)
    for text in subject.texts:
        place = (text.process.id, text.element.id)
        compiled = text.compiled()
        if place not in early or not isinstance(compiled, Expression):
            continue
        if text.after and text.element.kind == "userTask":
            continue
        roots = {path.split(".", 1)[0] for path in compiled.names}
        own = names.local.get(place, frozenset()) | names.results.get(place, frozenset())
        for name in sorted(roots & late - own):
            if subject.lost.may_write(name):
                continue
            yield text.finding(
                RULE.id, "warning",
                f"这里读“{name}”，但到这一步还没有人填过表：只有后面任务的表单写入它，这里总是"
                "没有值。请让发起案件的表单带上它。",
                f'reads "{name}" before anybody did a task, but only forms of later tasks write '
                "it: here it never has a value. Let the form that starts the case bring it.",
            )  # fmt: skip


RULE = Rule("read_before_written", "还没有填就读 / Read before anybody wrote it", check)
