"""As much of RFC 6455 as a client needs, over a socket that does not block: no extensions, no subprotocols."""

from __future__ import annotations

import base64
import hashlib
import os
import selectors
import socket
import ssl
import struct
import threading
import time
import urllib.parse
from typing import List, Mapping, Optional, Tuple

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
MOST_HEAD_BYTES = 64 * 1024
MOST_MESSAGE_BYTES = 8 * 1024 * 1024
SEND_TIMEOUT = 10.0


class WebSocketRefused(Exception):
    """The answer to the handshake was not 101."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the WebSocket was refused with HTTP {status}")
        self.status = status


class WebSocketClosed(Exception):
    """It is closed; 1006: without a word."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason or f"closed with code {code}")
        self.code = code
        self.reason = reason


class WebSocket:
    """One connection. ``receive`` is for one thread; ``send`` and ``close`` for any."""

    def __init__(self, sock: socket.socket, rest: bytes = b"") -> None:
        self._sock = sock
        self._sock.setblocking(False)
        self._buffer = bytearray(rest)
        self._parts: List[bytes] = []
        self._kind = 0
        #: One frame after the other.
        self._sending = threading.Lock()
        #: OpenSSL must not read and write one connection at a time.
        self._io = threading.Lock()
        self._closed = False
        self._close_sent = False
        #: When anything came, on the monotonic clock.
        self.heard_at = time.monotonic()

    @classmethod
    def connect(
        cls,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout: float = 10.0,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> "WebSocket":
        """:raises WebSocketRefused, OSError:"""
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "wss"
        host = parts.hostname or ""
        deadline = time.monotonic() + timeout
        sock = socket.create_connection((host, parts.port or (443 if secure else 80)), timeout=timeout)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if secure:
                sock = (ssl_context or ssl.create_default_context()).wrap_socket(sock, server_hostname=host)
            key = base64.b64encode(os.urandom(16))
            sock.sendall(_request(parts, headers, key))
            head, rest = _head(sock, deadline)
            _check(head, key)
            return cls(sock, rest)
        except BaseException:
            sock.close()
            raise

    def send(self, text: str) -> None:
        """:raises OSError, WebSocketClosed: then the connection is of no use any more"""
        self._frame(_TEXT, text.encode("utf-8"))

    def receive(self, timeout: float) -> Optional[str]:
        """The next message; None: there was none within so many seconds.

        :raises WebSocketClosed, OSError:"""
        deadline = time.monotonic() + timeout
        while True:
            message = self._next()
            if message is not None:
                return message
            chunk = self._read()
            if chunk is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._ready(selectors.EVENT_READ, left):
                    return None
            elif not chunk:
                self.drop()
                raise WebSocketClosed(1006, "the connection was closed")
            else:
                self.heard_at = time.monotonic()
                self._buffer += chunk

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Says so if that is still possible, and does not wait for the other side."""
        try:
            if not self._close_sent:
                self._close_sent = True
                self._frame(_CLOSE, struct.pack("!H", code) + reason.encode("utf-8")[:120])
        except (OSError, WebSocketClosed):
            pass
        self.drop()

    def drop(self) -> None:
        """Ends it without a word. Whoever waits in ``receive`` is woken."""
        self._closed = True
        with self._io:
            try:
                self._sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def release(self) -> None:
        """For the thread that receives, at its end: a socket that is closed while another thread waits on it wakes nobody."""
        self.drop()
        self._sock.close()

    def _next(self) -> Optional[str]:
        """The next whole message in the buffer; control frames on the way are answered."""
        while True:
            frame = self._take()
            if frame is None:
                return None
            final, kind, payload = frame
            if kind == _PING:
                self._frame(_PONG, payload)
            elif kind == _CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                self.close(1000 if code == 1005 else code)
                raise WebSocketClosed(code, payload[2:].decode("utf-8", "replace"))
            elif kind in (_TEXT, _BINARY, 0):
                if (kind == 0) == (not self._parts and not self._kind):
                    self._fail(1002, "a frame out of order")
                if kind:
                    self._kind = kind
                self._parts.append(payload)
                if sum(map(len, self._parts)) > MOST_MESSAGE_BYTES:
                    self._fail(1009, "a message that is too large")
                if final:
                    whole = b"".join(self._parts)
                    kind, self._kind, self._parts = self._kind, 0, []
                    if kind != _TEXT:
                        self._fail(1003, "a message that is not text")
                    try:
                        return whole.decode("utf-8")
                    except UnicodeDecodeError:
                        self._fail(1007, "a message that is not UTF-8")
            elif kind != _PONG:
                self._fail(1002, f"a frame of kind {kind}")

    def _take(self) -> Optional[Tuple[bool, int, bytes]]:
        """The next whole frame of the buffer."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        kind, length, at = first & 0x0F, second & 0x7F, 2
        if first & 0x70 or second & 0x80:
            self._fail(1002, "a frame with bits that were not agreed on")
        if kind >= 8 and (length > 125 or not first & 0x80):
            self._fail(1002, "a control frame that is too long")
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < 2 + size:
                return None
            length, at = int.from_bytes(buffer[2 : 2 + size], "big"), 2 + size
            if length > MOST_MESSAGE_BYTES:
                self._fail(1009, "a frame that is too large")
        if len(buffer) < at + length:
            return None
        payload = bytes(buffer[at : at + length])
        del buffer[: at + length]
        return bool(first & 0x80), kind, payload

    def _fail(self, code: int, why: str) -> None:
        self.close(code, why)
        raise WebSocketClosed(code, f"the other side sent {why}")

    def _frame(self, kind: int, payload: bytes) -> None:
        length = len(payload)
        if length < 126:
            head = struct.pack("!BB", 0x80 | kind, 0x80 | length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | kind, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | kind, 0x80 | 127, length)
        mask = os.urandom(4)
        self._write(head + mask + _masked(payload, mask))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        deadline = time.monotonic() + SEND_TIMEOUT
        with self._sending:
            while view:
                if self._closed:
                    raise WebSocketClosed(1006, "the connection is closed")
                waits_for = selectors.EVENT_WRITE
                try:
                    with self._io:
                        view = view[self._sock.send(view) :]
                    continue
                except (BlockingIOError, InterruptedError, ssl.SSLWantWriteError):
                    pass
                except ssl.SSLWantReadError:
                    waits_for = selectors.EVENT_READ
                left = deadline - time.monotonic()
                if left <= 0:
                    # Half a frame has left: nothing can follow it.
                    self.drop()
                    raise WebSocketClosed(1006, "the other side takes nothing")
                self._ready(waits_for, min(left, 0.2))

    def _read(self) -> Optional[bytes]:
        """None: nothing is there yet; empty: it is over."""
        if self._closed:
            return b""
        try:
            with self._io:
                return self._sock.recv(65_536)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except OSError:
            return b""

    def _ready(self, events: int, timeout: float) -> bool:
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._sock, events)
            except (ValueError, OSError, KeyError):
                return True  # Closed meanwhile: the next look at it says so.
            return bool(selector.select(timeout))


