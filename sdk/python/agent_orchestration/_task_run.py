from __future__ import annotations

import asyncio
import datetime
import inspect
import json
import threading
import time
import uuid
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from . import errors
from ._http import encoded
from .records import Record

PROGRESS_EVERY = 0.1
USAGE_GATHERED = 0.05
MOST_REPORTS_PER_FRAME = 100
#: The limits of the task stream: 256 KiB per frame, of which the rest of the frame needs some, and 32 levels of JSON.
MOST_RESULT_BYTES = 250 * 1024
MOST_DEPTH = 31
LONGEST_RETRY_AFTER_MS = 86_400_000
LOG_LEVELS = ("debug", "info", "warn", "error")

Frame = Mapping[str, Any]
Handler = Callable[["TaskContext"], Any]


class TaskContext:
    """A task in the hands of its handler."""

    def __init__(self, run: "TaskRun") -> None:
        task = run.task
        self._run = run
        self.task_id: str = task["taskId"]
        self.type: str = task["taskType"]
        self.payload = Record(task["payload"])
        self.priority: int = task["priority"]
        #: 1 for the first attempt.
        self.attempt: int = task["attempt"]
        self.created_at: str = task["createdAt"]
        #: The secrets that the task names, by the names given there.
        self.credentials: Dict[str, str] = dict(task.get("credentials") or {})
        #: Set when the result will not be wanted any more: look at it, or wait on it, in whatever takes time.
        self.cancelled = run.abandoned

    def progress(self, percent: float, message: Optional[str] = None) -> None:
        """Per cent, 0 to 100. Telemetry: the newest value counts, one in between may be left out."""
        self._run.progress(percent, message)

    def log(self, message: str, level: str = "info") -> None:
        """One line for the task's log (``debug``, ``info``, ``warn``, ``error``). Telemetry: kept while the connection is
        down, up to a bound."""
        if level not in LOG_LEVELS:
            raise ValueError(f"level must be one of {', '.join(LOG_LEVELS)}, not '{level}'")
        self._run.log(message, level)

    def report_usage(
        self,
        *,
        provider: str,
        model: str,
        input_tokens: int,
        output_tokens: int,
        cached_input_tokens: int = 0,
        duration: float = 0.0,
        cost: Optional[Mapping[str, Any]] = None,
        report_id: Optional[str] = None,
    ) -> None:
        """Counts what was used of a model, towards the installation's costs and budgets. Delivered until it is acknowledged,
        and counted once; after a cancellation too, for what was spent was spent.

        :param duration: seconds that the calls took
        :param cost: ``{'amount': …, 'currency': …}``, what the provider charged: counts where the price table has no price
        :param report_id: a UUID of your own, where the same usage may be reported again: it counts once
        :raises ValueError: for figures that cannot be
        """
        _require_text("provider", provider, 128)
        _require_text("model", model, 200)
        _require_whole("input_tokens", input_tokens, 1_000_000_000)
        _require_whole("output_tokens", output_tokens, 1_000_000_000)
        _require_whole("cached_input_tokens", cached_input_tokens, input_tokens)
        milliseconds = round(duration * 1_000)
        _require_whole("duration in milliseconds", milliseconds, 604_800_000)
        report: Dict[str, Any] = {
            "reportId": report_id or str(uuid.uuid4()),
            "provider": provider,
            "model": model,
            "inputTokens": input_tokens,
            "outputTokens": output_tokens,
            "cachedInputTokens": cached_input_tokens,
            "durationMs": milliseconds,
        }
        if cost is not None:
            report["cost"] = {"amount": cost["amount"], "currency": cost["currency"]}
        self._run.use(report)

    def raise_if_cancelled(self) -> None:
        """:raises TaskCancelledError, LeaseLostError, WorkerStoppedError: when the result is not wanted any more"""
        if self.cancelled.is_set() and self._run.abandoned_because is not None:
            raise self._run.abandoned_because

    def sleep(self, seconds: float) -> None:
        """As ``time.sleep``, and ends at once when the result is not wanted any more.

        :raises TaskCancelledError, LeaseLostError, WorkerStoppedError:"""
        self.cancelled.wait(seconds)
        self.raise_if_cancelled()


