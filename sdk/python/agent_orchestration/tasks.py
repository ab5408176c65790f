from __future__ import annotations

import time
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from . import errors
from ._http import HttpTransport, encoded, given, path_of
from ._paging import enveloped_page, every_page
from .records import Page, Record, Task

PAGE = 100
MOST_TASKS_PER_REQUEST = 500
#: Bytes of JSON per request of ``create_many``: below the 256 KiB that one command may have.
MOST_BYTES_PER_REQUEST = 200 * 1024
#: What the operations API takes; what else a task may say is the platform API's.
_OPERATIONS = frozenset(("agent_id", "type", "payload", "priority", "schedule", "requirements"))
OUTAGE = (errors.ConnectionError, errors.TimeoutError, errors.UnavailableError)


class TasksApi:
    """``client.tasks``: what is to be done."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def create(
        self,
        *,
        type: Optional[str] = None,  # noqa: A002 - the API's word
        agent_id: Optional[str] = None,
        payload: Optional[Mapping[str, Any]] = None,
        priority: Any = None,
        schedule: Optional[Mapping[str, Any]] = None,
        requirements: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
        **more: Any,
    ) -> Task:
        """Puts a task into its queue; returns when the log has it.

        :param agent_id: pins it to one agent; without it any agent may have it that meets the requirements
        :param priority: ``low``, ``medium``, ``high``, ``critical``, ``urgent``, or 0 to 100
        :param schedule: ``{'type': 'immediate'}``, ``{'type': 'at', 'at': …}``, ``{'type': 'delay', 'delay_seconds': …}``,
            or of type ``cron``
        :param requirements: ``{'capabilities': […], 'agent_type': …}``
        :param more: ``title``, ``description``, ``instructions``, ``required_tools``, ``retry``, ``lease_seconds``,
            ``not_before``, ``delay_seconds``, ``deadline``, ``depends_on``, ``on_dependency_failure``, ``on_agent_lost``,
            ``fairness_key``, ``concurrency_key``, ``credentials``
        :raises InvalidRequestError, TooLargeError:
        """
        body = given(
            **more,
            type=type,
            agent_id=agent_id,
            payload=payload,
            priority=priority,
            schedule=schedule,
            requirements=requirements,
        )
        if _OPERATIONS.issuperset(body) and _is_operations_priority(priority):
            answer = self._http.json(
                "POST", "/v1/tasks", body=body, idempotency_key=idempotency_key, timeout=timeout
            )
            return Task(answer["data"])
        task_id = self._http.json(
            "POST", "/api/v1/tasks", body=_without_schedule(body), idempotency_key=idempotency_key, timeout=timeout
        )["task_id"]
        return self.get(task_id, timeout=timeout)

    def create_many(
        self,
        tasks: Sequence[Mapping[str, Any]],
        *,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> List[str]:
        """Many tasks, each with the fields of ``create``, in requests of up to 500; their ids.

        Each task is its own unit: an error leaves the earlier requests' tasks created.
        """
        ids: List[str] = []
        for index, some in enumerate(_in_requests([_without_schedule(given(**task)) for task in tasks])):
            answer = self._http.json(
                "POST",
                "/api/v1/tasks/bulk",
                body={"tasks": some},
                idempotency_key=idempotency_key and f"{idempotency_key}-{index}",
                timeout=timeout,
            )
            ids.extend(f"task_{task_id.replace('-', '')}" for task_id in answer["task_ids"])
        return ids

    def get(self, task_id: str, *, timeout: Optional[float] = None) -> Task:
        """Sees everything that this client has written.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Task(self._http.json("GET", path_of("/v1/tasks", task_id), query=query, timeout=timeout)["data"])

    def list(
        self,
        *,
        status: Optional[str] = None,
        agent_id: Optional[str] = None,
        priority: Optional[str] = None,
        created_after: Any = None,
        created_before: Any = None,
        page: Optional[int] = None,
        limit: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Task]:
        """The newest first, a page (from 1) of ``limit`` (20; at most 100) at a time."""
        query = {
            "status": status,
            "agent_id": agent_id,
            "priority": priority,
            "created_after": created_after,
            "created_before": created_before,
            "page": page,
            "limit": limit,
        }
        return enveloped_page(self._http, "/v1/tasks", Task, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Task]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, page=number + 1, limit=PAGE), PAGE)

    def cancel(
        self, task_id: str, reason: str = "cancelled by its submitter", *, idempotency_key: Optional[str] = None
    ) -> Task:
        """Its agent, if it has one, is told to stop.

        :raises NotFoundError, TaskEndedError:"""
        return self._act(task_id, "cancel", {"reason": reason}, idempotency_key)

    def change(self, task_id: str, **changes: Any) -> Task:
        """Changes the fields given: ``title``, ``description``, ``instructions``, ``priority``, ``deadline``, ``payload``,
        ``requirements``, ``required_tools``, ``agent_id`` (None takes a deadline or an agent away).

        :raises NotFoundError, ConflictError: when an agent has it and more than its words change"""
        self._http.json("PATCH", path_of("/api/v1/tasks", task_id), body=changes)
        return self.get(task_id)

    def pause(
        self, task_id: str, reason: str = "paused by its submitter", *, idempotency_key: Optional[str] = None
    ) -> Task:
        """Holds it back until it is resumed; an agent that has it is told to stop.

        :raises NotFoundError, ConflictError:"""
        return self._act(task_id, "pause", {"reason": reason}, idempotency_key)

    def resume(self, task_id: str, *, idempotency_key: Optional[str] = None) -> Task:
        """:raises NotFoundError, ConflictError:"""
        return self._act(task_id, "resume", {}, idempotency_key)

    def retry(self, task_id: str, *, not_before: Any = None, idempotency_key: Optional[str] = None) -> Task:
        """Gives a task that ended without a result all its attempts again.

        :raises NotFoundError, ConflictError:"""
        return self._act(task_id, "retry", given(not_before=not_before), idempotency_key)

    def provide_input(self, task_id: str, value: Any, *, idempotency_key: Optional[str] = None) -> Task:
        """Answers what its agent asks, which then goes on.

        :raises NotFoundError, ConflictError:"""
        return self._act(task_id, "input", {"input": value}, idempotency_key)

    def accept_result(
        self, task_id: str, lease_token: Optional[str] = None, *, idempotency_key: Optional[str] = None
    ) -> Task:
        """Lets a result count that came too late: that of the lease, else the latest.

        :raises NotFoundError, ConflictError:"""
        return self._act(task_id, "results/accept", given(lease_token=lease_token), idempotency_key)

    def stats(self, *, timeout: Optional[float] = None) -> Record:
        """How many there are, by status and priority."""
        query = {"at_least": self._http.position or None}
        return Record(self._http.json("GET", "/api/v1/tasks/stats", query=query, timeout=timeout))

    def history(self, task_id: str, *, timeout: Optional[float] = None) -> List[Record]:
        """Every event of the task, oldest first.

        :raises NotFoundError:"""
        path = path_of("/api/v1/tasks", task_id, "/history")
        events: List[Record] = []
        version: Optional[int] = 1
        while version is not None:
            page = self._http.json("GET", path, query={"from_version": version}, timeout=timeout)
            events.extend(Record(event) for event in page["events"])
            version = page["next_version"]
        return events

    def logs(self, task_id: str, after: int = 0, *, timeout: Optional[float] = None) -> List[Record]:
        """Up to 500 lines that the task's agents logged after line ``after``. Telemetry: not there for ever."""
        path = path_of("/api/v1/tasks", task_id, "/logs")
        answer = self._http.json("GET", path, query={"after": after}, timeout=timeout)
        return [Record(line) for line in answer["logs"]]

    def watch(self, task_id: str, *, interval: float = 1.0) -> Iterator[Task]:
        """The task now and whenever it changes (status, progress), until it has ended.

        Goes on while the control plane cannot be reached. ``interval``: seconds between two looks at most.
        """
        seen: Optional[tuple] = None
        pause = 0.025
        while True:
            try:
                task = self.get(task_id)
            except OUTAGE:
                time.sleep(interval)
                continue
            looks = (task["status_detail"], task["progress"], task["result"])
            if looks != seen:
                seen, pause = looks, 0.025
                yield task
            if task.ended:
                return
            time.sleep(pause)
            pause = min(pause * 1.5, interval)

    def wait(self, task_id: str, *, within: float = 60.0) -> Task:
        """The task once it has ended, however it ended; goes on asking while the control plane cannot be reached.

        :param within: seconds
        :raises WaitTimeoutError, NotFoundError:"""
        return wait_for(lambda: self.get(task_id), f"task {task_id}", within)

    def _act(self, task_id: str, verb: str, body: Mapping[str, Any], idempotency_key: Optional[str]) -> Task:
        self._http.json(
            "POST", path_of("/api/v1/tasks", task_id, f"/{verb}"), body=body, idempotency_key=idempotency_key
        )
        return self.get(task_id)


