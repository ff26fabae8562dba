"""The job type of a service or send task must be one that a handler does.

Handlers are the modules of `service_tasks/`; each is named like its job type. A decision task may
use a job type instead of a decision.

Wrong: job type `send_mail`.

Right: job type `send_acknowledgement`.
"""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.findings import Finding
from runner.definitions.model import is_expression
from runner.definitions.wording import about
from runner.feel.spelling import closest

NEED_ONE = frozenset({"serviceTask", "sendTask"})


def check(subject: Subject) -> Iterator[Finding]:
    known = sorted(subject.handlers)
    for process, element in subject.elements():
        job = element.job_type
        if job is None:
            if element.kind in NEED_ONE:
                yield about(
                    element, process.file, RULE.id, "error",
                    f"没有写任务类型，没有程序会去做。请选择：{'、'.join(known)}。",
                    f"has no job type, so nothing does it. Choose one of: {', '.join(known)}.",
                )  # fmt: skip
        elif is_expression(job):
            yield about(
                element, process.file, RULE.id, "error",
                "的任务类型是表达式，这里只能写固定的名称。",
                "has an expression as its job type; only a fixed name can be used here.",
            )  # fmt: skip
        elif job not in subject.handlers:
            close = closest(job, known)
            zh = f"是不是“{close}”？" if close else f"可用：{'、'.join(known)}。"
            en = f'Did you mean "{close}"?' if close else f"There are: {', '.join(known)}."
            yield about(
                element, process.file, RULE.id, subject.reference,
                f"的任务类型“{job}”没有对应的程序。{zh}",
                f'has the job type "{job}", which no handler does. {en}',
            )  # fmt: skip


RULE = Rule("missing_handler", "没有程序的任务类型 / A job type nobody does", check)
