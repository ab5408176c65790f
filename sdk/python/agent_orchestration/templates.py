from __future__ import annotations

from typing import Any, List, Mapping, Optional

from ._http import HttpTransport, given, path_of
from .records import Record

PATH = "/api/v1/marketplace/templates"
INSTALLATIONS = "/api/v1/marketplace/installations"


class TemplatesApi:
    """``client.templates``: agents and workflows that are there to be installed."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self, *, category: Optional[str] = None, search: Optional[str] = None, timeout: Optional[float] = None
    ) -> List[Record]:
        answer = self._http.json("GET", PATH, query={"category": category, "search": search}, timeout=timeout)
        return [Record(template) for template in answer]

    def get(self, template_id: str, *, timeout: Optional[float] = None) -> Record:
        """:raises NotFoundError:"""
        return Record(self._http.json("GET", path_of(PATH, template_id), timeout=timeout))

    def install(
        self,
        template_id: str,
        parameters: Optional[Mapping[str, Any]] = None,
        *,
        version: Optional[int] = None,
        name: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Record:
        """Makes its agents and workflows.

        :param version: None: the newest
        :param name: stands before the name of everything that is made
        :raises NotFoundError, InvalidRequestError: when the parameters do not meet the template's JSON Schema"""
        path = path_of(PATH, template_id, "/install")
        body = given(parameters=parameters, version=version, name=name)
        return Record(self._http.json("POST", path, body=body, idempotency_key=idempotency_key, timeout=timeout))

    def installations(
        self, *, template_id: Optional[str] = None, status: Optional[str] = None, timeout: Optional[float] = None
    ) -> List[Record]:
        """Newest first, those that were taken back too."""
        query = {"template_id": template_id, "status": status}
        return [Record(each) for each in self._http.json("GET", INSTALLATIONS, query=query, timeout=timeout)]

    def installation(self, installation_id: str, *, timeout: Optional[float] = None) -> Record:
        """:raises NotFoundError:"""
        return Record(self._http.json("GET", path_of(INSTALLATIONS, installation_id), timeout=timeout))

    def uninstall(
        self,
        installation_id: str,
        *,
        force: Optional[bool] = None,
        timeout: Optional[float] = None,
    ) -> Record:
        """Takes back what an installation made.

        :param force: also while its runs and tasks are at work, and what was changed since
        :raises NotFoundError, ConflictError: for what ``force`` is for"""
        path = path_of(INSTALLATIONS, installation_id)
        return Record(self._http.json("DELETE", path, query={"force": force}, timeout=timeout))
