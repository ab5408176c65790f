"""A worker against a control plane that breaks off, repeats itself and takes back."""

import json
import queue
import threading
import unittest
import uuid

from agent_orchestration import Backoff, ForbiddenError, LeaseLostError, OrchestrationError, SupersededError, Worker
from agent_orchestration._task_run import as_json, failure_of, storable
from agent_orchestration import NonRetryableError, TaskFailedError
from tests.local_server import SocketServer, frame, read_frame, welcome

TEXT, CLOSE = 1, 8


class ControlPlane:
    """Registers whoever comes, and hands each socket to the next of the sessions."""

    def __init__(self, *sessions):
        self.sessions = list(sessions)
        self.registered = 0
        self.frames = queue.Queue()
        self.server = SocketServer(self._serve)
        self.url = self.server.url.replace("ws://", "http://")[: -len("/x")]

    def _serve(self, connection, head):
        if b"upgrade: websocket" not in head.lower():
            head, _, body = head.partition(b"\r\n\r\n")
            size = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")))
            while len(body) < size:
                body += connection.recv(size - len(body))
            if b"/agents/register" in head:
                self.registered += 1
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            return
        session = self.sessions.pop(0) if self.sessions else (lambda plane: plane.listen())
        if isinstance(session, int):
            connection.sendall(b"HTTP/1.1 %d No\r\ncontent-length: 0\r\n\r\n" % session)
            return
        self.connection = connection
        welcome(connection, head)
        self.say({"type": "welcome", "agentId": "a", "epoch": 1, "heartbeatInterval": 30})
        session(self)

    def say(self, message):
        self.connection.sendall(frame(TEXT, json.dumps(message).encode()))

    def hear(self, kind, answer=True):
        """The next frame of this kind; what comes before it is acknowledged, as it is itself unless told otherwise."""
        while True:
            opcode, payload = read_frame(self.connection)
            if opcode == CLOSE:
                raise ConnectionResetError("closed")
            message = json.loads(payload)
            self.frames.put(message)
            wanted = message["type"] == kind
            if "id" in message and (answer or not wanted):
                self.say({"type": "ack", "id": message["id"]})
            if wanted:
                return message

    def listen(self):
        self.hear("nothing")

    def assign(self, **changes):
        task = {
            "taskId": str(uuid.uuid4()),
            "taskType": "job",
            "priority": 40,
            "payload": {"n": 1},
            "createdAt": "2026-01-01T00:00:00Z",
            "attempt": 1,
            "leaseToken": str(uuid.uuid4()),
            "leaseExpiresAt": "2026-01-01T00:01:00Z",
            "timeout": 60,
            **changes,
        }
        self.say({"type": "task_assigned", "task": task})
        return task


