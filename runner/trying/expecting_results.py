"""What a case leaves behind, compared: documents, mails, ledger, variables, decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.feel.spelling import closest
from runner.trying.comparing import (
    NONE,
    About,
    Compared,
    Comparing,
    computed,
    equal,
    listed,
    text_of,
)
from runner.trying.places import clauses_of
from runner.trying.trace import Made


def _documents(about: About, expected: Any) -> Iterator[Compared]:
    yield from _made(about.trace.documents, expected, "document")


def _mails(about: About, expected: Any) -> Iterator[Compared]:
    yield from _made(about.trace.mails, expected, "mail")


def _no_mails(about: About, expected: Any) -> Iterator[Compared]:
    for number, name in enumerate(expected):
        found = [one for one in about.trace.mails if _is(one, name)]
        said = f'expected no mail {name}, found "{found[0].title}"' if found else ""
        yield Compared((number,), said)


def _made(found: Sequence[Made], expected: Any, kind: str) -> Iterator[Compared]:
    there = "; ".join(dict.fromkeys(_described(one) for one in found)) or "none"
    if expected == NONE:
        yield Compared((), f"expected no {kind}, found {there}" if found else "")
        return
    for number, wanted in enumerate(listed(expected)):
        if isinstance(wanted, Mapping):
            fitting = [one for one in found if _fits(one, wanted)]
            times = wanted.get("times")
            right = bool(fitting) if times is None else len(fitting) == times
        else:
            right = any(_is(one, wanted) for one in found)
        shown = dict(wanted) if isinstance(wanted, Mapping) else wanted
        yield Compared((number,), "" if right else f"expected the {kind} {shown}, found {there}")


def _is(one: Made, name: str) -> bool:
    return name in one.names or name == one.element or name in one.title


def _fits(one: Made, wanted: Mapping[str, Any]) -> bool:
    if "template" in wanted and not _is(one, wanted["template"]):
        return False
    if "to" in wanted and wanted["to"] not in one.to:
        return False
    return "text" not in wanted or wanted["text"] in one.title or wanted["text"] in one.text


def _described(one: Made) -> str:
    names = "/".join(sorted(one.names))
    return f'{names} "{one.title}"' + (f" to {one.to}" if one.to else "")


def _ledger(about: About, expected: Any) -> Iterator[Compared]:
    row = about.trace.ledger
    if expected == NONE:
        yield Compared((), "expected no ledger row, found one" if row else "")
        return
    if row is None:
        yield Compared((), "expected a ledger row, found none")
        return
    yield from _values(about, row, expected, "ledger column")


def _variables(about: About, expected: Any) -> Iterator[Compared]:
    yield from _values(about, about.trace.variables, expected, "variable")


def _values(
    about: About, found: Mapping[str, object], expected: Mapping[str, Any], kind: str
) -> Iterator[Compared]:
    for name, wanted in expected.items():
        if name not in found and wanted is not None:
            close = closest(name, found)
            hint = f'did you mean "{close}"?' if close else f"there are: {', '.join(sorted(found))}"
            yield Compared((name,), f"there is no {kind} {name}; {hint}")
            continue
        value = found.get(name)
        if isinstance(wanted, str) and wanted.startswith("="):
            right = computed(about, wanted[1:], {"value": value})
            said = f"expected {wanted} of {text_of(value, about)}, found {right}"
            yield Compared((name,), "" if right is True else said)
        else:
            said = f"expected {text_of(wanted, about)}, found {text_of(value, about)}"
            yield Compared((name,), "" if equal(value, wanted, about) else said)


def _decisions(about: About, expected: Any) -> Iterator[Compared]:
    trace = about.trace
    for name, wanted in expected.items():
        if name not in trace.outputs:
            known = ", ".join(sorted(trace.outputs)) or "none"
            yield Compared((name,), f"{name} was not asked; asked were: {known}")
            continue
        rules = {rule for decision, rule in trace.rules if decision == name}
        outputs = trace.outputs[name]
        if isinstance(wanted, list) and set(wanted) <= rules:
            yield Compared((name,))
            continue
        right = any(_contains(output, wanted, about) for output in outputs)
        said = f"expected {text_of(wanted, about)}, found {text_of(outputs, about)}"
        said += f" by rules {', '.join(sorted(rules))}"
        yield Compared((name,), "" if right else said)


def _contains(found: object, wanted: Any, about: About) -> bool:
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return all(equal(found.get(name), value, about) for name, value in wanted.items())
    return equal(found, wanted, about)


def _clauses(about: About, expected: Any) -> Iterator[Compared]:
    found = clauses_of(about.definitions, set(about.trace.passed))
    for number, name in enumerate(listed(expected)):
        right = any(name == clause or clause.startswith(name + " ") for clause in found)
        said = f"no element passed serves {name}; served: {', '.join(sorted(found)) or 'none'}"
        yield Compared((number,), "" if right else said)


def _requirements(about: About, expected: Any) -> Iterator[Compared]:
    found = about.reading.requirements(about.trace)
    for number, name in enumerate(listed(expected)):
        said = f"nothing that was passed names {name}"
        yield Compared((number,), "" if name in found else said)


def _incidents(about: About, expected: Any) -> Iterator[Compared]:
    found = about.trace.incidents
    there = ", ".join(f"{kind} at {element}" for kind, element in found) or "none"
    if expected == "any":
        yield Compared(())
        return
    if expected == NONE:
        kinds = [one for one in found if one[0] != "policy_unset"]
        yield Compared((), f"expected no incident, found {there}" if kinds else "")
        return
    for number, name in enumerate(listed(expected)):
        right = any(name in one for one in found)
        yield Compared((number,), "" if right else f"expected an incident {name}, found {there}")


RESULTS: Mapping[str, Comparing] = {
    "documents": _documents, "mails": _mails, "no_mails": _no_mails, "ledger": _ledger,
    "variables": _variables, "decisions": _decisions, "clauses": _clauses,
    "requirements": _requirements, "incidents": _incidents,
}  # fmt: skip
