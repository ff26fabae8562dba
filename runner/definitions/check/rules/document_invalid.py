"""A kind of document can be produced: its YAML fits, its layout can be typeset, what it reads is
written by something.

Checked of each `processes/templates/documents/<kind>.yaml`: the keys, the FEEL, the variables
and elements it reads, the groups it is for (an answer that a form shows to some groups only stays
with them), its layout. Checked of each service task of the type
`produce_document`: the kind it names.

Wrong: `value: =phenomenom`; input `kind` = `="8d_report"` while there is no such file; a layout
with `#section(` and no closing bracket.

Right: `value: =phenomenon`; input `kind` = `="eight_d_report"`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from runner.definitions.check.documents import (
    broken_layouts,
    given_to,
    produced_kind,
    restricted_names,
    types_of,
)
from runner.definitions.check.registry import Rule
from runner.definitions.check.subject import Subject
from runner.definitions.documents import FOLDER, DocumentKind, Formula
from runner.definitions.findings import Finding
from runner.definitions.wording import about
from runner.feel.analysis.inference import infer
from runner.feel.spelling import closest

_SERIOUS = frozenset({"unknown_variable", "unknown_function", "function_arguments"})


def check(subject: Subject) -> Iterator[Finding]:
    yield from _tasks(subject)
    if not subject.whole:
        return
    given, restricted = given_to(subject), restricted_names(subject)
    for kind in subject.definitions.documents.values():
        yield from _references(subject, kind)
        yield from _formulas(subject, kind, given.get(kind.id, frozenset()))
        yield from _restricted(kind, restricted)
    for broken in broken_layouts(subject):
        yield Finding(
            file=f"{FOLDER}{broken.layout}.typ", rule=RULE.id, severity="error", line=broken.line,
            zh=f"这个版式无法排版：{broken.message}",
            en=f"This layout cannot be typeset: {broken.message}",
        )  # fmt: skip


def _tasks(subject: Subject) -> Iterator[Finding]:
    kinds = subject.definitions.documents
    for process, element in subject.elements():
        name = produced_kind(element)
        if name is None or name in kinds or f"{FOLDER}{name}.yaml" in subject.definitions.files:
            continue
        zh, en = _advice(name, kinds)
        yield about(
            element, process.file, RULE.id, subject.reference,
            f"要生成文件“{name}”，但没有文件 {FOLDER}{name}.yaml。{zh}",
            f'produces the document "{name}", but there is no file {FOLDER}{name}.yaml. {en}',
        )  # fmt: skip


def _references(subject: Subject, kind: DocumentKind) -> Iterator[Finding]:
    definitions = subject.definitions
    for name in kind.holds:
        if name not in definitions.documents and f"{FOLDER}{name}.yaml" not in definitions.files:
            zh, en = _advice(name, definitions.documents)
            yield _tell(
                kind, "holds",
                f"没有文件种类“{name}”。{zh}", f'there is no kind of document "{name}". {en}',
            )  # fmt: skip
    if definitions.groups:
        for key, groups in (("seen_by", kind.seen_by), ("made_by", kind.made_by)):
            for group in sorted(groups - definitions.groups.keys()):
                zh, en = _advice(group, definitions.groups)
                yield _tell(
                    kind, key,
                    f"小组“{group}”不在 roles.yaml 里。{zh}",
                    f'the group "{group}" is not in roles.yaml. {en}',
                )  # fmt: skip
    if "pdf" in kind.formats and kind.layout_file not in definitions.files:
        yield _tell(
            kind, "layout", f"没有版式文件 {kind.layout_file}。",
            f"there is no layout {kind.layout_file}.",
        )  # fmt: skip


def _formulas(subject: Subject, kind: DocumentKind, given: frozenset[str]) -> Iterator[Finding]:
    once, each = types_of(subject, kind, given)
    elements = {element.id for _, element in subject.elements()}
    for formula in kind.formulas():
        for problem in infer(formula.expression, each if formula.item else once).problems:
            if problem.kind not in _SERIOUS or (
                problem.kind == "unknown_variable" and subject.lost.may_write(problem.found)
            ):
                continue
            near = problem.near
            zh = f"变量“{problem.found}”没有来源。" if problem.kind == "unknown_variable" else (
                f"函数“{problem.found or problem.subject}”不能这样用。"
            )  # fmt: skip
            yield _at(
                kind, formula,
                f"{zh}{f'是不是“{near}”？' if near else ''}", problem.message,
            )  # fmt: skip
        for path in sorted(formula.expression.names):
            first, _, rest = path.partition(".")
            step = rest.partition(".")[0]
            if first == "done" and step and step not in elements and not subject.lost.anything:
                zh, en = _advice(step, elements)
                yield _at(
                    kind, formula,
                    f"流程图里没有步骤“{step}”。{zh}", f'no diagram has a step "{step}". {en}',
                )  # fmt: skip


def _restricted(kind: DocumentKind, restricted: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """A document must not tell more people than the form promised."""
    for formula in kind.formulas():
        expression = formula.expression
        for path in sorted(expression.names | expression.possible_names):
            first, _, rest = path.partition(".")
            name = rest.partition(".")[0] if first == "item" else first
            groups = restricted.get(name, frozenset())
            if groups and not (kind.seen_by and kind.seen_by <= groups):
                shown = ", ".join(sorted(groups))
                yield _at(
                    kind, formula,
                    f"表单里“{name}”只给这些小组看：{shown}。请在 seen_by 里只写其中的小组。",
                    f'the form shows "{name}" to these groups only: {shown}. Name none but them in '
                    "seen_by.",
                )  # fmt: skip


def _advice(name: str, known: Iterable[str]) -> tuple[str, str]:
    near = closest(name, known)
    return (f"是不是“{near}”？", f'Did you mean "{near}"?') if near else ("", "")


def _at(kind: DocumentKind, formula: Formula, zh: str, en: str) -> Finding:
    text = formula.expression.text
    return Finding(
        file=kind.file, rule=RULE.id, severity="error", line=formula.line,
        zh=f"“={text}”：{zh}", en=f'"={text}": {en}', element_id=kind.id, element_name=kind.title,
    )  # fmt: skip


def _tell(kind: DocumentKind, key: str, zh: str, en: str) -> Finding:
    return Finding(
        file=kind.file, rule=RULE.id, severity="error", line=kind.lines.get(key, 0),
        zh=f"“{key}”：{zh}", en=f'"{key}": {en}', element_id=kind.id, element_name=kind.title,
    )  # fmt: skip


RULE = Rule("document_invalid", "文件种类写错了 / A kind of document with a mistake", check)
