"""Live executions kept between commands, so that most commands need not load one."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from runner.engine.spiff.execution import Execution


class LiveCache:
    """A thread-safe LRU of executions, one per root instance, each at the revision it was stored.

    ``take`` hands an execution out and forgets it, so two threads never hold one; the command puts
    it back under the new revision after its commit, and just drops it when it failed.
    """

    def __init__(self, max_items: int) -> None:
        if max_items < 0:
            raise ValueError(f"expected 0 or more items, found {max_items}")
        self._max_items = max_items
        self._items: OrderedDict[str, tuple[int, Execution]] = OrderedDict()
        self._lock = Lock()

    def take(self, root_instance_id: str, revision: int) -> Execution | None:
        """The execution at exactly this revision, no longer in the cache. One at another revision
        is stale (another process moved on) and is dropped."""
        with self._lock:
            found = self._items.pop(root_instance_id, None)
        if found is None or found[0] != revision:
            return None
        return found[1]

    def put(self, root_instance_id: str, revision: int, execution: Execution) -> None:
        """Keeps ``execution``, unless a later revision of its instance is there already."""
        with self._lock:
            present = self._items.get(root_instance_id)
            if present is not None and present[0] > revision:
                return
            self._items[root_instance_id] = (revision, execution)
            self._items.move_to_end(root_instance_id)
            while len(self._items) > self._max_items:
                self._items.popitem(last=False)

    def discard(self, root_instance_id: str) -> None:
        """Forgets an instance, where it is cached."""
        with self._lock:
            self._items.pop(root_instance_id, None)

    def __len__(self) -> int:
        return len(self._items)
