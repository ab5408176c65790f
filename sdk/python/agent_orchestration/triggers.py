from __future__ import annotations

from typing import Any, Iterator, Mapping, Optional

from ._http import HttpTransport, given, path_of
from ._paging import bare_page, every_page
from .records import Page, Record, Trigger

PATH = "/api/v1/triggers"
PAGE = 100


class TriggersApi:
    """``client.triggers``: what starts something by itself."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        type: Optional[str] = None,  # noqa: A002 - the API's word
        enabled: Optional[bool] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Trigger]:
        """The newest first, a page at a time."""
        query = {"type": type, "enabled": enabled, "limit": limit, "offset": offset}
        return bare_page(self._http, PATH, Trigger, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Trigger]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, trigger_id: str, *, timeout: Optional[float] = None) -> Trigger:
        """:raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Trigger(self._http.json("GET", path_of(PATH, trigger_id), query=query, timeout=timeout))

    def create(
        self,
        *,
        name: str,
        type: str,  # noqa: A002
        config: Mapping[str, Any],
        action: Mapping[str, Any],
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
        **more: Any,
    ) -> Trigger:
        """Of type ``cron``, ``event``, ``webhook`` or ``condition``. ``more``: ``description``, ``enabled``, ``throttle``,
        ``secret``. A secret that is made up for a webhook trigger is in this answer alone: keep it then.

        :raises InvalidRequestError:"""
        body = {**more, "name": name, "type": type, "config": config, "action": action}
        return Trigger(
            self._http.json("POST", PATH, body=body, idempotency_key=idempotency_key, timeout=timeout)
        )

    def update(self, trigger_id: str, *, timeout: Optional[float] = None, **changes: Any) -> Trigger:
        """Changes the fields given, each as a whole; the type stays.

        :raises InvalidRequestError, NotFoundError:"""
        return Trigger(self._http.json("PUT", path_of(PATH, trigger_id), body=changes, timeout=timeout))

    def delete(self, trigger_id: str, *, timeout: Optional[float] = None) -> None:
        """What it made stays.

        :raises NotFoundError:"""
        self._http.json("DELETE", path_of(PATH, trigger_id), timeout=timeout)

    def rotate_secret(
        self, trigger_id: str, *, secret: Optional[str] = None, idempotency_key: Optional[str] = None
    ) -> Trigger:
        """Of a webhook trigger: the secret before is good for 24 h more. As with ``create``, one that is made up is in this
        answer alone.

        :raises NotFoundError, ConflictError:"""
        path = path_of(PATH, trigger_id, "/rotate-secret")
        return Trigger(
            self._http.json("POST", path, body=given(secret=secret), idempotency_key=idempotency_key)
        )

    def toggle(
        self, trigger_id: str, enabled: Optional[bool] = None, *, idempotency_key: Optional[str] = None
    ) -> Record:
        """Without ``enabled`` it becomes the other of the two.

        :raises NotFoundError:"""
        path = path_of(PATH, trigger_id, "/toggle")
        return Record(
            self._http.json("POST", path, body=given(enabled=enabled), idempotency_key=idempotency_key)
        )

    def test(
        self,
        trigger_id: str,
        sample: Optional[Mapping[str, Any]] = None,
        *,
        dry_run: bool = False,
        idempotency_key: Optional[str] = None,
    ) -> Record:
        """Fires it with a sample, whether it is enabled or not; ``dry_run`` only shows what it would do.

        :raises NotFoundError:"""
        body = {"sample": sample or {}, "dry_run": dry_run}
        path = path_of(PATH, trigger_id, "/test")
        return Record(self._http.json("POST", path, body=body, idempotency_key=idempotency_key))

    def history(
        self,
        trigger_id: str,
        *,
        outcome: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Record]:
        """What fired and what did not, and why, newest first, a page at a time.

        :raises NotFoundError:"""
        query = {"outcome": outcome, "limit": limit, "offset": offset}
        path = path_of(PATH, trigger_id, "/history")
        return bare_page(self._http, path, Record, query, timeout=timeout, fresh=False)
