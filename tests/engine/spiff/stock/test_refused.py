"""What the library ignores or fails at, and the checker says before a release what to draw."""

from __future__ import annotations

import re

import pytest
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from runner.definitions.check import check
from tests.definitions.check.procedures import procedure
from tests.definitions.diagrams import diagram, extended, flow, line, node, user_task
from tests.engine.spiff.stock.library import Stock, parsed, written

S, E, T = node("startEvent", "s"), node("endEvent", "e"), user_task("t")
Drawn = tuple[bytes, str, str, str]


def around(kind: str, inside: str = "", **attributes: str) -> bytes:
    return diagram(S + T + node(kind, "x", inside, **attributes) + E + line("s", "t", "x", "e"))


def border(definition: str) -> bytes:
    return diagram(
        S + T + node("boundaryEvent", "x", definition, attachedToRef="t") + E
        + node("endEvent", "e2") + line("s", "t", "e") + flow("x", "e2")
    )  # fmt: skip


def split() -> bytes:
    return diagram(
        S + T + node("exclusiveGateway", "x") + E + node("endEvent", "e2")
        + line("s", "t", "x", "e") + flow("x", "e2")
    )  # fmt: skip


def inside(*starts: str) -> bytes:
    parts = "".join(node("startEvent", name) + flow(name, "i") for name in starts)
    sub = parts + user_task("i") + node("endEvent", "e2") + flow("i", "e2")
    return around("subProcess", sub)


def called() -> bytes:
    return around("callActivity", extended('<zeebe:calledElement processId="nowhere" />'))


def store() -> bytes:
    reference = node("dataStoreReference", "x", dataStoreRef="d")
    outside = '<bpmn:dataStore id="d" name="d" />'
    return diagram(S + T + E + line("s", "t", "e") + reference, outside=outside)


ERROR = "<bpmn:errorEventDefinition id='d' />"
CATCH = "intermediateCatchEvent"
# what, the rule, the element, a word of what to draw instead
FINDINGS: dict[str, Drawn] = {
    "complex gateway": (around("complexGateway"), "unsupported_activity", "x", "exclusive"),
    "ad-hoc sub-process": (around("adHocSubProcess", T.replace('"t"', '"i"')),
                           "unsupported_activity", "x", "multi-instance"),
    "transaction": (around("transaction", S.replace('"s"', '"i"')),
                    "unsupported_activity", "x", "sub-process"),
    "choreography": (around("choreographyTask"), "unknown_element", "x", "task"),
    "data store": (store(), "unknown_element", "x", "case record"),
    "standard loop": (around("userTask", "<bpmn:standardLoopCharacteristics id='l' />"),
                      "unknown_element", "x", "gateway"),
    "error to wait for": (around(CATCH, ERROR), "unsupported_event", "x", "border"),
    "escalation to wait for": (around(CATCH, "<bpmn:escalationEventDefinition id='d' />"),
                               "unsupported_event", "x", "border"),
    "terminate to wait for": (around(CATCH, "<bpmn:terminateEventDefinition id='d' />"),
                              "unsupported_event", "x", "end"),
    "cancel to wait for": (border("<bpmn:cancelEventDefinition id='d' />"),
                           "unsupported_event", "x", "error"),
    "cron of five fields": (
        border(
            "<bpmn:timerEventDefinition id='d'><bpmn:timeCycle>0 9 * * ?</bpmn:timeCycle>"
            "</bpmn:timerEventDefinition>"
        ),
        "timer_incomplete",
        "x",
        "6: second",
    ),
    "link on a border": (border("<bpmn:linkEventDefinition id='d' name='L' />"),
                         "unsupported_event", "x", "flow"),
    "compensation that leads on": (border("<bpmn:compensateEventDefinition id='d' />"),
                                   "event_incomplete", "x", "association"),
    "receive task without a message": (around("receiveTask"), "message_incomplete", "x", "message"),
    "split without condition": (split(), "split_without_condition", "x", "condition"),
    "called process that is not there": (called(), "missing_callee", "x", "nowhere"),
    "sub-process without a start": (inside(), "start_event", "x", "start"),
    "sub-process with two starts": (inside("s1", "s2"), "start_event", "x", "start"),
    "link without a landing": (
        around("intermediateThrowEvent", "<bpmn:linkEventDefinition id='d' name='L' />"),
        "event_incomplete", "x", "link"),
}  # fmt: skip


@pytest.mark.parametrize("what", FINDINGS)
def test_the_checker_names_the_element_and_says_what_to_draw(what: str) -> None:
    content, rule, element, word = FINDINGS[what]
    found = [finding for finding in check(procedure(content)) if finding.element_id == element]
    refused = [finding for finding in found if finding.severity == "error"]
    assert rule in {finding.rule for finding in refused}, [
        str(f) for f in check(procedure(content))
    ]
    said = next(finding for finding in refused if finding.rule == rule)
    assert re.search(word, said.en, re.IGNORECASE), said.en
    assert said.zh


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("g: complex\nstart > g > a > end", "no support"),
        ("x: compensation on a by u\nu: user undoes\nstart > a > end", "Unsupported Catch Event"),
        ("x: link L on a\nstart > a > end\nx > b > end2", "Unsupported Catch Event"),
        ("start > a > b > end\na > c > end2", "Multiple outgoing flows"),
        ("g: xor\nstart > g\ng ?x > a > end\ng > b > end2\ng > c > end3", "without condition"),
        ("c: call nowhere\nstart > c > end", "not found"),
        ("s: sub {\na > end1\n}\nstart > s > end", "one start event"),
        ("s: sub {\nstart1 > a > end1\nstart2 > b > end1\n}\nstart > s > end", "one start event"),
    ],
)
def test_what_the_library_reads_with_an_exception(text: str, says: str) -> None:
    with pytest.raises(ValidationException, match=says):
        Stock(text)


@pytest.mark.parametrize("kind", ["error", "escalation", "terminate", "cancel"])
def test_what_the_library_passes_as_if_it_were_not_there(kind: str) -> None:
    drawn = written("c: terminate\nstart > c > a > end").replace("terminateEvent", f"{kind}Event")
    shipped = Stock("", specs=parsed(drawn))
    assert shipped.here == ["a"]
    assert "c" in shipped.completed


def test_a_receive_task_without_a_message() -> None:
    text = "r: receive\nstart > r > a > end"
    unnamed = written(text).replace(' messageRef="message_m"', "")
    assert Stock("", specs=parsed(unnamed)).here == ["a"]
    assert Stock(text).here == []
