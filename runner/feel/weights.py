"""How much work it is to evaluate a part of an expression once, in steps of the budget."""

from __future__ import annotations

from runner.feel import nodes as n

_ROUND = 3
_MOST_COUNTED = 5_000


def weight(node: n.Node) -> int:
    """The number of nodes, which is what one evaluation without loops costs at most.

    Counting ends at some thousands: such a part is dear enough by then.
    """
    count = 0
    waiting = [node]
    while waiting and count < _MOST_COUNTED:
        count += 1
        waiting.extend(n.children(waiting.pop()))
    return count


def round_weight(body: n.Node) -> int:
    """What one round of a loop with this body, or one call of this function's body, costs."""
    return _ROUND + weight(body)
