"""A server that answers as a test says, and one that speaks just enough of RFC 6455 to misbehave."""

import base64
import hashlib
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LocalServer:
    """``server.answers['GET /x']`` is what is answered: a list of (status, headers, body), the last of them stays; a function
    of the request; ``'reset'`` breaks the connection, ``'half'`` stops in the middle of an answer."""

    def __init__(self):
        self.requests = []
        self.answers = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                length = int(self.headers.get("content-length") or 0)
                raw = self.rfile.read(length)
                path, _, query = self.path.partition("?")
                request = {
                    "route": f"{self.command} {path}",
                    "query": query,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": json.loads(raw) if raw else None,
                    "connection": self.client_address,
                }
                outer.requests.append(request)
                answer = outer.answers.get(request["route"], (404, {}, {"status": 404, "detail": "no such route"}))
                if callable(answer):
                    answer = answer(request)
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                if answer == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.connection.close()
                    return
                status, headers, body = (200, {}, None) if answer == "half" else answer
                text = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(text) + (100 if answer == "half" else 0)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)
                if answer == "half":
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except (OSError, ValueError):
                    pass

            def finish(self):
                try:
                    super().finish()
                except (OSError, ValueError):
                    pass

        class Server(ThreadingHTTPServer):
            def shutdown_request(self, request):
                try:
                    super().shutdown_request(request)
                except OSError:
                    pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def to(self, route):
        return [request for request in self.requests if request["route"] == route]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class SocketServer:
    """One connection at a time: ``serve(connection, head)`` is the test's."""

    def __init__(self, serve):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}/x"
        self._serve = serve
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4_096)
                try:
                    self._serve(connection, head)
                except OSError:
                    pass

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def welcome(connection, head):
    """The answer to the handshake."""
    key = next(line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def frame(kind, payload=b"", final=True, length=None):
    """As a server sends one."""
    size = len(payload) if length is None else length
    first = (0x80 if final else 0) | kind
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 65_536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def read_frame(connection):
    """(kind, payload) of what a client sent; it must be masked."""
    first, second = exactly(connection, 2)
    assert second & 0x80, "a client masks"
    size = second & 0x7F
    if size >= 126:
        size = int.from_bytes(exactly(connection, 2 if size == 126 else 8), "big")
    mask = exactly(connection, 4)
    data = exactly(connection, size)
    return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def exactly(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionResetError("closed")
        data += chunk
    return data
