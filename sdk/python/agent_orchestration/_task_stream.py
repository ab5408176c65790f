from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from typing import Any, Callable, Mapping, Optional, Protocol

from . import errors
from ._backoff import Backoff
from ._websocket import WebSocket, WebSocketClosed, WebSocketRefused

log = logging.getLogger("agent_orchestration")

CLOSE_UNAUTHENTICATED = 4401
CLOSE_UNKNOWN_AGENT = 4404
CLOSE_SUPERSEDED = 4409

Frame = Mapping[str, Any]


class Listener(Protocol):
    def opened(self, welcome: Frame) -> None: ...

    def received(self, frame: Frame) -> None: ...

    def over(self, error: Optional[BaseException]) -> None:
        """Never again: refused credentials, or another connection took over."""


class _Lost(Exception):
    """The connection, or the attempt at one, is over: back in a while."""


class TaskStream:
    """One agent's connection, kept open by a thread of its own: connect, be welcomed, notice silence, reconnect with
    exponential backoff and jitter. Frames sent while it is closed are dropped; what must arrive is the outbox's business."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        listener: Listener,
        register: Callable[[], Any],
        *,
        backoff: Backoff,
        quiet: float,
        ssl_context: Optional[ssl.SSLContext],
    ) -> None:
        self._url = url
        self._headers = headers
        self._listener = listener
        self._register = register
        self._backoff = backoff
        #: Seconds of silence after which a ping is sent; half of it again without an answer ends the connection.
        self._quiet = quiet
        self._ssl_context = ssl_context
        self._known = False
        self._attempts = 0
        self._socket: Optional[WebSocket] = None
        self._open = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="agent-orchestration-stream", daemon=True)

    @property
    def is_open(self) -> bool:
        return self._open

    def start(self) -> None:
        """Starts connecting, and goes on for ever."""
        self._thread.start()

    def send(self, frame: Frame) -> bool:
        """False: not connected, nothing was sent."""
        current = self._socket
        if not self._open or current is None:
            return False
        try:
            current.send(json.dumps(frame, allow_nan=False, separators=(",", ":")))
            return True
        except (OSError, WebSocketClosed):
            return False  # Whoever reads notices it as well, and reconnects.

    def end(self) -> None:
        """Closes for good."""
        self._ended.set()
        self._open = False
        current = self._socket
        if current is not None:
            current.close(1000)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _run(self) -> None:
        try:
            while not self._ended.is_set():
                why = self._attempt()
                if self._ended.is_set():
                    return
                self._attempts += 1
                pause = self._backoff.delay(self._attempts)
                log.info("task stream: %s; again in %.1f s", why, pause)
                self._ended.wait(pause)
        except Exception as error:  # Refused for good, or a fault of this program: silence would look like having no tasks.
            self._ended.set()
            self._listener.over(error)

    def _attempt(self) -> str:
        """Connects and reads for as long as it lasts; why it is over.

        :raises ApiError, SupersededError: when it is over for good"""
        try:
            if not self._known:
                self._register()
                self._known = True
            self._socket = WebSocket.connect(self._url, self._headers, timeout=10.0, ssl_context=self._ssl_context)
            if not self._ended.is_set():
                self._read(self._socket)
            return "ended"
        except _Lost as lost:
            return str(lost)
        except WebSocketRefused as refused:
            if refused.status == 401:
                raise errors.UnauthenticatedError({"status": 401, "detail": str(refused)}) from refused
            if refused.status == 403:
                raise errors.ForbiddenError({"status": 403, "detail": str(refused)}) from refused
            if refused.status == 404:
                self._known = False
            return str(refused)
        except WebSocketClosed as closed:
            if closed.code == CLOSE_SUPERSEDED:
                raise errors.SupersededError(f"another connection took over: {closed}") from closed
            if closed.code == CLOSE_UNAUTHENTICATED:
                raise errors.UnauthenticatedError({"status": 401, "detail": str(closed)}) from closed
            if closed.code == CLOSE_UNKNOWN_AGENT:
                self._known = False
            return str(closed)
        except errors.ApiError as refusal:
            if 400 <= refusal.status < 500 and refusal.status not in (408, 429):
                raise  # An answer that will not change by asking again.
            return str(refusal)
        except (errors.ConnectionError, errors.TimeoutError, OSError) as error:
            return str(error) or type(error).__name__
        finally:
            self._open = False
            current, self._socket = self._socket, None
            if current is not None:
                current.release()

    def _read(self, current: WebSocket) -> None:
        turn_at = time.monotonic()
        while not self._ended.is_set():
            text = current.receive(self._quiet / 4)
            now = time.monotonic()
            # This process was itself held up: nothing could be heard meanwhile.
            current.heard_at += max(0.0, now - turn_at - self._quiet / 2)
            turn_at = now
            if text is not None:
                self._heard(text)
                continue
            silence = now - current.heard_at
            if silence > self._quiet * 1.5:
                raise _Lost(f"nothing heard for {silence:.0f} s")
            if silence > self._quiet:
                current.send('{"type":"ping"}')

    def _heard(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            raise _Lost("a frame was not JSON") from None
        if frame["type"] == "welcome":
            self._open = True
            self._attempts = 0
            self._listener.opened(frame)
        else:
            self._listener.received(frame)