def wait_for(look: Any, name: str, within: float) -> Any:
    """What ``look`` gives once that has ended."""
    deadline = time.monotonic() + within
    # Often at first, for what takes no time; then at leisure.
    pause = 0.025
    while True:
        try:
            found = look()
            if found.ended:
                return found
            known = f"was still {found['status']}"
        except OUTAGE as error:
            known = f"could not be asked for ({error})"
        left = deadline - time.monotonic()
        if left <= 0:
            raise errors.WaitTimeoutError(f"{name} {known} after {within} s")
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, 1.0)


def _is_operations_priority(priority: Any) -> bool:
    return priority is None or priority in ("low", "medium", "high", "critical")


def _without_schedule(body: Dict[str, Any]) -> Dict[str, Any]:
    """As the platform API takes it: it has ``not_before`` and ``delay_seconds`` instead."""
    schedule = body.pop("schedule", None)
    if schedule is None or schedule.get("type") == "immediate":
        return body
    if schedule.get("type") == "at":
        return {**body, "not_before": schedule["at"]}
    if schedule.get("type") == "delay":
        return {**body, "delay_seconds": schedule["delay_seconds"]}
    raise ValueError("a schedule of this type goes with agent_id, type, payload, priority and requirements alone")


def _in_requests(bodies: Sequence[Dict[str, Any]]) -> Iterator[List[Dict[str, Any]]]:
    some: List[Dict[str, Any]] = []
    size = 0
    for body in bodies:
        own = len(encoded(body)) + 1
        if some and (len(some) >= MOST_TASKS_PER_REQUEST or size + own > MOST_BYTES_PER_REQUEST):
            yield some
            some, size = [], 0
        some.append(body)
        size += own
    if some:
        yield some
