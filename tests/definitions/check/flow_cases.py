"""For each rule about the drawing itself: diagrams that are wrong, and one that is right."""

from __future__ import annotations

from tests.definitions.diagrams import diagram, extended, flow, line, node, simple, user_task

S, E = node("startEvent", "s"), node("endEvent", "e")
GATE = node("exclusiveGateway", "g")
TIMER = '<bpmn:timerEventDefinition id="td"><bpmn:{0}>{1}</bpmn:{0}></bpmn:timerEventDefinition>'
MESSAGE = '<bpmn:messageEventDefinition id="md" messageRef="m" />'
NAMED = (
    '<bpmn:message id="m" name="withdrawal_received"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=decision" /></bpmn:extensionElements></bpmn:message>'
)
LINK = '<bpmn:linkEventDefinition name="on" />'
UNKEYED = '<bpmn:message id="m" name="withdrawal_received" />'
LOOP = "<bpmn:multiInstanceLoopCharacteristics>{}</bpmn:multiInstanceLoopCharacteristics>"


def split(first: str = "", second: str = "", default: str = "") -> bytes:
    attributes = {"default": default} if default else {}
    return diagram(
        S + user_task("t") + node("exclusiveGateway", "g", **attributes) + E
        + node("endEvent", "e2") + line("s", "t", "g")
        + flow("g", "e", first) + flow("g", "e2", second)
    )  # fmt: skip


def waiting(kind: str, inside: str, outside: str = "") -> bytes:
    return diagram(
        S + user_task("t") + node(kind, "w", inside) + E + line("s", "t", "w", "e"),
        outside=outside,
    )


def late(inside: str, **attributes: str) -> bytes:
    given = {"attachedToRef": "t", "cancelActivity": "false", **attributes}
    return diagram(
        S + user_task("t") + node("boundaryEvent", "b", inside, **given) + E
        + line("s", "t", "e") + flow("b", "e")
    )  # fmt: skip


def drawn(*parts: str) -> bytes:
    """A right diagram with a drawing."""
    drawing = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="dd">'
        f'<di:BPMNPlane id="dp" bpmnElement="p">{"".join(parts)}</di:BPMNPlane></di:BPMNDiagram>'
    )
    return RIGHT_TASK.replace(b"</bpmn:definitions>", f"{drawing}</bpmn:definitions>".encode())


def calls(own: str, other: str) -> bytes:
    return diagram(
        S + node("callActivity", "c", extended(f'<zeebe:calledElement processId="{other}" />'))
        + E + line("s", "c", "e"),
        process=own,
    )  # fmt: skip


RIGHT_TASK = simple(user_task("t"))
MARK = '<zeebe:properties><zeebe:property name="{}" value="customer" /></zeebe:properties>'
WAITS, PAUSES = MARK.format("waits_for"), MARK.format("pauses_for")
DUE = '<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT8H&quot;)" />'
SUB = node("subProcess", "t", node("startEvent", "s1") + node("endEvent", "e1") + flow("s1", "e1"))
SUB_WITHOUT_START = node("subProcess", "t", node("endEvent", "e1"))
THROWN = '<bpmn:error id="er" errorCode="broken" />'
UNDO = '<bpmn:compensateEventDefinition id="{}" {} />'


def event_sub(event: str, more: str = "") -> str:
    inside = node("startEvent", "s1", event) + node("endEvent", "e1") + flow("s1", "e1") + more
    return node("subProcess", "x", inside, triggeredByEvent="true")


def undone(*, join: bool = True, after: str = "", throw: str = "") -> bytes:
    """A task ``t`` that ``u`` undoes when the end event is reached."""
    handler = user_task("u").replace("<bpmn:userTask ", '<bpmn:userTask isForCompensation="true" ')
    joined = '<bpmn:association id="as" sourceRef="b" targetRef="u" />' if join else ""
    return diagram(
        S + user_task("t") + node("boundaryEvent", "b", UNDO.format("bd", ""), attachedToRef="t")
        + handler + joined + user_task("v") + E + node("endEvent", "e2", UNDO.format("ed", throw))
        + node("exclusiveGateway", "g", default="g_to_e") + line("s", "t", "g", "e")
        + flow("g", "v", '=decision = "1"') + flow("v", "e2") + after
    )  # fmt: skip


