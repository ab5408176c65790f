from __future__ import annotations

import logging
import os
import re
import signal
import threading
import time
from collections import OrderedDict, deque
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Sequence

from . import errors
from ._backoff import Backoff
from ._http import path_of
from ._leases import LeaseKeeper
from ._outbox import Outbox
from ._task_run import Handler, TaskRun
from ._task_stream import TaskStream
from .client import Client

log = logging.getLogger("agent_orchestration")

UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
MOST_LOG_LINES_KEPT = 1_000
MOST_TOKENS_REMEMBERED = 10_000
#: Seconds that ``stop`` still waits for answers after the last handler has settled or been told to.
FLUSH = 3.0

Frame = Mapping[str, Any]


class Worker:
    """An agent that takes tasks from the control plane and runs them: registers, keeps its task stream open for ever, runs at
    most ``concurrency`` handlers at once (each in a thread), renews their leases, and reports each outcome until it is
    acknowledged.

    A task is run at least once; its completion counts once. What a handler must not do twice, it makes idempotent by
    ``task.task_id``. What it returns (JSON) is the task's result; an exception fails the attempt, which is repeated as the
    task's retry policy says.
    """

    def __init__(
        self,
        *,
        agent_id: str,
        agent_type: str = "worker",
        capabilities: Sequence[str] = (),
        handlers: Optional[Mapping[str, Handler]] = None,
        handler: Optional[Handler] = None,
        client: Optional[Client] = None,
        base_url: Optional[str] = None,
        api_key: Optional[str] = None,
        concurrency: int = 1,
        prefetch: int = 0,
        heartbeat_interval_seconds: Optional[float] = None,
        services: Optional[Sequence[str]] = None,
        endpoints: Optional[Mapping[str, str]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        version: Optional[str] = None,
        tags: Optional[Sequence[str]] = None,
        reconnect: Backoff = Backoff(0.2, 5.0),
        quiet: float = 10.0,
    ) -> None:
        """
        :param handlers: by the type of the task; ``@worker.task('…')`` adds one
        :param handler: for every type that ``handlers`` does not name
        :param client: or ``base_url`` (and ``api_key``): one of the two
        :param concurrency: how many tasks at once
        :param prefetch: how many more are fetched ahead, so that a slot that gets free has its next task at once
        :param reconnect: seconds between attempts to connect
        :param quiet: seconds of silence after which the connection is probed, and after 1.5 times of which it counts as lost
        """
        if client is None and base_url is None:
            raise errors.OrchestrationError("give a client or a base_url")
        if not 1 <= concurrency <= 1_000:
            raise errors.OrchestrationError(f"concurrency must be a whole number from 1 to 1,000, not {concurrency}")
        if not 0 <= prefetch <= 1_000:
            raise errors.OrchestrationError(f"prefetch must be a whole number from 0 to 1,000, not {prefetch}")
        self._owns_client = client is None
        self._client = client if client is not None else Client(api_key=api_key, base_url=base_url or "")
        self._agent_id = agent_id
        self._registration = {
            "agent_id": agent_id,
            "agent_type": agent_type,
            "capabilities": list(capabilities),
            "services": services,
            "endpoints": endpoints,
            "metadata": metadata,
            "version": version,
            "tags": tags,
            "max_concurrent_tasks": concurrency + prefetch,
            "heartbeat_interval_seconds": heartbeat_interval_seconds,
        }
        self._handlers: Dict[str, Handler] = dict(handlers or {})
        self._handler = handler
        self._concurrency = concurrency
        #: Tasks in hand at most, with those that wait for a slot.
        self._credit = concurrency + prefetch
        self._lock = threading.RLock()
        #: Something that ``stop`` waits for may be so now.
        self._changed = threading.Condition(self._lock)
        self._outbox = Outbox(self._send)
        self._leases = LeaseKeeper(self._send, self._lease_lost)
        self._runs: Dict[str, TaskRun] = {}
        self._by_task: Dict[str, TaskRun] = {}
        self._waiting: "OrderedDict[str, TaskRun]" = OrderedDict()
        #: Lease tokens that are over: a late repetition of their assignment is recognised.
        self._over: "OrderedDict[str, None]" = OrderedDict()
        self._unsent_logs: Deque[Frame] = deque(maxlen=MOST_LOG_LINES_KEPT)
        self._running = 0
        self._abandoned = 0
        self._load = _LoadMeter()
        self._heartbeat = 30.0
        self._next_beat = float("inf")
        self._phase = "new"
        self._error: Optional[BaseException] = None
        self._connected = threading.Event()
        self._ended = threading.Event()
        self._wake = threading.Event()
        http = self._client._http
        secure = http.scheme == "https"
        host = f"[{http.host}]" if ":" in http.host else http.host
        path = http.prefix + path_of("/api/v1/agents", agent_id, "/task-stream")
        self._stream = TaskStream(
            f"{'wss' if secure else 'ws'}://{host}:{http.port}{path}",
            http.authorization(),
            self,
            self._register,
            backoff=reconnect,
            quiet=quiet,
            ssl_context=http.ssl_context,
        )

    def _register(self) -> None:
        # An id of the control plane: somebody has made the agent already, and said what it is.
        if not UUID.fullmatch(self._agent_id):
            self._client.agents.register(**self._registration)

    def task(self, type: str) -> Callable[[Handler], Handler]:  # noqa: A002 - the API's word
        """``@worker.task('text.count')`` above the handler of tasks of that type."""

        def decorate(handler: Handler) -> Handler:
            self._handlers[type] = handler
            return handler

        return decorate

    def start(self) -> None:
        """Returns once connected; keeps trying while the control plane cannot be reached.

        :raises ApiError, SupersededError: when it refuses the registration or the credentials, or another took over at once"""
        with self._lock:
            if self._phase != "new":
                raise errors.OrchestrationError("a worker can be started once")
            if not self._handlers and self._handler is None:
                raise errors.OrchestrationError("give a handler or handlers")
            self._phase = "started"
        threading.Thread(target=self._clock, name="agent-orchestration-clock", daemon=True).start()
        self._stream.start()
        self._connected.wait()
        if self._error is not None:
            raise self._error

    def run(self, *, grace: float = 10.0) -> None:
        """Starts, and stops in good order at SIGTERM or SIGINT. For the main thread of a program that is a worker.

        :raises ApiError, SupersededError: when it ended by itself"""
        told = threading.Event()
        before = {name: signal.signal(name, lambda *_: told.set()) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            starting = threading.Thread(target=self._start_quietly, daemon=True)
            starting.start()
            # With a timeout, because a wait without one is not interrupted by signals on every system.
            while not told.wait(0.5) and not self._ended.is_set():
                pass
            self.stop(grace=grace)
            self.wait()
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Waits until the worker has ended; False: it has not by then.

        :raises ApiError, SupersededError: when it ended by itself"""
        ended = self._ended.wait(timeout)
        if ended and self._error is not None:
            raise self._error
        return ended

    def stop(self, *, grace: float = 10.0) -> None:
        """Takes no new task, lets those in hand finish for at most ``grace`` seconds, tells the rest to stop and returns them,
        and tells the control plane that the agent is gone."""
        with self._lock:
            if self._phase in ("stopping", "ended"):
                stopping = self._phase == "stopping"
            else:
                stopping = False
                was_started, self._phase = self._phase == "started", "stopping"
                self._send_credit()
                for run in list(self._waiting.values()):
                    self._give_back(run, "the agent stops")
                self._changed.wait_for(lambda: self._running == 0 or self._phase == "ended", grace)
                for run in list(self._runs.values()):
                    if run.state == "running":
                        self._abandon(run, errors.WorkerStoppedError("the worker stops and its grace has passed"))
                        self._give_back(run, "the agent stopped before the task was done")
                if self._stream.is_open:
                    self._changed.wait_for(lambda: len(self._outbox) == 0 or self._phase == "ended", FLUSH)
                if self._phase == "ended":
                    return
        if self._phase == "ended":
            return
        if stopping:
            self._ended.wait()
            return
        self._stream.end()
        # Otherwise the agent would count as present, and be given tasks, until its heartbeats are missed.
        if was_started and self._connected.is_set():
            try:
                self._client._http.json(
                    "PUT", path_of("/agents", self._agent_id, "/status"), body={"status": "stale"}, timeout=2.0, retries=0
                )
            except errors.OrchestrationError as error:
                log.info("the control plane could not be told that the agent is gone: %s", error)
        self._finish(None)

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    # What the stream tells, in its thread.

    def opened(self, welcome: Frame) -> None:
        with self._lock:
            self._send_credit()
            self._outbox.resend()
            self._leases.renew_all()
            lines, self._unsent_logs = self._unsent_logs, deque(maxlen=MOST_LOG_LINES_KEPT)
            for frame in lines:
                self._tell(frame)
            self._heartbeat = float(welcome["heartbeatInterval"])
            self._beat()
        log.info("connected as %s", welcome.get("agentId"))
        self._connected.set()
        self._wake.set()

    def received(self, frame: Frame) -> None:
        with self._lock:
            kind = frame["type"]
            if kind == "task_assigned":
                self._assigned(frame["task"])
            elif kind == "task_cancelled":
                run = self._by_task.get(frame["taskId"])
                if run is not None:
                    self._abandon(run, errors.TaskCancelledError(frame.get("reason") or "cancelled"))
            elif kind in ("ack", "error") and not self._leases.answered(frame):
                self._outbox.answered(frame)
                self._changed.notify_all()

    def over(self, error: Optional[BaseException]) -> None:
        self._finish(error)

    # The rest holds the lock.

    def _start_quietly(self) -> None:
        try:
            self.start()
        except Exception:  # ``wait`` tells it.
            self._ended.wait()

    def _assigned(self, task: Frame) -> None:
        token = task["leaseToken"]
        if token in self._runs or token in self._over or self._phase == "ended":
            return
        # The same task under a new lease: the control plane has given up on the old one.
        earlier = self._by_task.get(task["taskId"])
        if earlier is not None:
            self._abandon(earlier, errors.LeaseLostError("the task was assigned anew"))
        run = TaskRun(task, self._lock, self._tell, self._deliver_usage)
        self._runs[token] = run
        self._by_task[task["taskId"]] = run
        self._waiting[token] = run
        self._leases.keep(task)
        self._wake.set()
        if self._phase == "started":
            self._start_waiting()
        else:
            self._give_back(run, "the agent stops")

    def _start_waiting(self) -> None:
        while self._waiting and self._running < self._concurrency and self._phase == "started":
            _, run = self._waiting.popitem(last=False)
            run.state = "running"
            self._running += 1
            started = {"type": "task_started", **run.lease}
            self._outbox.deliver(started, refused=lambda error, run=run: self._start_refused(run, error))
            name = f"agent-orchestration-task-{run.context.task_id}"
            threading.Thread(target=self._execute, args=(run,), name=name, daemon=True).start()

    def _execute(self, run: TaskRun) -> None:
        """In a thread of its own, without the lock."""
        failure, result = run.execute(self._handlers.get(run.context.type, self._handler))
        with self._lock:
            self._running -= 1
            if run.state == "running":
                self._report(run, failure, result)
            else:
                self._abandoned -= 1
                self._send_credit()
            self._start_waiting()
            self._changed.notify_all()

    def _report(self, run: TaskRun, failure: Optional[Frame], result: Any) -> None:
        """Until acknowledged or refused; the lease is renewed meanwhile, because until then the task is this worker's."""
        run.state = "reporting"
        frame: Dict[str, Any] = {"type": "task_complete", **run.lease, "success": failure is None}
        frame.update({"result": result} if failure is None else {"error": failure})

        def refused(error: errors.ApiError) -> None:
            if failure is None and error.status in (400, 413, 422):
                message = f"the result was refused: {error}"[:4_096]
                self._report(run, {"class": "ResultRefused", "message": message, "retryable": False}, None)
                return
            log.warning("the outcome of task %s counts for nothing: %s", run.context.task_id, error)
            self._forget(run)

        self._outbox.deliver(frame, done=lambda ack: self._forget(run), refused=refused)

    def _start_refused(self, run: TaskRun, error: errors.ApiError) -> None:
        over = isinstance(error, (errors.LeaseSupersededError, errors.TaskEndedError, errors.NotFoundError))
        if over and run.state == "running":
            self._abandon(run, errors.LeaseLostError(str(error)))

    def _lease_lost(self, token: str, why: str) -> None:
        run = self._runs.get(token)
        # A finished task's outcome is still delivered: whether it counts is for the control plane to say.
        if run is not None and run.state != "reporting":
            self._abandon(run, errors.LeaseLostError(f"task {run.context.task_id} was lost: {why}"))

    def _abandon(self, run: TaskRun, reason: Exception) -> None:
        """Its result is not wanted any more. The handler keeps its slot until it settles, so the credit shrinks by it."""
        if run.state in ("abandoned", "reporting"):
            return
        was_running = run.state == "running"
        run.abandon(reason)
        self._forget(run)
        if was_running:
            self._abandoned += 1
            self._send_credit()
            log.info("task %s: %s", run.context.task_id, reason)

    def _give_back(self, run: TaskRun, reason: str) -> None:
        self._outbox.deliver({"type": "task_return", **run.lease, "reason": reason})
        self._forget(run)

    def _forget(self, run: TaskRun) -> None:
        self._runs.pop(run.token, None)
        self._waiting.pop(run.token, None)
        if self._by_task.get(run.context.task_id) is run:
            del self._by_task[run.context.task_id]
        self._over[run.token] = None
        if len(self._over) > MOST_TOKENS_REMEMBERED:
            self._over.popitem(last=False)
        self._leases.release(run.token)

    def _send(self, frame: Frame) -> bool:
        return self._stream.send(frame)

    def _send_credit(self) -> None:
        credit = max(0, self._credit - self._abandoned) if self._phase == "started" else 0
        self._send({"type": "ready", "maxConcurrentTasks": credit})

    def _tell(self, frame: Frame) -> None:
        if not self._send(frame) and frame["type"] == "task_log":
            self._unsent_logs.append(frame)

    def _deliver_usage(self, run: TaskRun, reports: List[Frame]) -> None:
        def refused(error: errors.ApiError) -> None:
            log.warning("usage reported of task %s does not count: %s", run.context.task_id, error)

        self._outbox.deliver({"type": "task_usage", **run.lease, "reports": reports}, refused=refused)

    def _beat(self) -> None:
        self._next_beat = time.monotonic() + self._heartbeat
        self._send({"type": "heartbeat", "loadMetrics": self._load.read(self._running, len(self._waiting))})

    def _clock(self) -> None:
        """All that happens by time, in a thread of its own."""
        while not self._ended.is_set():
            with self._lock:
                now = time.monotonic()
                self._outbox.tick(now)
                self._leases.tick(now)
                for run in list(self._runs.values()):
                    run.tick(now)
                if now >= self._next_beat:
                    self._beat()
                period = min(self._leases.period(), 0.1 if self._runs else 1.0, max(self._next_beat - now, 0.01))
            self._wake.wait(period)
            self._wake.clear()

    def _finish(self, error: Optional[BaseException]) -> None:
        with self._lock:
            if self._phase == "ended":
                return
            self._phase = "ended"
            self._error = error
            for run in self._runs.values():
                if run.state != "reporting":
                    reason = error if isinstance(error, Exception) else errors.WorkerStoppedError("the worker has stopped")
                    run.abandon(reason)
            self._runs.clear()
            self._waiting.clear()
            self._leases.clear()
            self._outbox.clear()
            self._changed.notify_all()
        self._stream.end()
        if self._owns_client:
            self._client.close()
        self._ended.set()
        self._connected.set()
        self._wake.set()


class _LoadMeter:
    """What a worker reports of its load with each heartbeat."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._cpu = time.process_time()

    def read(self, running: int, waiting: int) -> Dict[str, float]:
        now, cpu = time.monotonic(), time.process_time()
        share = (cpu - self._cpu) / max(now - self._at, 0.001)
        self._at, self._cpu = now, cpu
        load: Dict[str, float] = {
            "active_connections": running,
            "pending_tasks": waiting,
            "cpu_usage": round(share * 100, 1),
        }
        memory = _memory_share()
        return load if memory is None else {**load, "memory_usage": round(memory * 100, 1)}


def _memory_share() -> Optional[float]:
    """Of this machine's memory; None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            pages = int(statm.read().split()[1])
        return pages / os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, IndexError, AttributeError):
        return None
