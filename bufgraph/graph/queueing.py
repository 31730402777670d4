"""A fair queue for few slots: first come, first served, but clients take turns and none holds them all."""

import threading
from collections import Counter, deque
from collections.abc import Callable

from bufgraph.errors import NotAvailableError


class _Ticket:
    """One who waits; the event tells that ``granted`` is decided."""

    def __init__(self) -> None:
        self.decided = threading.Event()
        self.granted = False


class FairQueue:
    """Hands out slots.

    Args:
        slots: How many may run at a time.
        per_client: How many of them one client may hold.
        length: How many may wait. When more come, the last of the client with most waiting is turned away.
        retry_after_s: Gives the seconds after which one who is turned away should ask again, by how many wait.
    """

    def __init__(
        self, slots: int, *, per_client: int, length: int, retry_after_s: Callable[[int], int]
    ) -> None:
        self._free = slots
        self._per_client = per_client
        self._length = length
        self._retry_after_s = retry_after_s
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Ticket]] = {}  # clients in the order of their next turn

    def take(self, client: str, timeout_s: float) -> None:
        """Wait for a slot.

        Raises:
            NotAvailableError: The queue is full, or the wait was too long; ``retry_after_s`` says when to come back.
        """
        ticket = _Ticket()
        with self._lock:
            # Whoever waits while a slot is free holds as many as a client may.
            if self._free and self._running[client] < self._per_client:
                self._free -= 1
                self._running[client] += 1
                return
            if self._waiting_count() >= self._length:
                self._make_room(client)
            self._waiting.setdefault(client, deque()).append(ticket)
        ticket.decided.wait(timeout_s)
        with self._lock:
            if ticket.granted:
                return
            if not ticket.decided.is_set():
                self._remove(client, ticket)
            raise self._busy()

    def give_back(self, client: str) -> None:
        """Return a slot; the next client's first waiter gets it."""
        with self._lock:
            self._free += 1
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
            while self._free and (following := self._next()) is not None:
                ticket = self._waiting[following].popleft()
                self._drop_if_empty(following, again=True)
                self._free -= 1
                self._running[following] += 1
                ticket.granted = True
                ticket.decided.set()

    def _next(self) -> str | None:
        return next((client for client in self._waiting if self._running[client] < self._per_client), None)

    def _drop_if_empty(self, client: str, *, again: bool = False) -> None:
        tickets = self._waiting[client]
        if not tickets:
            del self._waiting[client]
        elif again:  # to the end of the round
            self._waiting[client] = self._waiting.pop(client)

    def _remove(self, client: str, ticket: _Ticket) -> None:
        self._waiting[client].remove(ticket)
        self._drop_if_empty(client)

    def _make_room(self, client: str) -> None:
        """Turn away the last waiter of the client with most of them, when that is another with more than this one."""
        greediest = max(self._waiting, key=lambda name: len(self._waiting[name]), default=client)
        own = len(self._waiting.get(client, ()))
        if greediest == client or len(self._waiting[greediest]) <= own + 1:
            raise self._busy()
        self._waiting[greediest].pop().decided.set()

    def _waiting_count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _busy(self) -> NotAvailableError:
        seconds = self._retry_after_s(self._waiting_count())
        return NotAvailableError(
            f"all query workers are busy; try again in {seconds} seconds", retry_after_s=seconds
        )
