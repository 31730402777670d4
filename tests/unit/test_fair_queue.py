"""Who is served next."""

import threading
import time

import pytest

from bufgraph.errors import NotAvailableError
from bufgraph.graph.queueing import FairQueue


def _queue(slots: int = 1, *, per_client: int = 1, length: int = 4) -> FairQueue:
    return FairQueue(slots, per_client=per_client, length=length, retry_after_s=lambda waiting: waiting + 1)


class _Asker(threading.Thread):
    def __init__(self, queue: FairQueue, client: str, served: list[str]) -> None:
        super().__init__(daemon=True)
        self._queue, self._client, self._served = queue, client, served
        self.refused: NotAvailableError | None = None

    def run(self) -> None:
        try:
            self._queue.take(self._client, 10)
        except NotAvailableError as err:
            self.refused = err
            return
        self._served.append(self._client)
        self._queue.give_back(self._client)


def _waits(queue: FairQueue, client: str, served: list[str]) -> _Asker:
    before = queue._waiting_count()
    asker = _Asker(queue, client, served)
    asker.start()
    end = time.monotonic() + 5
    while queue._waiting_count() == before and asker.is_alive() and time.monotonic() < end:
        time.sleep(0.001)
    return asker


def test_clients_take_turns_and_each_is_served_in_order() -> None:
    queue, served = _queue(), list[str]()
    queue.take("a", 0)
    askers = [_waits(queue, client, served) for client in ("a", "a", "a", "b")]
    queue.give_back("a")
    for asker in askers:
        asker.join(5)
    assert served == ["a", "b", "a", "a"]


def test_one_client_leaves_a_slot_for_others() -> None:
    queue = _queue(2)
    queue.take("a", 0)
    with pytest.raises(NotAvailableError, match="busy"):
        queue.take("a", 0.01)
    queue.take("b", 0)


def test_a_full_queue_turns_the_next_one_away_at_once_and_says_when_to_come_back() -> None:
    queue, served = _queue(length=1), list[str]()
    queue.take("a", 0)
    waiting = _waits(queue, "a", served)
    with pytest.raises(NotAvailableError, match="try again in 2 seconds") as error:
        queue.take("a", 10)
    assert error.value.facts["retry_after_s"] == 2
    queue.give_back("a")
    waiting.join(5)
    assert served == ["a"]


def test_a_newcomer_takes_the_last_place_of_a_client_with_many() -> None:
    queue, served = _queue(length=3), list[str]()
    queue.take("a", 0)
    greedy = [_waits(queue, "a", served) for _ in range(3)]
    newcomer = _Asker(queue, "b", served)
    newcomer.start()
    greedy[2].join(5)
    assert greedy[2].refused is not None
    queue.give_back("a")
    for asker in (*greedy, newcomer):
        asker.join(5)
    assert sorted(served) == ["a", "a", "b"]


def test_who_gave_up_waiting_gets_no_slot() -> None:
    queue = _queue()
    queue.take("a", 0)
    with pytest.raises(NotAvailableError):
        queue.take("b", 0.01)
    queue.give_back("a")
    queue.take("c", 0)
