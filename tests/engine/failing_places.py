"""Every place of a diagram whose value can be wrong: what goes wrong there, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.definitions.diagrams import diagram, extended, flow, line, node, simple

TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
 namespace="x"><decision id="route" name="x / X"><decisionTable id="t" hitPolicy="FIRST">
 <input id="i"><inputExpression id="e"><text>key</text></inputExpression></input>
 <output id="o" name="way" /><rule id="r1"><inputEntry id="a"><text>-</text></inputEntry>
  <outputEntry id="b"><text>"fast"</text></outputEntry></rule></decisionTable></decision>
</definitions>"""


@dataclass(frozen=True)
class Place:
    """``content`` reads the variable ``v``. Each of ``wrong`` must be an incident of ``kind`` at
    ``element`` whose sentence shows ``text`` and the value; ``right`` must mend it. ``elsewhere``:
    the value seen is another one than that of the variable."""

    name: str
    content: bytes
    wrong: Sequence[object]
    right: object
    text: str = "=v"
    kind: str = "expression_failed"
    element: str = "t"
    elsewhere: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


def user(assignment: str, *parts: str) -> bytes:
    given = f"<zeebe:assignmentDefinition {assignment} />"
    return simple(node("userTask", "t", extended("<zeebe:userTask />", given, *parts)))


def service(attributes: str) -> bytes:
    return simple(node("serviceTask", "t", extended(f"<zeebe:taskDefinition {attributes} />")))


def event(kind: str, definition: str, outside: str = "") -> bytes:
    """start -> the event t -> end."""
    inside = node("startEvent", "s") + node(kind, "t", definition)
    if kind == "endEvent":
        return diagram(inside + line("s", "t"), outside=outside)
    return diagram(inside + node("endEvent", "e") + line("s", "t", "e"), outside=outside)


