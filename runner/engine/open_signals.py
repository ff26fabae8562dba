"""What one command changes of the signals a case waits for."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from runner.store.signals import (
    SignalSubscription,
    end_signal_subscriptions,
    insert_signal_subscriptions,
)


@dataclass
class OpenSignals:
    """Kept apart from the other open rows of a case: most cases wait for none, and nothing of them
    has to be loaded. ``opened`` by token."""

    opened: dict[str, SignalSubscription] = field(default_factory=dict)
    _ended: list[tuple[str, str]] = field(default_factory=list)
    _received: set[str] = field(default_factory=set)

    def open(self, subscription: SignalSubscription) -> None:
        self.opened[subscription.token_id] = subscription

    def receive(self, subscription: SignalSubscription) -> None:
        self._ended.append((subscription.token_id, "received"))
        self._received.add(subscription.origin)

    def withdraw(self, token_id: str) -> None:
        """The token waits for it no longer."""
        if self.opened.pop(token_id, None) is None:
            self._ended.append((token_id, "cancelled"))

    def has_ended(self, origin: str) -> bool:
        return origin in self._received

    def flush(self, connection: Connection) -> None:
        end_signal_subscriptions(connection, self._ended)
        insert_signal_subscriptions(connection, list(self.opened.values()))
        self._ended.clear()
        self._received.clear()
        self.opened.clear()