class TaskRun:
    """One acquisition of a task by this worker.

    waiting ──slot free──▶ running ──handler settled──▶ reporting ──acknowledged or refused──▶ (gone)
       └────────┬─────────────┘
                └─cancelled, or lease over──▶ abandoned ──handler settled──▶ (gone)
    """

    def __init__(
        self,
        task: Frame,
        lock: Any,
        tell: Callable[[Frame], None],
        deliver_usage: Callable[["TaskRun", List[Frame]], None],
    ) -> None:
        self.task = task
        self.token: str = task["leaseToken"]
        self.lease = {"taskId": task["taskId"], "leaseToken": self.token}
        self.state = "waiting"
        self.abandoned = threading.Event()
        self.abandoned_because: Optional[Exception] = None
        self._lock = lock
        self._tell = tell
        self._deliver_usage = deliver_usage
        self._progress: Optional[Frame] = None
        self._progress_at = float("-inf")
        self._reports: List[Frame] = []
        self._reported_at = 0.0
        self.context = TaskContext(self)

    def execute(self, handler: Optional[Handler]) -> Tuple[Optional[Frame], Any]:
        """What the handler makes of it: a failure, or None and a JSON value. Raises nothing."""
        if handler is None:
            message = f"this agent has no handler for tasks of type '{self.context.type}'"
            return {"class": "NoHandler", "message": message, "retryable": True}, None
        try:
            result = handler(self.context)
            if inspect.isawaitable(result):
                result = asyncio.run(_awaited(result))
            return None, as_json(result)
        except Exception as error:
            return failure_of(error), None
        except SystemExit as error:  # Of the handler, not of the worker.
            return failure_of(error), None
        finally:
            with self._lock:
                self._progress = None
                # On its way before the outcome; what is told later goes after it, for it was used all the same.
                self._flush_usage()

    def abandon(self, reason: Exception) -> None:
        """The result is not wanted any more."""
        self.state = "abandoned"
        self.abandoned_because = reason
        self.abandoned.set()

    def progress(self, percent: float, message: Optional[str]) -> None:
        share = min(max(float(percent), 0.0), 100.0) if percent == percent else 0.0
        with self._lock:
            if self.state != "running":
                return
            frame: Dict[str, Any] = {"type": "task_progress", **self.lease, "progress": share}
            if message is not None:
                frame["message"] = storable(message, 1_000)
            self._progress = frame
            self.tick(time.monotonic())

    def log(self, message: str, level: str) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        timestamp = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = storable(message, 8_192)
        with self._lock:
            if self.state == "running":
                self._tell({"type": "task_log", **self.lease, "level": level, "message": text, "timestamp": timestamp})

    def use(self, report: Frame) -> None:
        with self._lock:
            if not self._reports:
                self._reported_at = time.monotonic()
            self._reports.append(report)
            if len(self._reports) >= MOST_REPORTS_PER_FRAME or self.state not in ("running", "waiting"):
                self._flush_usage()

    def tick(self, now: float) -> None:
        if self._progress is not None and now - self._progress_at >= PROGRESS_EVERY:
            frame, self._progress, self._progress_at = self._progress, None, now
            self._tell(frame)
        if self._reports and now - self._reported_at >= USAGE_GATHERED:
            self._flush_usage()

    def _flush_usage(self) -> None:
        if self._reports:
            reports, self._reports = self._reports, []
            self._deliver_usage(self, reports)


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


def failure_of(error: BaseException) -> Frame:
    """What is sent instead of an error: its class and message, cut to what the log keeps."""
    message = storable(str(error) or type(error).__name__, 4_096)
    if isinstance(error, errors.TaskFailedError):
        failure: Dict[str, Any] = {
            "class": storable(error.failure_class or "Error", 128),
            "message": message,
            "retryable": error.retryable,
        }
        if error.retry_after is not None:
            failure["retry_after_ms"] = min(max(round(error.retry_after * 1_000), 0), LONGEST_RETRY_AFTER_MS)
        return failure
    retryable = not isinstance(error, errors.NonRetryableError)
    return {"class": storable(type(error).__name__, 128), "message": message, "retryable": retryable}


def as_json(result: Any) -> Any:
    """The result as it will be read. What cannot be sent is an error of the handler, found here, because a frame above its
    limit would cost the connection."""
    try:
        text = encoded(result)
        plain = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise errors.NonRetryableError(f"the handler's result is not JSON: {error}") from error
    if _is_deeper_than(plain, MOST_DEPTH):
        raise errors.NonRetryableError(f"the handler's result is nested deeper than {MOST_DEPTH}")
    if len(text) > MOST_RESULT_BYTES:
        raise errors.NonRetryableError(
            f"the handler's result has {len(text)} bytes, above {MOST_RESULT_BYTES}: "
            "put it where others can read it and return the reference"
        )
    return plain


def _is_deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    if depth == 0:
        return True
    return any(_is_deeper_than(each, depth - 1) for each in (value.values() if isinstance(value, dict) else value))


def storable(text: Any, most: int) -> str:
    """Text that the log can keep: no NUL, no lone surrogate, at most ``most`` UTF-16 units."""
    units = str(text).replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass")[: 2 * most]
    return units.decode("utf-16-le", "replace")


def _require_text(name: str, value: Any, most: int) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError(f"usage: {name} must be text of 1 to {most} characters")


def _require_whole(name: str, value: Any, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"usage: {name} must be a whole number from 0 to {most}, not {value!r}")
