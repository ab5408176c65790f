from __future__ import annotations

import time
from typing import Any, Dict, Iterator, List, Mapping, Optional

from ._http import HttpTransport, given, path_of
from ._paging import bare_page, every_page
from .records import Page, Record, Run, Workflow
from .tasks import OUTAGE, wait_for

PATH = "/api/v1/workflows"
RUNS = f"{PATH}/runs"
PAGE = 100


class WorkflowsApi:
    """``client.workflows``: what is to be done in many steps. ``client.workflows.runs``: what became of it."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http
        self.runs = RunsApi(http)

    def list(
        self,
        *,
        is_template: Optional[bool] = None,
        search: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Workflow]:
        """A page at a time, without their steps.

        :param search: in the name, whatever its case"""
        query = {"is_template": is_template, "search": search, "limit": limit, "offset": offset}
        return bare_page(self._http, PATH, Workflow, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Workflow]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, workflow_id: str, *, timeout: Optional[float] = None) -> Workflow:
        """With its newest definition.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Workflow(self._http.json("GET", path_of(PATH, workflow_id), query=query, timeout=timeout))

    def create(
        self,
        *,
        name: str,
        definition: Optional[Mapping[str, Any]] = None,
        description: Optional[str] = None,
        is_template: Optional[bool] = None,
        config: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Workflow:
        """Version 1 of a workflow. ``definition``: ``{'parameters': JSON Schema, 'steps': […]}``, see docs/workflows.md.

        :raises InvalidRequestError: names the step that is wrong"""
        body = given(name=name, description=description, is_template=is_template, config=config)
        body.update(definition or {})  # The API has a definition's fields beside the others.
        return Workflow(
            self._http.json("POST", PATH, body=body, idempotency_key=idempotency_key, timeout=timeout)
        )

    def update(
        self,
        workflow_id: str,
        *,
        definition: Optional[Mapping[str, Any]] = None,
        timeout: Optional[float] = None,
        **changes: Any,
    ) -> Workflow:
        """Changes the fields given: ``name``, ``description``, ``is_template``, ``config``, and the definition's. Another
        definition is the next version; runs stay on theirs.

        :raises InvalidRequestError, NotFoundError:"""
        body = {**changes, **(definition or {})}
        return Workflow(self._http.json("PUT", path_of(PATH, workflow_id), body=body, timeout=timeout))

    def add_step(
        self,
        workflow_id: str,
        step: Mapping[str, Any],
        *,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Workflow:
        """Adds one step at the end, as the next version.

        :raises InvalidRequestError, NotFoundError, ConflictError:"""
        path = path_of(PATH, workflow_id, "/steps")
        return Workflow(
            self._http.json("POST", path, body=step, idempotency_key=idempotency_key, timeout=timeout)
        )

    def validate(self, definition: Mapping[str, Any], *, timeout: Optional[float] = None) -> List[Record]:
        """Everything that is wrong with a definition: ``pointer``, ``code``, ``message``, ``step``. Nothing is kept."""
        answer = self._http.json("POST", f"{PATH}/validate", body=definition, repeatable=True, timeout=timeout)
        return [Record(problem) for problem in answer["errors"]]

    def versions(
        self,
        workflow_id: str,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Record]:
        """The newest first, a page at a time.

        :raises NotFoundError:"""
        path = path_of(PATH, workflow_id, "/versions")
        return bare_page(self._http, path, Record, {"limit": limit, "offset": offset}, timeout=timeout)

    def version(self, workflow_id: str, version: int, *, timeout: Optional[float] = None) -> Record:
        """One version, with its steps.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        path = path_of(PATH, workflow_id, f"/versions/{int(version)}")
        return Record(self._http.json("GET", path, query=query, timeout=timeout))

    def delete(self, workflow_id: str, *, timeout: Optional[float] = None) -> None:
        """Its runs go on, and stay.

        :raises NotFoundError:"""
        self._http.json("DELETE", path_of(PATH, workflow_id), timeout=timeout)

    def execute(
        self,
        workflow_id: str,
        parameters: Optional[Mapping[str, Any]] = None,
        *,
        priority: Any = None,
        version: Optional[int] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Run:
        """Starts a run of its newest version, or of the one named.

        :param priority: of the tasks whose steps do not say one
        :raises NotFoundError, InvalidRequestError: when the parameters do not meet the version's JSON Schema"""
        body = given(parameters=parameters, priority=priority, version=version)
        path = path_of(PATH, workflow_id, "/execute")
        return Run(self._http.json("POST", path, body=body, idempotency_key=idempotency_key, timeout=timeout))

    def signal(
        self,
        name: str,
        *,
        correlation: str,
        payload: Any = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Record:
        """To whichever run waits, or will wait, for this name and correlation."""
        body = {"name": name, "correlation": correlation, "payload": payload}
        return Record(
            self._http.json(
                "POST", f"{PATH}/signals", body=body, idempotency_key=idempotency_key, timeout=timeout
            )
        )


class RunsApi:
    """``client.workflows.runs``"""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        workflow_id: Optional[str] = None,
        status: Optional[str] = None,
        parent: Optional[str] = None,
        started_after: Any = None,
        started_before: Any = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Run]:
        """The newest first, a page at a time."""
        query = {
            "workflow_id": workflow_id,
            "status": status,
            "parent": parent,
            "started_after": started_after,
            "started_before": started_before,
            "limit": limit,
            "offset": offset,
        }
        return bare_page(self._http, RUNS, Run, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Run]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, run_id: str, *, timeout: Optional[float] = None) -> Run:
        """With its steps, what each was given and gave.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Run(self._http.json("GET", path_of(RUNS, run_id), query=query, timeout=timeout))

    def graph(self, run_id: str, *, timeout: Optional[float] = None) -> Record:
        """What really ran: every step, task, attempt, child and approval, with times and causes.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Record(self._http.json("GET", path_of(RUNS, run_id, "/graph"), query=query, timeout=timeout))

    def events(self, run_id: str, *, timeout: Optional[float] = None) -> List[Record]:
        """Every event of the run, oldest first.

        :raises NotFoundError:"""
        events: List[Record] = []
        version: Optional[int] = 1
        while version is not None:
            query = {"from_version": version}
            page = self._http.json("GET", path_of(RUNS, run_id, "/events"), query=query, timeout=timeout)
            events.extend(Record(event) for event in page["events"])
            version = page["next_version"]
        return events

    def wait(self, run_id: str, *, within: float = 60.0) -> Run:
        """The run once it has ended, however it ended; goes on asking while the control plane cannot be reached.

        :param within: seconds
        :raises WaitTimeoutError, NotFoundError:"""
        return wait_for(lambda: self.get(run_id), f"run {run_id}", within)

    def watch(self, run_id: str, *, interval: float = 1.0) -> Iterator[Run]:
        """The run now and whenever it changes, until it has ended. ``interval``: seconds between two looks at most."""
        seen: Optional[tuple] = None
        pause = 0.025
        while True:
            try:
                run = self.get(run_id)
            except OUTAGE:
                time.sleep(interval)
                continue
            looks = (run["status"], run.get("updated_at"))
            if looks != seen:
                seen, pause = looks, 0.025
                yield run
            if run.ended:
                return
            time.sleep(pause)
            pause = min(pause * 1.5, interval)

    def pause(self, run_id: str, reason: str = "", *, idempotency_key: Optional[str] = None) -> Run:
        """Nothing new begins; what is at work goes on.

        :raises NotFoundError, ConflictError:"""
        return self._act(run_id, "pause", {"reason": reason}, idempotency_key)

    def resume(self, run_id: str, *, idempotency_key: Optional[str] = None) -> Run:
        """:raises NotFoundError, ConflictError:"""
        return self._act(run_id, "resume", {}, idempotency_key)

    def cancel(self, run_id: str, reason: str = "", *, idempotency_key: Optional[str] = None) -> Run:
        """With what is at work: tasks, approvals, runs. What was done is taken back where its definition says how.

        :raises NotFoundError, ConflictError:"""
        return self._act(run_id, "cancel", {"reason": reason}, idempotency_key)

    def signal(
        self,
        run_id: str,
        name: str,
        payload: Any = None,
        *,
        correlation: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Record:
        """Kept until a step takes it, whether one waits or not. A step that waits for a correlation takes no signal without it.

        :raises NotFoundError, ConflictError:"""
        body = {"name": name, "payload": payload, **given(correlation=correlation)}
        path = path_of(RUNS, run_id, "/signal")
        return Record(self._http.json("POST", path, body=body, idempotency_key=idempotency_key))

    def retry(
        self, run_id: str, *, from_step: Optional[str] = None, idempotency_key: Optional[str] = None
    ) -> Run:
        """One that failed or was cancelled goes on: from the steps that failed, or from one step and all that follows it.

        :raises NotFoundError, ConflictError:"""
        return self._act(run_id, "retry", given(**{"from": from_step}), idempotency_key)

    def fork(
        self,
        run_id: str,
        *,
        from_step: str,
        parameters: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Run:
        """A new run of the same version that takes over what does not depend on ``from_step``; the original stays as it is.

        :raises NotFoundError, InvalidRequestError:"""
        return self._act(run_id, "fork", given(**{"from": from_step}, parameters=parameters), idempotency_key)

    def _act(self, run_id: str, verb: str, body: Dict[str, Any], idempotency_key: Optional[str]) -> Run:
        path = path_of(RUNS, run_id, f"/{verb}")
        return Run(self._http.json("POST", path, body=body, idempotency_key=idempotency_key))