WRONG: dict[str, list[bytes]] = {
    "flow_end_missing": [
        diagram(S + user_task("t") + E + line("s", "t", "e") + flow("t", "gone")),
        diagram(S + SUB + E + line("s", "t", "e") + flow("e1", "e")),
    ],
    "split_without_condition": [
        split(first="=true"),
        split(),
        split(first="=true", second="=false"),
        split(first="=true", default="s_to_t"),
        split(first="=true", second="=false", default="g_to_e"),
        diagram(S + user_task("t") + E + line("s", "t") + flow("t", "e", "=true")),
    ],
    "condition_ignored": [
        diagram(S + user_task("t") + E + flow("s", "t", "=true") + flow("t", "e")),
        diagram(S + user_task("t") + node("parallelGateway", "g") + E + line("s", "t", "g")
                + flow("g", "e", "=true")),
    ],
    "several_flows_out": [
        diagram(S + user_task("t") + E + node("endEvent", "e2") + line("s", "t", "e")
                + flow("t", "e2")),
    ],
    "unreachable_element": [
        diagram(S + user_task("t") + user_task("u") + E + line("s", "t", "e") + flow("u", "e")),
    ],
    "no_way_to_end": [
        diagram(S + user_task("t") + flow("s", "t")),
        diagram(S + user_task("t") + user_task("u") + E + line("s", "t", "u", "t")),
    ],
    "start_event": [
        simple(SUB_WITHOUT_START),
        diagram(user_task("t") + E + flow("t", "e")),
        diagram(S + node("startEvent", "s2") + user_task("t") + E + line("s", "t", "e")
                + flow("s2", "t")),
        diagram(S + user_task("t") + E + line("s", "t", "e") + flow("t", "s")),
        diagram(S + user_task("t") + E + line("s", "t", "e") + flow("e", "t")),
        diagram(S + user_task("t") + E + line("s", "t", "e") + event_sub(MESSAGE) + flow("t", "x"),
                outside=NAMED),
        diagram(S + user_task("t") + E + line("s", "t", "e")
                + event_sub('<bpmn:compensateEventDefinition id="z" />')),
        diagram(S + user_task("t") + E + line("s", "t", "e")
                + node("subProcess", "x", triggeredByEvent="true")),
    ],
    "deadline_pause": [
        simple(user_task("t", PAUSES)),
        simple(user_task("t", DUE, PAUSES)),
        simple(user_task("t", WAITS)),
        diagram(node("startEvent", "s", extended(WAITS)) + user_task("t", DUE, PAUSES) + E
                + line("s", "t", "e")),
    ],
    "unsupported_event": [
        waiting("intermediateCatchEvent", '<bpmn:errorEventDefinition id="x" />'),
        waiting("intermediateCatchEvent", '<bpmn:escalationEventDefinition id="x" />'),
        waiting("intermediateCatchEvent", '<bpmn:compensateEventDefinition id="x" />'),
        waiting("intermediateThrowEvent", '<bpmn:errorEventDefinition id="x" errorRef="er" />',
                THROWN),
        late('<bpmn:cancelEventDefinition id="x" />'),
        late('<bpmn:linkEventDefinition id="x" name="a" />'),
        late('<bpmn:terminateEventDefinition id="x" />'),
        late(TIMER.format("timeDate", "=now()") + MESSAGE, ),
        diagram(S + user_task("t") + node("endEvent", "e", '<bpmn:cancelEventDefinition id="x" />')
                + line("s", "t", "e")),
        diagram(S + user_task("t") + E + line("s", "t", "e") + event_sub("")),
        diagram(node("startEvent", "s", '<bpmn:errorEventDefinition id="x" />') + user_task("t") + E
                + line("s", "t", "e")),
    ],
    "unsupported_activity": [
        diagram(S + user_task("t") + E + line("s", "t", "e") + event_sub(MESSAGE, LOOP.format("")),
                outside=NAMED),
        simple(node("complexGateway", "t")),
        simple(SUB.replace("subProcess", "transaction")),
        simple(SUB.replace("subProcess", "adHocSubProcess")),
        simple(node("manualTask", "t")),
        simple(node("task", "t")),
    ],
    "event_gateway": [
        diagram(S + node("eventBasedGateway", "g") + user_task("t") + E + line("s", "g", "t", "e")),
        diagram(S + node("eventBasedGateway", "g") + E + line("s", "g", "e")),
        diagram(
            S + node("eventBasedGateway", "g") + node("receiveTask", "a", messageRef="m")
            + node("intermediateCatchEvent", "b", TIMER.format("timeDuration", "PT2H")) + E
            + node("boundaryEvent", "c", TIMER.format("timeDuration", "PT1H"), attachedToRef="a")
            + line("s", "g", "a", "e") + line("g", "b", "e") + flow("c", "e"),
            outside=NAMED,
        ),
    ],
    "event_incomplete": [
        waiting("intermediateThrowEvent", '<bpmn:linkEventDefinition id="x" name="a" />'),
        waiting("intermediateCatchEvent", '<bpmn:linkEventDefinition id="x" name="a" />'),
        waiting("intermediateCatchEvent", '<bpmn:linkEventDefinition id="x" />'),
        waiting("intermediateCatchEvent", '<bpmn:signalEventDefinition id="x" />'),
        waiting("intermediateThrowEvent", '<bpmn:signalEventDefinition id="x" />'),
        waiting("intermediateThrowEvent", '<bpmn:escalationEventDefinition id="x" />'),
        waiting("intermediateThrowEvent", MESSAGE, NAMED),
        diagram(S + user_task("t") + node("endEvent", "e", '<bpmn:errorEventDefinition id="x" />')
                + line("s", "t", "e")),
        late('<bpmn:conditionalEventDefinition id="x" />'),
        late('<bpmn:conditionalEventDefinition id="x"><bpmn:condition>yes</bpmn:condition>'
             "</bpmn:conditionalEventDefinition>"),
        undone(join=False),
        undone(after=flow("u", "e")),
        undone(after=flow("b", "e")),
        undone(after=node("boundaryEvent", "c", TIMER.format("timeDuration", "PT1H"),
                          attachedToRef="u") + flow("c", "e")),
        undone(after=node("boundaryEvent", "c", UNDO.format("y", ""), attachedToRef="t")),
        undone(throw='waitForCompletion="false"'),
        undone(throw='activityRef="gone"'),
        diagram(S + user_task("t") + user_task("u").replace(
            "<bpmn:userTask ", '<bpmn:userTask isForCompensation="true" ') + E
            + line("s", "t", "e")),
    ],
    "boundary_event": [
        late(TIMER.format("timeDate", "=now()"), attachedToRef="e"),
        late(TIMER.format("timeDate", "=now()"), attachedToRef="gone"),
        diagram(S + user_task("t") + E + line("s", "t", "e") + event_sub(MESSAGE)
                + node("boundaryEvent", "b", TIMER.format("timeDuration", "PT1H"),
                       attachedToRef="x") + flow("b", "e"), outside=NAMED),
    ],
    "message_incomplete": [
        waiting("receiveTask", ""),
        waiting("intermediateCatchEvent", MESSAGE),
        waiting("intermediateCatchEvent", MESSAGE, UNKEYED),
        diagram(S + user_task("t") + E + line("s", "t", "e") + event_sub(MESSAGE), outside=UNKEYED),
    ],
    "timer_incomplete": [
        late('<bpmn:timerEventDefinition id="td" />'),
        late(TIMER.format("timeDuration", "2 days")),
        late(TIMER.format("timeCycle", "0 8 * * *")),
        late(TIMER.format("timeCycle", "0 0 25 * * *")),
        late(TIMER.format("timeCycle", "@hour")),
        late(TIMER.format("timeDate", "2026-01-01")),
    ],
    "multi_instance": [
        simple(node("userTask", "t", extended(
            '<zeebe:formDefinition formId="f" />',
            '<zeebe:assignmentDefinition candidateGroups="office" />'
        ) + LOOP.format(""))),
    ],
    "unknown_element": [
        simple(user_task("t"), '<bpmn:dataStoreReference id="store" />'),
        simple(user_task("t").replace(
            "</bpmn:userTask>", "<bpmn:standardLoopCharacteristics /></bpmn:userTask>")),
    ],
    "unknown_extension": [simple(user_task("t", "<zeebe:taskListeners />"))],
    "duplicate_id": [simple(user_task("t") + user_task("t"))],
    "script_not_feel": [
        simple(node("scriptTask", "t", "<bpmn:script>import os</bpmn:script>",
                    scriptFormat="python")),
        simple(node("scriptTask", "t", extended('<zeebe:script expression="=1" />'))),
    ],
    "not_executable": [RIGHT_TASK.replace(b'isExecutable="true"', b'isExecutable="false"')],
    "name_missing": [
        simple(user_task("t").replace("名称 / Name of t", " ")),
        simple(user_task("t")).replace(b"\xe5\x90\x8d\xe7\xa7\xb0 / Name of s", b""),
        simple(user_task("t")).replace(b"\xe5\x90\x8d\xe7\xa7\xb0 / Name of e", b""),
    ],
    "drawing_leads_nowhere": [
        drawn('<di:BPMNEdge id="l" bpmnElement="t_to_gone" />'),
        drawn('<di:BPMNShape id="l" bpmnElement="gone" />'),
    ],
    "label_half_missing": [
        simple(user_task("t").replace("名称 / Name of t", "Register")),
        simple(user_task("t").replace("名称 / Name of t", "登记/Register")),
        simple(user_task("t").replace("名称 / Name of t", "登记 / 登记")),
    ],
}  # fmt: skip