class Workers(unittest.TestCase):
    def start(self, *sessions, handler, **options):
        plane = ControlPlane(*sessions)
        self.addCleanup(plane.server.close)
        options = {"agent_id": "a", "reconnect": Backoff(0.01, 0.05), **options}
        worker = Worker(base_url=plane.url, handler=handler, **options)
        self.addCleanup(worker.stop, grace=0.0)
        worker.start()
        return plane, worker

    def test_an_outcome_is_sent_again_after_a_cut_until_it_is_acknowledged(self):
        told = queue.Queue()

        def cuts(plane):
            plane.assign()
            told.put(plane.hear("task_complete", answer=False))

        def comes_back(plane):
            told.put(plane.hear("task_complete"))
            plane.listen()

        self.start(cuts, comes_back, handler=lambda task: {"n": task.payload.n})
        first, again = told.get(timeout=10), told.get(timeout=10)
        self.assertEqual(first, again)
        self.assertEqual((first["success"], first["result"]), (True, {"n": 1}))

    def test_a_repeated_assignment_is_run_once(self):
        runs = []
        done = threading.Event()

        def repeats(plane):
            task = plane.assign()
            plane.assign(**task)
            plane.hear("task_complete")
            plane.assign(**task)
            plane.assign(taskType="last")
            plane.hear("task_complete")
            done.set()
            plane.listen()

        self.start(repeats, handler=lambda task: runs.append(task.type))
        self.assertTrue(done.wait(10))
        self.assertEqual(runs, ["job", "last"])

    def test_a_lease_that_is_lost_tells_the_handler_and_its_result_is_not_sent(self):
        reasons = queue.Queue()

        def takes_back(plane):
            task = plane.assign(timeout=0.3)
            renewal = plane.hear("lease_renew", answer=False)
            plane.say({"type": "ack", "id": renewal["id"], "result": {"lost": [task["taskId"]]}})
            plane.listen()

        def handler(task):
            try:
                task.sleep(20)
            except Exception as reason:
                reasons.put(reason)
                raise

        plane, _ = self.start(takes_back, handler=handler)
        self.assertIsInstance(reasons.get(timeout=10), LeaseLostError)
        self.assertNotIn("task_complete", [message["type"] for message in list(plane.frames.queue)])

    def test_a_lease_that_nobody_renews_is_lost_by_itself(self):
        reasons = queue.Queue()

        def says_nothing(plane):
            plane.assign(timeout=0.3)
            while True:
                plane.hear("lease_renew", answer=False)

        def handler(task):
            task.cancelled.wait(20)
            try:
                task.raise_if_cancelled()
            except LeaseLostError as reason:
                reasons.put(str(reason))

        self.start(says_nothing, handler=handler)
        self.assertIn("could not be renewed in time", reasons.get(timeout=10))

    def test_a_refusal_of_the_result_fails_the_attempt(self):
        told = queue.Queue()

        def refuses(plane):
            plane.assign()
            sent = plane.hear("task_complete", answer=False)
            plane.say({"type": "error", "id": sent["id"], "status": 503, "code": "busy", "detail": "later"})
            again = plane.hear("task_complete", answer=False)
            plane.say({"type": "error", "id": again["id"], "status": 422, "code": "x", "detail": "too deep"})
            told.put(plane.hear("task_complete"))
            plane.listen()

        self.start(refuses, handler=lambda task: 1)
        failed = told.get(timeout=10)
        self.assertEqual((failed["success"], failed["error"]["class"]), (False, "ResultRefused"))
        self.assertFalse(failed["error"]["retryable"])

    def test_an_agent_that_is_not_known_any_more_registers_again(self):
        back = threading.Event()

        def comes_back(plane):
            back.set()
            plane.listen()

        def forgets(plane):
            plane.hear("heartbeat")
            plane.connection.sendall(frame(CLOSE, (4404).to_bytes(2, "big")))

        plane, _ = self.start(forgets, 404, 503, comes_back, handler=lambda task: 1)
        self.assertTrue(back.wait(10))
        self.assertEqual(plane.registered, 3)

    def test_an_agent_that_the_control_plane_made_is_taken_as_it_is(self):
        there = threading.Event()

        def welcomes(plane):
            there.set()
            plane.listen()

        plane, _ = self.start(welcomes, agent_id=str(uuid.uuid4()), handler=lambda task: 1)
        self.assertTrue(there.wait(10))
        self.assertEqual(plane.registered, 0)

    def test_silence_is_a_lost_connection(self):
        back = threading.Event()

        def is_silent(plane):
            while True:
                read_frame(plane.connection)

        def comes_back(plane):
            back.set()
            plane.listen()

        self.start(is_silent, comes_back, handler=lambda task: 1, quiet=0.2)
        self.assertTrue(back.wait(10))

    def test_it_ends_when_it_is_superseded_or_forbidden(self):
        def supersedes(plane):
            plane.connection.sendall(frame(CLOSE, (4409).to_bytes(2, "big") + b"another"))

        plane = ControlPlane(supersedes)
        self.addCleanup(plane.server.close)
        worker = Worker(base_url=plane.url, agent_id="a", handler=lambda task: 1)
        with self.assertRaises(SupersededError):
            worker.start()
            worker.wait(10)
        plane = ControlPlane(403)
        self.addCleanup(plane.server.close)
        with self.assertRaises(ForbiddenError):
            Worker(base_url=plane.url, agent_id="a", handler=lambda task: 1).start()

    def test_what_is_fetched_ahead_is_given_back_at_a_stop(self):
        begun = threading.Event()
        ready = threading.Event()

        def assigns(plane):
            self.assertEqual(plane.hear("ready")["maxConcurrentTasks"], 2)
            plane.assign(taskType="first")
            plane.assign(taskType="second")
            plane.hear("task_started")
            ready.set()
            plane.listen()

        def handler(task):
            begun.set()
            task.cancelled.wait(20)

        plane, worker = self.start(assigns, handler=handler, prefetch=1)
        self.assertTrue(begun.wait(10) and ready.wait(10))
        worker.stop(grace=0.0)
        sent = [message["type"] for message in list(plane.frames.queue)]
        self.assertEqual(sent.count("task_return"), 2)
        self.assertNotIn("task_complete", sent)

    def test_it_says_what_it_cannot_begin_with(self):
        for options in ({}, {"base_url": "http://x", "concurrency": 0}, {"base_url": "http://x", "prefetch": -1}):
            with self.assertRaises(OrchestrationError):
                Worker(agent_id="a", handler=lambda task: 1, **options)
        with self.assertRaisesRegex(OrchestrationError, "handler"):
            Worker(agent_id="a", base_url="http://x").start()


class Outcomes(unittest.TestCase):
    def test_results_are_json_within_the_limits(self):
        self.assertEqual(as_json((1, None, {"a": "ü"})), [1, None, {"a": "ü"}])
        deep = nested = []
        for _ in range(40):
            nested.append([])
            nested = nested[0]
        for wrong in (float("inf"), object(), deep, "x" * 300_000, b"x"):
            with self.assertRaises(NonRetryableError):
                as_json(wrong)

    def test_failures_are_what_the_log_keeps(self):
        self.assertEqual(
            failure_of(TaskFailedError("busy", failure_class="Busy", retryable=True, retry_after=1.5)),
            {"class": "Busy", "message": "busy", "retryable": True, "retry_after_ms": 1_500},
        )
        self.assertEqual(failure_of(KeyError("x"))["class"], "KeyError")
        self.assertFalse(failure_of(NonRetryableError("no"))["retryable"])
        self.assertEqual(failure_of(ValueError())["message"], "ValueError")
        self.assertEqual(storable("a\0b\ud800c😀", 5), "a\ufffdb\ufffdc")
