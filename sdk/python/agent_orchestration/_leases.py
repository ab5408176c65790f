from __future__ import annotations

import time
import uuid
from typing import Any, Callable, Dict, List, Mapping, Tuple

MOST_LEASES_PER_FRAME = 1_000

Frame = Mapping[str, Any]


class _Kept:
    __slots__ = ("task_id", "token", "length", "confirmed_at", "tried_at")

    def __init__(self, task_id: str, token: str, length: float) -> None:
        self.task_id = task_id
        self.token = token
        self.length = length
        #: When the last renewal that the server confirmed was sent: counted from there, the lease is good for its length.
        self.confirmed_at = self.tried_at = time.monotonic()


class LeaseKeeper:
    """Renews every lease in hand at a third of its length. A lease is lost when the server says so, or when no renewal was
    confirmed for its whole length: then the server may have given the task to another. Only durations count, on the monotonic
    clock, so a wrong clock on this host loses nothing.

    Not thread-safe: the worker's lock is held around every call.
    """

    def __init__(self, send: Callable[[Frame], bool], on_lost: Callable[[str, str], None]) -> None:
        self._send = send
        self._on_lost = on_lost
        self._kept: Dict[str, _Kept] = {}
        self._asked: Dict[str, Tuple[float, List[str]]] = {}

    def keep(self, task: Frame) -> None:
        self._kept[task["leaseToken"]] = _Kept(task["taskId"], task["leaseToken"], float(task["timeout"]))

    def release(self, token: str) -> None:
        self._kept.pop(token, None)

    def renew_all(self) -> None:
        """After a reconnect: all of them now."""
        self._asked.clear()
        self._renew(list(self._kept.values()))

    def answered(self, frame: Frame) -> bool:
        """Takes an ``ack`` or an ``error``; False: it answers something else."""
        asked = self._asked.pop(str(frame.get("id")), None)
        if asked is None:
            return False
        if frame["type"] == "error":
            return True  # Nothing is known; the next turn asks again.
        sent_at, tokens = asked
        lost = (frame.get("result") or {}).get("lost") or []
        for token in tokens:
            lease = self._kept.get(token)
            if lease is None:
                continue
            if lease.task_id in lost:
                self._lose(lease, "the control plane says that its lease is over")
            else:
                lease.confirmed_at = sent_at
        return True

    def tick(self, now: float) -> None:
        due: List[_Kept] = []
        for lease in list(self._kept.values()):
            if now - lease.confirmed_at >= lease.length:
                self._lose(lease, "its lease could not be renewed in time")
            elif now - lease.tried_at >= lease.length / 3:
                due.append(lease)
        self._renew(due)

    def period(self) -> float:
        """Seconds between two ticks at most."""
        return min([5.0, *(max(lease.length / 6, 0.02) for lease in self._kept.values())])

    def clear(self) -> None:
        self._kept.clear()
        self._asked.clear()

    def _renew(self, leases: List[_Kept]) -> None:
        for start in range(0, len(leases), MOST_LEASES_PER_FRAME):
            some = leases[start : start + MOST_LEASES_PER_FRAME]
            identifier = str(uuid.uuid4())
            sent_at = time.monotonic()
            frame = {
                "type": "lease_renew",
                "id": identifier,
                "leases": [{"taskId": lease.task_id, "leaseToken": lease.token} for lease in some],
            }
            if not self._send(frame):
                return
            for lease in some:
                lease.tried_at = sent_at
            self._asked[identifier] = (sent_at, [lease.token for lease in some])

    def _lose(self, lease: _Kept, why: str) -> None:
        self.release(lease.token)
        self._on_lost(lease.token, why)