RIGHT: dict[str, bytes] = {
    "deadline_pause": diagram(S + user_task("t", DUE, PAUSES) + user_task("u", WAITS) + E
                              + line("s", "t", "u", "e")),
    "drawing_leads_nowhere": drawn(
        '<di:BPMNShape id="l1" bpmnElement="t" />', '<di:BPMNEdge id="l2" bpmnElement="t_to_e" />',
        '<di:BPMNEdge id="l3" bpmnElement="x:s_to_t" />', '<di:BPMNShape id="l4" />',
    ),
    "name_missing": diagram(
        S + user_task("t") + node("exclusiveGateway", "g", name="") + E + line("s", "t", "g", "e")
    ),
    "split_without_condition": split(first='=decision = "a"', default="g_to_e2"),
    "start_event": simple(SUB),
    "unsupported_event": diagram(
        S + user_task("t") + node("endEvent", "e", '<bpmn:errorEventDefinition errorRef="er" />')
        + line("s", "t", "e") + event_sub('<bpmn:errorEventDefinition errorRef="er" />'),
        outside=THROWN,
    ),
    "unsupported_activity": diagram(
        S + user_task("t") + E + line("s", "t", "e") + event_sub(MESSAGE), outside=NAMED
    ),
    "event_incomplete": undone(),
    "condition_ignored": diagram(
        S + user_task("t", ) + user_task("u") + E + line("s", "t", "e") + line("u", "e")
        + flow("t", "u", '=decision = "1"')
    ),
    "unreachable_element": diagram(
        S + user_task("t") + node("intermediateThrowEvent", "go", LINK)
        + node("intermediateCatchEvent", "come", LINK) + user_task("u") + E + line("s", "t", "go")
        + line("come", "u", "e")
    ),
    "event_gateway": diagram(
        S + node("eventBasedGateway", "g")
        + node("intermediateCatchEvent", "a", TIMER.format("timeDuration", "PT1H"))
        + node("intermediateCatchEvent", "a2",
               TIMER.format("timeDuration", "PT2H").replace('"td"', '"td2"'))
        + node("intermediateCatchEvent", "b", MESSAGE) + user_task("t") + E
        + line("s", "t", "g", "a", "e") + line("g", "a2", "e") + line("g", "b", "e"),
        outside=NAMED,
    ),
    "boundary_event": late(TIMER.format("timeDate", "=due at(policy.triage.due, clock)")),
    "message_incomplete": waiting("receiveTask", "", NAMED).replace(
        b'id="w"', b'id="w" messageRef="m"'
    ),
    "timer_incomplete": late(TIMER.format("timeDuration", "PT2H30M")),
    "script_not_feel": diagram(
        S + user_task("t")
        + node("scriptTask", "x", extended('<zeebe:script expression="=1" resultVariable="n" />'))
        + E + line("s", "t", "x", "e")
    ),
    "multi_instance": simple(user_task("t").replace("</bpmn:userTask>", LOOP.format(extended(
        '<zeebe:loopCharacteristics inputCollection="=split(items, &quot;,&quot;)" '
        'inputElement="item" />'
    )) + "</bpmn:userTask>")),
}  # fmt: skip
