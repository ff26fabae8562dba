"""What the manual says of each element: one entry for each folder of cases."""

from __future__ import annotations

from collections.abc import Mapping

from tests.conformance.element_properties import (
    CODE,
    CONDITION,
    JOB,
    MAPPINGS,
    MESSAGE,
    ONCE,
    SIGNAL,
    TIMER,
    Text,
)

TEXTS: Mapping[str, Text] = {
    "none_event": Text(
        "无类型事件",
        "Events without a kind",
        "two_ends",
        "The start puts a token into the process. An end takes the token that reaches it; the "
        "process or sub-process is over when its last token is gone. An intermediate event without "
        "a kind is passed.",
        (
            "Form (start): the id of the form that is filled in to begin.",
            "Output mapping (end, intermediate): writes variables in passing.",
        ),
        ("A process that is called, and every embedded sub-process, has exactly one plain start.",),
    ),
    "start_event": Text(
        "开始事件",
        "Start events",
        "timer",
        "Begins a case: by a form (plain), a message, a signal, at a time, or by a condition that "
        "a program asks for. A process may have one plain start and any number of the others; each "
        "begins a case of its own. An error begins only an "
        "[event sub-process](event_sub_process.md).",
        (
            *TIMER[:1],
            "Message, signal, condition: as the [message](message_event.md), "
            "[signal](signal_event.md) and [conditional](conditional_event.md) events that catch. "
            "A message that begins a case needs no correlation key.",
        ),
        (
            "Only the release in force begins cases. A time is armed when the release comes into "
            "force; one that cannot be worked out then is told in its log.",
            "A case is begun once for a message's id, a signal's delivery, a firing.",
            "Two processes with a start event of one id, started by a form or a signal: the one "
            "that no other calls begins; otherwise the start is refused.",
        ),
    ),
    "user_task": Text(
        "用户任务",
        "User task",
        "sequence",
        "A person does it. The task is open until one of its candidates submits its "
        "form; the answers become variables and the token goes on.",
        (
            "Form: the id of the form to fill in; the checker wants one.",
            "Assignment, candidate groups: group ids as text with commas, or FEEL that gives a "
            "list or such a text. Assignee: a user name, text or FEEL; null means nobody yet.",
            "Candidate users: user names in the same way. They may do the task as members of a "
            "candidate group may, and see its case. One who is unknown or whose account is closed "
            "is an incident.",
            "Schedule, due and follow-up date: FEEL, or ISO 8601 as it stands; a date means the "
            "end of that day, null means none.",
            "Priority: text or FEEL, a whole number from 0 to 100; 50 where nothing is written.",
            MAPPINGS,
        ),
        (
            "A group or person that is not there, a task that nobody may do, a value of another "
            "kind: incidents.",
        ),
    ),
    "task": Text(
        "未定类型与手工任务",
        "Task without a kind, manual task",
        "passes",
        "Nothing that a system sees happens here: the token passes at once.",
    ),
    "script_task": Text(
        "脚本任务",
        "Script task",
        "writes",
        "Evaluates one FEEL expression and keeps its value in a variable.",
        (
            "Script, FEEL expression: after `=`. What cannot be worked out is null, and the case's "
            "log says why.",
            "Result variable: the name; null is written too. Without one nothing is kept.",
            MAPPINGS,
        ),
        ("FEEL only: no other language is run. A script served by a worker has a task type.",),
    ),
    "service_task": Text(
        "服务任务",
        "Service task",
        "error_caught",
        "A worker does it. The job waits until a worker takes it under a lock, and ends when the "
        "worker completes it, throws a BPMN error, or has failed too often.",
        JOB,
        ("Who reports second, or after the lock was lost, is refused and changes nothing.",),
    ),
    "send_task": Text(
        "发送任务",
        "Send task",
        "job",
        "As a service task: a worker sends something.",
        JOB,
    ),
    "business_rule_task": Text(
        "决策任务",
        "Business rule task",
        "job",
        "Asks a decision of the release, or a worker, and keeps the answer.",
        (
            "Called decision, id: text or FEEL; a decision of the same release. Result variable: "
            "the name the answer is kept under.",
            "Or a task definition: as a service task.",
            MAPPINGS,
        ),
        ("Rules that contradict each other, and values a table does not allow, are incidents.",),
    ),
    "receive_task": Text(
        "接收任务",
        "Receive task",
        "boundary",
        "Waits for a message, as a message event does, and can carry boundary events.",
        MESSAGE,
    ),
    "variable_mapping": Text(
        "变量与映射",
        "Variables, input and output mappings",
        "nearest",
        "What an element gives (a form's answers, a worker's results, a message's content) is "
        "written to the nearest variable of its name, seen from the element outwards, else to the "
        "case. An input mapping makes a variable of the element's own, so a result of that name "
        "ends with it. With output mappings a result stays with the element and only what is "
        "mapped is written outside.",
        (
            "Input mapping: FEEL after `=`, else a text as it stands; one sees those before it.",
            "Output mapping: the same, seeing the element's result. A target with dots "
            "(`customer.name`) changes that entry and leaves the others.",
        ),
        (
            "`policy`, `clock` and `open_tasks` cannot be written: an incident.",
            "An input mapping's target with dots builds a new value, and does not add to one "
            "outside.",
        ),
    ),
    "sequence_flow": Text(
        "顺序流",
        "Sequence flows",
        "condition_true",
        "Two flows out of an activity are a fork, two flows into one do not wait for each other. A "
        "condition on a flow out of an activity opens it or not; the default flow is taken when no "
        "other is.",
        ("Condition: a FEEL expression; default flow: in the context menu of the flow.",),
        ("When no flow is open and there is no default, an incident says so.",),
    ),
    "exclusive_gateway": Text(
        "排他网关",
        "Exclusive gateway",
        "first_true",
        "Splits: takes the first flow, in the order of the file, whose condition is true, else the "
        "default flow. Merges: every token passes at once.",
        ("Condition on each flow; default flow.",),
        ("A condition that is neither true nor false is an incident; no way is taken by default.",),
    ),
    "parallel_gateway": Text(
        "并行网关",
        "Parallel gateway",
        "fork_and_join",
        "Splits: a token on every flow. Joins: waits for a token on each incoming flow, in every "
        "pass of a loop anew. Two tokens on one flow are not tokens on two.",
        (),
        ("A join that can never be complete waits for ever.",),
    ),
    "inclusive_gateway": Text(
        "包容网关",
        "Inclusive gateway",
        "several",
        "Splits: every flow whose condition is true, else the default flow. Joins: waits while a "
        "token elsewhere in the same scope can still come by an incoming flow that has none.",
        ("Condition on each flow; default flow.",),
        ("Two joins that wait only for each other do not wait for ever: one of them goes on.",),
    ),
    "event_gateway": Text(
        "事件网关",
        "Event-based gateway",
        "message_first",
        "Waits for the first of the events behind it; the others are withdrawn.",
        ("Behind it: timer, message, signal and conditional catch events, receive tasks.",),
        ("The events behind it carry no boundary events and are not multi-instance.",),
    ),
    "sub_process": Text(
        "子流程",
        "Embedded sub-process",
        "waits_for_all",
        "A part with an inside: it begins at its plain start and is over when its last token is "
        "gone. Variables written inside are seen outside; inputs are seen inside alone.",
        ("Multi-instance; boundary events.", MAPPINGS),
        ("Exactly one plain start event.",),
    ),
    "event_sub_process": Text(
        "事件子流程",
        "Event sub-process",
        "timer_beside",
        "Waits while the scope around it runs. When its start event happens it begins: "
        "interrupting, which ends everything else in that scope, or beside it. The scope is not "
        "over before it is.",
        (
            "Start event: timer, message, signal, conditional, error, escalation, compensation; "
            "its properties are those of the boundary event of its kind.",
            "Interrupting or not (error always is).",
            "What the event brings is written as seen from inside: where its names belong, or "
            "where the start's output mappings say. Input mappings of the sub-process are its own.",
        ),
        (ONCE, "What is thrown inside it is never caught by itself."),
    ),
    "call_activity": Text(
        "调用活动",
        "Call activity",
        "error_out",
        "Runs another process of the release to its end. Errors and escalations nobody catches "
        "inside come out at its border.",
        (
            "Called element, process id: text.",
            "Propagate all child variables (yes where nothing is written): what is written inside "
            "is written outside. With no, or with output mappings, only the mapped ones come out.",
            "Propagate all parent variables (yes where nothing is written): with no, the process "
            "called sees the input mappings alone.",
            MAPPINGS,
        ),
        (
            "The process called is that of the same release, named by its id, not an expression.",
            "Caller and called see each other's variables at once, not only at the end.",
        ),
    ),
    "multi_instance": Text(
        "多实例",
        "Multi-instance activity",
        "boundary",
        "Runs once for each item of a list, together or one after the other, and can stop early.",
        (
            "Input collection: FEEL that gives a list of at most 1,000, worked out once; input "
            "element: the name each instance has its item under. `loopCounter` counts from 1.",
            "Output collection: the name of the list of results, in the order of the items; output "
            "element: FEEL, asked when an instance ends. Where it is a variable, each instance has "
            "one of its own, null at first.",
            "Completion condition: FEEL, asked whenever an instance ends; when true the rest is "
            "withdrawn. It also sees `numberOfInstances`, `numberOfActiveInstances`, "
            "`numberOfCompletedInstances`, `numberOfTerminatedInstances`.",
            "Input and output mapping: of each instance.",
        ),
        (
            "What is no list, and a longer one, are incidents.",
            "The loop marker is a finding: [loop marker](loop_marker.md).",
        ),
    ),
    "boundary_timer": Text(
        "定时边界事件",
        "Timer boundary event",
        "two_clocks",
        "A clock beside an activity: interrupting, or a reminder beside the work.",
        TIMER,
        (ONCE, "A due time that is null means no deadline. Missed cycles fire once."),
    ),
    "boundary_message": Text(
        "消息边界事件",
        "Message boundary event",
        "two",
        "A message reaches the activity while it runs. Beside it, any number of times.",
        MESSAGE,
    ),
    "boundary_signal": Text(
        "信号边界事件",
        "Signal boundary event",
        "reaches_all",
        "A signal reaches the activity while it runs.",
        SIGNAL,
    ),
    "boundary_error": Text(
        "错误边界事件",
        "Error boundary event",
        "nearest",
        "Catches an error from the activity or from inside it, and ends it. The nearest that fits "
        "catches; an event with this very code before one without.",
        (
            CODE[0].format("Error"),
            "Output mapping: of what a worker's error brings; without one it is written where its "
            "names belong.",
        ),
        ("Always interrupts.",),
    ),
    "boundary_escalation": Text(
        "升级边界事件",
        "Escalation boundary event",
        "beside",
        "Catches an escalation from inside the activity.",
        (CODE[0].format("Escalation"),),
    ),
    "boundary_conditional": Text(
        "条件边界事件",
        "Conditional boundary event",
        "interrupts",
        "Happens when its condition becomes true while the activity runs.",
        CONDITION,
    ),
    "timer_event": Text(
        "定时中间事件",
        "Timer catch event",
        "duration",
        "Waits for a moment or for a while. The due time is computed once and kept.",
        TIMER,
        ("A null date means there is nothing to wait for: the token goes on.",),
    ),
    "message_event": Text(
        "消息事件",
        "Message events",
        "catch",
        "A catch event waits for a message under its key; a start event begins a case with one; a "
        "throw event is a job for a worker.",
        MESSAGE,
        ("A message nobody waits for is refused, unless it has a time to live.",),
    ),
    "signal_event": Text(
        "信号事件",
        "Signal events",
        "throw_reaches_own",
        "A signal reaches everything that waits for it at that moment, in every case.",
        SIGNAL,
        ("Each receiver is reached in a transaction of its own, shortly after.",),
    ),
    "conditional_event": Text(
        "条件中间事件",
        "Conditional catch event",
        "waits",
        "Waits until its condition is true.",
        CONDITION,
    ),
    "link_event": Text(
        "链接事件",
        "Link events",
        "jumps",
        "A throw link goes on at the catch link of the same name: a flow that is not drawn.",
        ("Link name.",),
        ("Both lie in the same process or sub-process; one landing for a name.",),
    ),
    "error_event": Text(
        "错误结束事件",
        "Error end event",
        "others_go_on",
        "Throws an error to the nearest event around that catches it.",
        ("Error, code: text or FEEL that gives one; without a value it is an incident.",),
        ("An error nobody catches is an incident; a person decides, then it ends plainly.",),
    ),
    "escalation_event": Text(
        "升级事件",
        "Escalation events",
        "nearest",
        "Tells the nearest event around that catches it, and goes on. Nobody need catch it.",
        ("Escalation, code: text or FEEL that gives one; without a value it is an incident.",),
    ),
    "terminate_event": Text(
        "终止结束事件",
        "Terminate end event",
        "in_sub_process",
        "Ends everything in its own process, sub-process or instance, which is then over.",
    ),
    "compensation": Text(
        "补偿",
        "Compensation",
        "reverse_order",
        "Undoes what was completed in its scope, last first, one after the other, then goes on. A "
        "sub-process without an undoing of its own is undone by undoing what was completed in it.",
        (
            "Compensation event on the border of an activity, joined to its handler.",
            "Activity (throwing event): undo this one alone.",
        ),
        (
            "Camunda 8 begins all handlers at once; here the order is the standard's.",
            "What was completed in a called process is not undone by its caller.",
        ),
    ),
}