def _masked(payload: bytes, mask: bytes) -> bytes:
    length = len(payload)
    if length == 0:
        return payload
    whole = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(whole, "little")).to_bytes(length, "little")


def _request(parts: urllib.parse.SplitResult, headers: Mapping[str, str], key: bytes) -> bytes:
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    lines = [
        f"GET {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1",
        f"Host: {shown}{':' + str(parts.port) if parts.port else ''}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key.decode('ascii')}",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header or the URL holds a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _head(sock: socket.socket, deadline: float) -> Tuple[bytes, bytes]:
    data = bytearray()
    while b"\r\n\r\n" not in data:
        left = deadline - time.monotonic()
        if left <= 0 or len(data) > MOST_HEAD_BYTES:
            raise socket.timeout("no answer to the handshake")
        sock.settimeout(left)
        chunk = sock.recv(4_096)
        if not chunk:
            raise ConnectionResetError("the connection was closed during the handshake")
        data += chunk
    head, _, rest = bytes(data).partition(b"\r\n\r\n")
    return head, rest


def _check(head: bytes, key: bytes) -> None:
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ConnectionResetError("the answer to the handshake is not HTTP")
    if words[1] != b"101":
        raise WebSocketRefused(int(words[1]))
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    expected = base64.b64encode(hashlib.sha1(key + _GUID).digest())
    if fields.get(b"sec-websocket-accept") != expected:
        raise ConnectionResetError("the answer to the handshake is none to this one")
