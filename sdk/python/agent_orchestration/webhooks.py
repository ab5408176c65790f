from __future__ import annotations

from typing import Any, Iterator, Optional, Sequence

from ._http import HttpTransport, given, path_of
from ._paging import bare_page, every_page
from .records import Page, Record, Webhook

PATH = "/api/v1/webhooks"
PAGE = 100
#: An attempt at a delivery may take 15 s.
TEST_TIMEOUT = 20.0


class WebhooksApi:
    """``client.webhooks``: needs the permission ``webhooks:manage``. What arrives is checked by ``verify_webhook``."""

    def __init__(self, http: HttpTransport) -> None:
        self._http = http

    def list(
        self,
        *,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Webhook]:
        """The newest first, a page at a time."""
        query = {"status": status, "limit": limit, "offset": offset}
        return bare_page(self._http, PATH, Webhook, query, timeout=timeout)

    def iterate(self, **filters: Any) -> Iterator[Webhook]:
        """All of ``list``, page by page."""
        return every_page(lambda number: self.list(**filters, limit=PAGE, offset=number * PAGE), PAGE)

    def get(self, webhook_id: str, *, timeout: Optional[float] = None) -> Webhook:
        """:raises NotFoundError:"""
        query = {"at_least": self._http.position or None}
        return Webhook(self._http.json("GET", path_of(PATH, webhook_id), query=query, timeout=timeout))

    def create(
        self,
        *,
        url: str,
        events: Sequence[str],
        description: Optional[str] = None,
        filter: Optional[str] = None,  # noqa: A002 - the API's word
        enabled: Optional[bool] = None,
        secret: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        timeout: Optional[float] = None,
    ) -> Webhook:
        """Without a secret (``whsec_…``) one is made up, and is in this answer alone.

        :param events: names and patterns (``task.failed``, ``task.*``, ``*``)
        :param filter: CEL over ``event``
        :raises InvalidRequestError, ConflictError: ``secret_already_shown`` when the answer that held the secret was lost"""
        body = given(
            url=url, events=list(events), description=description, filter=filter, enabled=enabled, secret=secret
        )
        return Webhook(
            self._http.json("POST", PATH, body=body, idempotency_key=idempotency_key, timeout=timeout)
        )

    def update(self, webhook_id: str, *, timeout: Optional[float] = None, **changes: Any) -> Webhook:
        """Changes the fields given.

        :raises InvalidRequestError, NotFoundError:"""
        return Webhook(self._http.json("PUT", path_of(PATH, webhook_id), body=changes, timeout=timeout))

    def delete(self, webhook_id: str, *, timeout: Optional[float] = None) -> None:
        """:raises NotFoundError:"""
        self._http.json("DELETE", path_of(PATH, webhook_id), timeout=timeout)

    def test(self, webhook_id: str, *, idempotency_key: Optional[str] = None, timeout: float = TEST_TIMEOUT) -> Record:
        """One delivery of the type ``test``, now.

        :raises NotFoundError:"""
        path = path_of(PATH, webhook_id, "/test")
        return Record(self._http.json("POST", path, idempotency_key=idempotency_key, timeout=timeout))

    def rotate_secret(
        self, webhook_id: str, *, secret: Optional[str] = None, idempotency_key: Optional[str] = None
    ) -> Webhook:
        """The secret before signs for 24 h more. As with ``create``, one that is made up is in this answer alone."""
        path = path_of(PATH, webhook_id, "/rotate-secret")
        return Webhook(
            self._http.json("POST", path, body=given(secret=secret), idempotency_key=idempotency_key)
        )

    def deliveries(
        self,
        webhook_id: str,
        *,
        state: Optional[str] = None,
        event: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> Page[Record]:
        """What it was sent, the newest first, a page at a time."""
        query = {"state": state, "event": event, "limit": limit, "offset": offset}
        path = path_of(PATH, webhook_id, "/deliveries")
        return bare_page(self._http, path, Record, query, timeout=timeout, fresh=False)
