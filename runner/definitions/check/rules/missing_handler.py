"""The job type of a service or send task is done by a handler of this installation, or by a worker
outside of it.

Handlers are the modules of `service_tasks/`; each is named like its job type. Every other job type
waits for an external worker that asks for it (`docs/workers.md`); where nobody does, the case waits
too. So a name that nearly is a handler's is a warning, any other one is told. A decision task may
use a job type instead of a decision; a job type may be an expression.

Wrong: no job type; job type `send_aknowledgement`.

Right: job type `send_acknowledgement`; job type `book_in_erp` with a worker for it.
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
                element, process.file, RULE.id, "info",
                f"的任务类型“{job}”在运行时才算出；算出的名称没有本系统的程序时，由外部执行者办理。",
                f'has the job type "{job}", which is computed when it runs; where no handler has '
                "the name it gives, an external worker must serve it.",
            )  # fmt: skip
        elif job not in subject.handlers:
            close = closest(job, known)
            yield about(
                element, process.file, RULE.id, "warning" if close else "info",
                f"的任务类型“{job}”没有本系统的程序，必须由外部执行者办理。"
                + (f"是不是“{close}”？" if close else ""),
                f'has the job type "{job}", which no handler does: an external worker must serve '
                "it." + (f' Did you mean "{close}"?' if close else ""),
            )  # fmt: skip


RULE = Rule("missing_handler", "外部执行者的任务类型 / A job type for external workers", check)
