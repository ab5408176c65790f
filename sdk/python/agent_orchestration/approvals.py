from __future__ import annotations

from typing import Any, Dict, Iterator, Optional, Sequence

from ._http import HttpTransport, given, path_of
from ._paging import bare_page, every_page
from .records import Approval, Page

PATH = "/api/v1/approvals"
PAGE = 100


class ApprovalsApi:
    """``client.approvals``: what people must agree to."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        status: Optional[str] = None,
        run_id: Optional[str] = None,
        mine: Optional[bool] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Approval]:
        """Those that are ``pending``, or of another status (``all``); the newest first, a page at a time.

        :param mine: those that the caller may decide and has not voted on"""
        query = {"status": status, "run_id": run_id, "mine": mine, "limit": limit, "offset": offset}
        return bare_page(self._http, PATH, Approval, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Approval]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, approval_id: str, *, timeout: Optional[float] = None) -> Approval:
        """:raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Approval(self._http.json("GET", path_of(PATH, approval_id), query=query, timeout=timeout))

    def create(
        self,
        *,
        title: str,
        description: Optional[str] = None,
        arguments: Any = None,
        required: Optional[int] = None,
        roles: Optional[Sequence[str]] = None,
        users: Optional[Sequence[str]] = None,
        allow_self: Optional[bool] = None,
        expires_seconds: Optional[float] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Approval:
        """:param arguments: what is approved, shown to the approvers exactly so
        :param required: so many approve; one who rejects ends it
        :param roles: who may decide: people with one of these roles and ``users``; neither: whoever has the permission
        """
        body = given(
            title=title,
            description=description,
            arguments=arguments,
            required=required,
            roles=roles,
            users=users,
            allow_self=allow_self,
            expires_seconds=expires_seconds,
        )
        return Approval(
            self._http.json("POST", PATH, body=body, idempotency_key=idempotency_key, timeout=timeout)
        )

    def approve(
        self,
        approval_id: str,
        *,
        comment: Optional[str] = None,
        arguments_hash: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Approval:
        """:param arguments_hash: of what was looked at: refused when it is not that of what is asked
        :raises NotFoundError, ForbiddenError, ConflictError:"""
        return self._decide(approval_id, "approve", comment, arguments_hash, idempotency_key)

    def reject(
        self,
        approval_id: str,
        *,
        comment: Optional[str] = None,
        arguments_hash: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Approval:
        """:raises NotFoundError, ForbiddenError, ConflictError:"""
        return self._decide(approval_id, "reject", comment, arguments_hash, idempotency_key)

    def cancel(self, approval_id: str, *, idempotency_key: Optional[str] = None) -> Approval:
        """By who asked: nobody needs to decide it any more.

        :raises NotFoundError, ForbiddenError, ConflictError:"""
        path = path_of(PATH, approval_id, "/cancel")
        return Approval(self._http.json("POST", path, idempotency_key=idempotency_key))

    def _decide(
        self,
        approval_id: str,
        verb: str,
        comment: Optional[str],
        arguments_hash: Optional[str],
        idempotency_key: Optional[str],
    ) -> Approval:
        body: Dict[str, Any] = given(comment=comment, arguments_hash=arguments_hash)
        path = path_of(PATH, approval_id, f"/{verb}")
        return Approval(self._http.json("POST", path, body=body, idempotency_key=idempotency_key))
