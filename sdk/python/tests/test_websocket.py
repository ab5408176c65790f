import struct
import threading
import unittest

from agent_orchestration._websocket import WebSocket, WebSocketClosed, WebSocketRefused
from tests.local_server import SocketServer, frame, read_frame, welcome

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class WebSockets(unittest.TestCase):
    def connect(self, serve, **options):
        def shaken(connection, head):
            self.head = head
            welcome(connection, head)
            serve(connection)

        server = SocketServer(shaken)
        self.addCleanup(server.close)
        socket = WebSocket.connect(server.url, {"Authorization": "Bearer x"}, timeout=5, **options)
        self.addCleanup(socket.release)
        return socket

    def sends(self, *data):
        """A server that says this and then waits for the other side to end it."""
        self.answers = []

        def serve(connection):
            for each in data:
                connection.sendall(each)
            while True:
                self.answers.append(read_frame(connection))

        return self.connect(serve)

    def test_messages_of_every_length_go_both_ways(self):
        texts = ["", "a", "x" * 125, "y" * 126, "z" * 65_535, "ключ ✓ " * 20_000]

        def echo(connection):
            for _ in texts:
                kind, payload = read_frame(connection)
                connection.sendall(frame(kind, payload))

        socket = self.connect(echo)
        for text in texts:
            socket.send(text)
            self.assertEqual(socket.receive(5), text)
        self.assertIn(b"Authorization: Bearer x", self.head)

    def test_fragments_are_put_together_and_control_frames_between_them_answered(self):
        whole = "ключ".encode()
        data = frame(TEXT, whole[:3], final=False) + frame(PING, b"there?") + frame(0, whole[3:5], final=False)
        socket = self.sends(*(data[at : at + 1] for at in range(len(data))), frame(0, whole[5:]), frame(PONG))
        self.assertEqual(socket.receive(5), "ключ")
        self.assertIsNone(socket.receive(0.01))
        self.assertEqual(self.answers, [(PONG, b"there?")])

    def test_several_messages_in_one_piece_are_told_one_by_one(self):
        socket = self.sends(frame(TEXT, b"1") + frame(TEXT, b"2") + frame(TEXT, b"3"))
        self.assertEqual([socket.receive(5) for _ in range(3)], ["1", "2", "3"])

    def test_a_close_is_answered_and_told(self):
        socket = self.sends(frame(CLOSE, struct.pack("!H", 4409) + "another".encode()))
        with self.assertRaises(WebSocketClosed) as caught:
            socket.receive(5)
        self.assertEqual((caught.exception.code, caught.exception.reason), (4409, "another"))
        with self.assertRaises(WebSocketClosed):
            socket.send("x")

    def test_what_breaks_the_protocol_ends_it(self):
        for name, data, code in [
            ("masked", b"\x81\x81\x00\x00\x00\x00x", 1002),
            ("a bit of an extension", b"\xc1\x01x", 1002),
            ("a fragment of nothing", frame(0, b"x"), 1002),
            ("a message within a message", frame(TEXT, b"x", final=False) + frame(TEXT, b"y"), 1002),
            ("a control frame in pieces", frame(PING, b"x", final=False), 1002),
            ("a control frame that is long", frame(PING, b"x" * 126), 1002),
            ("an unknown kind", frame(5, b"x"), 1002),
            ("not text", frame(BINARY, b"x"), 1003),
            ("not UTF-8", frame(TEXT, b"\xff"), 1007),
            ("too large", frame(TEXT, b"", length=1 << 40), 1009),
        ]:
            with self.subTest(name), self.assertRaises(WebSocketClosed) as caught:
                self.sends(data).receive(5)
            self.assertEqual(caught.exception.code, code)

    def test_a_cut_line_is_told(self):
        socket = self.connect(lambda connection: connection.sendall(frame(TEXT, b"half")[:3]))
        with self.assertRaises(WebSocketClosed) as caught:
            socket.receive(5)
        self.assertEqual(caught.exception.code, 1006)

    def test_who_receives_is_woken_by_a_close_of_another_thread(self):
        socket = self.sends()
        told = []

        def receive():
            try:
                socket.receive(60)
            except WebSocketClosed as closed:
                told.append(closed.code)

        waiting = threading.Thread(target=receive)
        waiting.start()
        socket.close()
        waiting.join(10)
        self.assertEqual(told, [1006])

    def test_a_refused_handshake_and_one_that_is_none_are_told(self):
        for answer, expected in [
            (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", WebSocketRefused),
            (b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n", ConnectionResetError),
            (b"SSH-2.0-OpenSSH\r\n\r\n", ConnectionResetError),
            (b"", ConnectionResetError),
        ]:
            server = SocketServer(lambda connection, head, answer=answer: connection.sendall(answer))
            self.addCleanup(server.close)
            with self.subTest(answer), self.assertRaises(expected):
                WebSocket.connect(server.url, {}, timeout=5)
        with self.assertRaises(ValueError):
            WebSocket.connect(server.url, {"X": "a\r\nb: c"}, timeout=5)
