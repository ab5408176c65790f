from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Sequence

from ._http import HttpTransport, given, path_of
from ._paging import bare_page, every_page
from .records import Page, Record

PATH = "/api/v1/code-reviews"
PAGE = 100


class CodeReviewsApi:
    """``client.code_reviews``: what agents wrote, for people to look at."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        status: Optional[str] = None,
        agent_id: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Record]:
        """The newest first, a page at a time."""
        query = {"status": status, "agent_id": agent_id, "limit": limit, "offset": offset}
        return bare_page(self._http, PATH, Record, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Record]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, review_id: str, *, timeout: Optional[float] = None) -> Record:
        """With its comments.

        :raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Record(self._http.json("GET", path_of(PATH, review_id), query=query, timeout=timeout))

    def create(
        self, *, idempotency_key: Optional[str] = None, timeout: Optional[float] = None, **review: Any
    ) -> Record:
        """``title``, ``repository``; ``description``, ``agent_id``, ``task_id``, ``run_id``, ``branch``, ``base``, ``commit``,
        ``diff``, ``files``.

        :raises InvalidRequestError:"""
        return Record(
            self._http.json(
                "POST", PATH, body=given(**review), idempotency_key=idempotency_key, timeout=timeout
            )
        )

    def revise(
        self,
        review_id: str,
        *,
        commit: str,
        diff: str,
        files: Sequence[Mapping[str, Any]] = (),
        timeout: Optional[float] = None,
    ) -> Record:
        """The code as it is now, which is decided anew.

        :raises NotFoundError, ForbiddenError, ConflictError:"""
        body = {"commit": commit, "diff": diff, "files": list(files)}
        return Record(self._http.json("PUT", path_of(PATH, review_id), body=body, timeout=timeout))

    def approve(
        self,
        review_id: str,
        *,
        comment: Optional[str] = None,
        revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Record:
        """With the revision that was looked at it is that and nothing newer.

        :raises NotFoundError, ForbiddenError, ConflictError:"""
        return self._act(review_id, "approve", given(comment=comment, revision=revision), idempotency_key)

    def reject(
        self,
        review_id: str,
        *,
        reason: Optional[str] = None,
        revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> Record:
        """:raises NotFoundError, ForbiddenError, ConflictError:"""
        return self._act(review_id, "reject", given(reason=reason, revision=revision), idempotency_key)

    def comment(
        self,
        review_id: str,
        body: str,
        *,
        file: Optional[str] = None,
        line: Optional[int] = None,
        side: Optional[str] = None,
        in_reply_to: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Record:
        """On all of it, a file, or a line of a file (``side``: ``old`` or ``new``).

        :raises NotFoundError, InvalidRequestError:"""
        comment = given(body=body, file=file, line=line, side=side, in_reply_to=in_reply_to)
        return self._act(review_id, "comment", comment, idempotency_key)

    def _act(self, review_id: str, verb: str, body: Dict[str, Any], idempotency_key: Optional[str]) -> Record:
        path = path_of(PATH, review_id, f"/{verb}")
        return Record(self._http.json("POST", path, body=body, idempotency_key=idempotency_key))
