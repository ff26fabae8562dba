"""Sentences of refused repairs: what stands in the way, and what to do instead."""

from __future__ import annotations

from runner.engine.spiff.moving import NotMovable
from runner.errors import InvalidInput, InvalidState

_NOT_MOVABLE = {
    "not_in_process": (
        "“{0}”不在同一个流程里。只能移到同一流程的步骤。",
        "'{0}' is not in the same process. Move to a step of the same process.",
    ),
    "cannot_start": (
        "不能从“{0}”开始。请选一个活动、中间事件或结束事件。",
        "Nothing can start at '{0}'. Choose an activity, an intermediate or an end event.",
    ),
    "watches": (
        "“{0}”只在等着别的步骤；请移动它所附着的步骤。",
        "'{0}' only watches another step; move the step it is attached to.",
    ),
    "one_of_many": (
        "“{0}”是多实例中的一个；请移动整个多实例活动。",
        "'{0}' is one of several instances; move the multi-instance activity as a whole.",
    ),
    "inside_multi_instance": (
        "“{0}”是多实例，不能移进或移出它的内部；请移动整个活动。",
        "'{0}' is multi-instance: nothing moves into or out of it; move the whole activity.",
    ),
    "open_twice": (
        "“{0}”同时开着好几个，不知道该移进哪一个。",
        "'{0}' is open several times, so it is unclear which one to move into.",
    ),
    "does_not_open": (
        "子流程“{0}”打不开：它的输入算不出来。请先更正数据。",
        "The sub-process '{0}' cannot be opened: its inputs fail. Correct the data first.",
    ),
}


def not_movable(refused: NotMovable) -> InvalidInput:
    """The sentence for a move that cannot be."""
    zh, en = (text.format(refused.element_id) for text in _NOT_MOVABLE[refused.reason])
    return InvalidInput(f"{zh} / {en}", {"target": [f"{zh} / {en}"]})


def stale() -> InvalidState:
    """The case changed between preview and confirmation."""
    return InvalidState(
        "您看过之后，本案已有变化，什么都没有改。请再看一遍预览。 / "
        "The case changed since you looked, and nothing was done. Look at the preview again."
    )


def already() -> InvalidState:
    return InvalidState(
        "应决定一个未决的请求，但已有人决定。 / "
        "Expected to decide an open request, but somebody has decided it."
    )
