from __future__ import annotations

import time
import uuid
from typing import Any, Callable, Dict, Mapping, Optional

from . import errors
from ._backoff import Backoff

ANSWER_TIMEOUT = 15.0
_BACKOFF = Backoff(0.2, 5.0)

Frame = Mapping[str, Any]


class _Pending:
    __slots__ = ("frame", "done", "refused", "sent_at", "attempts", "again_at")

    def __init__(self, frame: Frame, done: Callable[[Frame], None], refused: Callable[[errors.ApiError], None]) -> None:
        self.frame = frame
        self.done = done
        self.refused = refused
        self.sent_at: Optional[float] = None
        self.attempts = 0
        self.again_at: Optional[float] = None


class Outbox:
    """Requests that must arrive: each is kept, and sent again after a reconnect, after an answer that decided nothing (429,
    5xx) and after long silence, until it is acknowledged or refused. The control plane recognises a repetition by the lease
    token, so a request that arrived twice counts once.

    Not thread-safe: the worker's lock is held around every call.
    """

    def __init__(self, send: Callable[[Frame], bool]) -> None:
        self._send = send
        self._pending: Dict[str, _Pending] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def deliver(
        self,
        frame: Frame,
        done: Callable[[Frame], None] = lambda ack: None,
        refused: Callable[[errors.ApiError], None] = lambda error: None,
    ) -> None:
        identifier = str(uuid.uuid4())
        pending = _Pending({**frame, "id": identifier}, done, refused)
        self._pending[identifier] = pending
        self._transmit(pending)

    def resend(self) -> None:
        """After a reconnect: everything again, in the order it was first given."""
        for pending in list(self._pending.values()):
            self._transmit(pending)

    def answered(self, frame: Frame) -> None:
        """Takes an ``ack`` or an ``error`` that names one of the requests."""
        pending = self._pending.get(str(frame.get("id")))
        if pending is None:
            return
        status = frame.get("status")
        if frame["type"] == "error" and isinstance(status, int) and (status >= 500 or status == 429):
            pending.attempts += 1
            pending.sent_at = None
            pending.again_at = time.monotonic() + _BACKOFF.delay(pending.attempts)
            return
        del self._pending[pending.frame["id"]]
        if frame["type"] == "ack":
            pending.done(frame)
        else:
            pending.refused(errors.api_error(frame))

    def tick(self, now: float) -> None:
        for pending in list(self._pending.values()):
            silent = pending.sent_at is not None and now - pending.sent_at > ANSWER_TIMEOUT
            if silent or (pending.again_at is not None and now >= pending.again_at):
                self._transmit(pending)

    def clear(self) -> None:
        self._pending.clear()

    def _transmit(self, pending: _Pending) -> None:
        pending.again_at = None
        pending.sent_at = time.monotonic() if self._send(pending.frame) else None
