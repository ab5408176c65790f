from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Optional, Sequence

from ._http import HttpTransport, given, path_of
from ._paging import enveloped_page, every_page
from .records import Agent, Page, Record

PAGE = 100


class AgentsApi:
    """``client.agents``: who is in the fleet."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        status: Optional[str] = None,
        type: Optional[str] = None,  # noqa: A002 - the API's word
        page: Optional[int] = None,
        limit: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Agent]:
        """All agents, or those of one status (``active``, ``inactive``, ``error``, ``initializing``) or type.

        With ``page`` (from 1) or ``limit`` (1 to 100) one page of them.
        """
        if page is None and limit is None:
            agents = list(self.iterate(status=status, type=type, timeout=timeout))
            return Page(agents, len(agents))
        query = {"status": status, "type": type, "page": page, "limit": limit}
        return enveloped_page(self._http, "/v1/agents", Agent, query, timeout=timeout)

    def iterate(
        self,
        *,
        status: Optional[str] = None,
        type: Optional[str] = None,  # noqa: A002
        timeout: Optional[float] = None,
    ) -> Iterator[Agent]:
        """As ``list``, page by page."""
        return every_page(
            lambda number: self.list(status=status, type=type, page=number + 1, limit=PAGE, timeout=timeout), PAGE
        )

    def get(self, agent_id: str, *, timeout: Optional[float] = None) -> Agent:
        """By any of its ids.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Agent(self._http.json("GET", path_of("/v1/agents", agent_id), query=query, timeout=timeout)["data"])

    def create(
        self,
        *,
        name: str,
        type: str,  # noqa: A002
        configuration: Optional[Mapping[str, Any]] = None,
        environment: Optional[str] = None,
        capabilities: Optional[Sequence[str]] = None,
        version: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Agent:
        """An agent under an id of the control plane's. One that has an id of its own registers."""
        body = given(
            name=name,
            type=type,
            configuration=configuration,
            environment=environment,
            capabilities=capabilities,
            version=version,
        )
        answer = self._http.json(
            "POST", "/v1/agents", body=body, idempotency_key=idempotency_key, timeout=timeout
        )
        return Agent(answer["data"])

    def update(self, agent_id: str, *, timeout: Optional[float] = None, **changes: Any) -> Agent:
        """Changes the fields given: ``name``, ``type``, ``configuration`` (merged by key; None takes a key away),
        ``environment``, ``capabilities``, ``version``.

        :raises NotFoundError, InvalidRequestError:"""
        path = path_of("/v1/agents", agent_id)
        return Agent(self._http.json("PUT", path, body=changes, timeout=timeout)["data"])

    def delete(self, agent_id: str, *, timeout: Optional[float] = None) -> Record:
        """:raises NotFoundError:"""
        return Record(self._http.json("DELETE", path_of("/v1/agents", agent_id), timeout=timeout))

    def register(
        self,
        *,
        agent_id: str,
        agent_type: str,
        capabilities: Sequence[str] = (),
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
        **more: Any,
    ) -> Record:
        """Registers an agent under its own id, or renews the registration it already has there.

        ``more``: ``services``, ``endpoints``, ``metadata``, ``version``, ``tags``, ``max_concurrent_tasks``,
        ``heartbeat_interval_seconds``.
        """
        body = {**given(**more), "agent_id": agent_id, "agent_type": agent_type, "capabilities": list(capabilities)}
        return Record(
            self._http.json(
                "POST", "/agents/register", body=body, idempotency_key=idempotency_key, timeout=timeout
            )
        )

    def discover(
        self,
        *,
        status: Optional[str] = None,
        agent_type: Optional[str] = None,
        capabilities: Optional[Sequence[str]] = None,
        services: Optional[Sequence[str]] = None,
        timeout: Optional[float] = None,
    ) -> List[Record]:
        """The agents that fit every filter given, as the coordinator's API shows them."""
        body = given(status=status, agent_type=agent_type, capabilities=capabilities, services=services)
        query = {"at_least": self._http.position or None}
        answer = self._http.json(
            "POST", "/agents/discover", query=query, body=body, repeatable=True, timeout=timeout
        )
        return [Record(agent) for agent in answer["agents"]]

    def set_status(
        self,
        agent_id: str,
        status: str,
        load_metrics: Optional[Mapping[str, float]] = None,
        *,
        timeout: Optional[float] = None,
    ) -> None:
        """``active`` takes tasks, ``busy`` takes nothing new until the next ``active``, ``inactive`` is stopped until then,
        ``stale`` counts as offline until the next heartbeat."""
        body = given(status=status, load_metrics=load_metrics)
        self._http.json("PUT", path_of("/agents", agent_id, "/status"), body=body, timeout=timeout)

    def heartbeat(
        self,
        agent_id: str,
        load_metrics: Optional[Mapping[str, float]] = None,
        *,
        timeout: Optional[float] = None,
    ) -> None:
        """One beat over HTTP, for agents without a socket; a ``Worker`` beats by itself."""
        body = given(load_metrics=load_metrics)
        path = path_of("/agents", agent_id, "/heartbeat")
        self._http.json("POST", path, body=body, repeatable=True, timeout=timeout)
