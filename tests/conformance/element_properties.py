"""What several elements are told in the modeler, and the shape of a page's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """``picture`` is the case whose diagram is shown. ``properties`` are as the modeler's panel
    names them; ``limits`` what this product does not do or does in its own way."""

    zh: str
    en: str
    picture: str
    meaning: str
    properties: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


MAPPINGS = "Input and output mapping: see [variables](variable_mapping.md)."
JOB = (
    "Task definition, type: text or FEEL, 1 to 100 characters: who does the work. A type with a "
    "handler in `service_tasks/` is served by the built-in worker, any other by external workers "
    "over HTTP ([workers](../workers.md)).",
    "Task definition, retries: text or FEEL, 1 to 1,000: all attempts, the first included. Where "
    "nothing is written: the handler's own number, of an external worker 3.",
    "Task headers: text, given to the worker as it stands.",
    MAPPINGS,
)
MESSAGE = (
    "Message, name: text or FEEL, 1 to 200 characters.",
    "Message, subscription correlation key: FEEL that gives a text of 1 to 200 characters or a "
    "number, worked out once, when the element begins to wait. A key without a value is an "
    "incident.",
    "Output mapping: where the content goes; without one it is written where its names belong "
    "([variables](variable_mapping.md)).",
)
TIMER = (
    "Timer: date, duration or (beside an activity, at a start) cycle. FEEL after `=` that gives a "
    "date, a date and time, a duration or such a text; or ISO 8601 as it stands: "
    "`2026-12-24T09:00:00+08:00`, `PT2H`, `P3D`, `R3/PT1H`. A cycle is at least a minute long.",
    "A cycle may be a cron pattern: second, minute, hour, day, month, weekday (`0 0 9 * * "
    "MON-FRI`, also `L`, `15W`, `FRI#2`, `FRIL`) or `@hourly`, `@daily`, `@weekly`, `@monthly`, "
    "`@yearly`, on the clock of the site; days and weekdays must both fit. A time that a change "
    "of the clocks skips comes right after, one that comes twice counts once; what fires every "
    "hour goes on every hour. Missed ones are one firing that says how many.",
    "What gives no usable time is an incident.",
)
SIGNAL = (
    "Signal, name: text or FEEL, 1 to 200 characters.",
    "Input mapping of a throwing event: what the signal brings. Output mapping of a catching one: "
    "where that goes.",
)
CONDITION = (
    "Condition: FEEL that gives true or false; anything else is an incident, but for variables "
    "that nobody has written yet. It is asked when the element begins to wait and again when a "
    "variable it reads has changed.",
    "Variable filter: names, and whether their creation or change counts.",
)
CODE = ("{0}, code: text. A catching event without one catches every code.",)
ONCE = "A date or a duration beside an activity happens once; a cycle, as often as it says."