def timed(kind: str, text: str = "=v") -> str:
    return (
        f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{text}'
        f"</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def message(name: str = "m", key: str = "=v") -> str:
    subscription = extended(f'<zeebe:subscription correlationKey="{key}" />')
    return f'<bpmn:message id="m" name="{name}">{subscription}</bpmn:message>'


BY_MESSAGE = '<bpmn:messageEventDefinition messageRef="m" />'
BY_SIGNAL = '<bpmn:signalEventDefinition signalRef="g" />'
SIGNAL = '<bpmn:signal id="g" name="=v" />'
OFFICE = 'candidateGroups="office"'


def watched(definition: str, outside: str = "") -> bytes:
    """A task with the event t on its border."""
    return diagram(
        node("startEvent", "s")
        + node("userTask", "a", extended("<zeebe:userTask />", GROUPS))
        + node("boundaryEvent", "t", definition, attachedToRef="a")
        + node("endEvent", "e") + node("endEvent", "e2")
        + line("s", "a", "e") + line("t", "e2"),
        outside=outside,
    )  # fmt: skip


def beside(definition: str, outside: str = "") -> bytes:
    """A task with an event sub-process beside it that the event t begins."""
    inside = node("startEvent", "t", definition) + node("endEvent", "e2") + line("t", "e2")
    return diagram(
        node("startEvent", "s")
        + node("userTask", "a", extended("<zeebe:userTask />", GROUPS))
        + node("subProcess", "es", inside, triggeredByEvent="true")
        + node("endEvent", "e") + line("s", "a", "e"),
        outside=outside,
    )  # fmt: skip


GROUPS = f"<zeebe:assignmentDefinition {OFFICE} />"


def thrown(kind: str) -> bytes:
    """The error or escalation =v at the end of a sub-process that catches any."""
    code = f'<bpmn:{kind} id="x" name="x" {kind}Code="=v" />'
    inside = node("startEvent", "s2") + node(
        "endEvent", "t", f'<bpmn:{kind}EventDefinition {kind}Ref="x" />'
    ) + line("s2", "t")  # fmt: skip
    return diagram(
        node("startEvent", "s") + node("subProcess", "p1", inside) + node("endEvent", "e")
        + node("boundaryEvent", "b", f"<bpmn:{kind}EventDefinition />", attachedToRef="p1")
        + node("endEvent", "e2") + line("s", "p1", "e") + line("b", "e2"),
        outside=code,
    )  # fmt: skip


def chosen(kind: str, *parts: str) -> bytes:
    """A way out of t under the condition v > 1, and no other."""
    ways = flow("t", "e", "=v &gt; 1") + (flow("t", "e2", "=v &gt; 5") if "Gate" in kind else "")
    return diagram(
        node("startEvent", "s") + node(kind, "t", *parts) + node("endEvent", "e")
        + (node("endEvent", "e2") if "Gate" in kind else "") + line("s", "t") + ways
    )  # fmt: skip


def each(items: str, until: str = "", task: str = "task", inside: str = "") -> bytes:
    condition = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        + extended(f'<zeebe:loopCharacteristics inputCollection="{items}" inputElement="n" />')
        + f"{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )
    return simple(node(task, "t", inside + loop))


def mapped(way: str) -> bytes:
    function = "=if v = 1 then (function(x) x) else 2"
    mapping = f'<zeebe:ioMapping><zeebe:{way} source="{function}" target="z" /></zeebe:ioMapping>'
    return user(OFFICE, mapping) if way == "input" else simple(
        node("scriptTask", "t", extended('<zeebe:script expression="=1" resultVariable="w" />',
                                         mapping))
    )  # fmt: skip


def script(expression: str) -> bytes:
    written = f'<zeebe:script expression="{expression}" resultVariable="w" />'
    return simple(node("scriptTask", "t", extended(written)))


TWO_TIMES = diagram(
    node("startEvent", "s") + node("eventBasedGateway", "g")
    + node("intermediateCatchEvent", "t1", timed("timeDate", "=w"))
    + node("intermediateCatchEvent", "t", timed("timeDate"))
    + node("endEvent", "e") + node("endEvent", "e2")
    + line("s", "g", "t1", "e") + line("g", "t", "e2")
)  # fmt: skip
DECIDED = simple(
    node("businessRuleTask", "t", extended(
        '<zeebe:calledDecision decisionId="=v" resultVariable="way" />'
    ))
)  # fmt: skip
CONDITION = (
    '<bpmn:conditionalEventDefinition><bpmn:condition xsi:type="bpmn:tFormalExpression">=v'
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
)
FAST = {"route__dmn": TABLE}
LATER = "2027-01-05T10:00:00Z"
PLACES = (
    Place("due date", user(OFFICE, '<zeebe:taskSchedule dueDate="=v" />'),
          (5, "tomorrow", [1], True, "P1D", "2027-01-05T10:00:00"), LATER),
    Place("follow-up", user(OFFICE, '<zeebe:taskSchedule followUpDate="=v" />'),
          (5, "tomorrow"), "2027-01-05"),
    Place("groups", user('candidateGroups="=v"'), (5, {"a": 1}, True), ["office"]),
    Place("unknown group", user('candidateGroups="=v"'), ("nobody", ["nobody"]), ["office"],
          text="nobody", kind="no_candidates", elsewhere=True),
    Place("no group", user('candidateGroups="=v"'), (None, [], ""), "office",
          text="", kind="no_candidates", elsewhere=True),
    Place("groups beside an assignee", user('assignee="ann" candidateGroups="=v"'),
          (5, False), ["office"]),
    Place("assignee", user('assignee="=v"'), ("ghost", 7), "ann",
          text="", kind="no_candidates", elsewhere=True),
    Place("priority", user(OFFICE, '<zeebe:priorityDefinition priority="=v" />'),
          ("high", 101, -1, [1], True), 70),
    Place("job type", service('type="=v"'), (5, "", None), "work", kind="service_failed"),
    Place("retries", service('type="work" retries="=v"'), ("many", 0, None, [1]), 2,
          kind="service_failed", elsewhere=True),
    Place("collection", each("=v"), (5, None, "x", {"a": 1}), []),
    Place("too many items", each("=v"), (list(range(1001)),), [1, 2],
          text="1001", elsewhere=True),
    Place("completion condition", each("=[1,2]", "=v"), (5, "yes"), True),
    Place("duration", event("intermediateCatchEvent", timed("timeDuration")),
          (5, "soon", [1]), "PT1H"),
    Place("date", event("intermediateCatchEvent", timed("timeDate")), (5, "soon"), LATER),
    Place("duration on a border", watched(timed("timeDuration")), (5, "soon"), "PT1H"),
    Place("cycle on a border", watched(timed("timeCycle")), (5, "R/soon"), "R3/PT1H"),
    Place("duration of an event sub-process", beside(timed("timeDuration")), (5,), "PT1H"),
    Place("no time at all", TWO_TIMES, (None,), LATER),
    Place("correlation key", event("intermediateCatchEvent", BY_MESSAGE, message()),
          (None, [1], "", {"a": 1}), "k"),
    Place("message name", event("intermediateCatchEvent", BY_MESSAGE, message("=v", "=key")),
          (None, 5, ""), "m"),
    Place("key of a receive task",
          diagram(node("startEvent", "s") + node("receiveTask", "t", messageRef="m")
                  + node("endEvent", "e") + line("s", "t", "e"), outside=message()),
          (None, True), 12),
    Place("key on a border", watched(BY_MESSAGE, message()), (None,), "k"),
    Place("key of an event sub-process", beside(BY_MESSAGE, message()), (None,), "k"),
    Place("signal awaited", event("intermediateCatchEvent", BY_SIGNAL, SIGNAL),
          (None, 5, ""), "S"),
    Place("signal thrown", event("intermediateThrowEvent", BY_SIGNAL, SIGNAL), (None, 5), "S"),
    Place("signal on a border", watched(BY_SIGNAL, SIGNAL), (None,), "S"),
    Place("error code", thrown("error"), (None, 5), "E"),
    Place("escalation code", thrown("escalation"), (None, 5), "L"),
    Place("condition of a gateway", chosen("exclusiveGateway"), ("x", None, [1]), 2,
          text="=v > 1", elsewhere=True),
    Place("no way out of a gateway", chosen("inclusiveGateway"), (0,), 2,
          text="", kind="no_flow", elsewhere=True),
    Place("condition out of a task", chosen("task"), ("x",), 2, text="=v > 1", elsewhere=True),
    Place("no way out of a task", chosen("task"), (0,), 2,
          text="", kind="no_flow", elsewhere=True),
    Place("conditional event", event("intermediateCatchEvent", CONDITION), (5, "yes"), True),
    Place("decision", DECIDED, ("nowhere", None, 5), "route",
          text="", kind="decision_failed", elsewhere=True, files=FAST),
    Place("endless expression", script("=count(for i in 1..v return i)"), (100_000_000,), 3,
          text="", elsewhere=True),
    Place("input that cannot be kept", mapped("input"), (1,), 2, text="", elsewhere=True),
    Place("output that cannot be kept", mapped("output"), (1,), 2, text="", elsewhere=True),
    Place("script that cannot be kept", script("=if v = 1 then (function(x) x) else 2"), (1,), 2,
          text="", elsewhere=True),
)  # fmt: skip
