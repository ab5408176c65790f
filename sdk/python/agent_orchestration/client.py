from __future__ import annotations

import re
import ssl
from typing import Any, Optional

from ._backoff import Backoff
from ._http import HttpTransport
from .agents import AgentsApi
from .approvals import ApprovalsApi
from .code_reviews import CodeReviewsApi
from .records import Record
from .tasks import TasksApi
from .templates import TemplatesApi
from .triggers import TriggersApi
from .webhooks import WebhooksApi
from .workflows import WorkflowsApi

_VERSION = re.compile(r"(?:/api)?/v1/?$")


class Client:
    """The control plane over HTTP, for any number of threads.

    Every call repeats attempts that reached no decision; what changes something carries an idempotency key, so that a
    repetition is done once. Reads see what this client has written.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: str = "http://localhost:3000",
        *,
        timeout: float = 10.0,
        max_retries: int = 5,
        backoff: Backoff = Backoff(0.1, 5.0),
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        """
        :param api_key: sent as ``Authorization: Bearer …``; not needed where the control plane runs open
        :param base_url: of the control plane's gateway; it may name the API's version (``…/v1``)
        :param timeout: seconds that one attempt may wait for the other side
        :param max_retries: how often an attempt that reached no decision is repeated
        :param backoff: seconds between repetitions: before the first, doubling, and at most
        """
        self._http = HttpTransport(
            _VERSION.sub("", base_url),
            api_key,
            timeout=timeout,
            max_retries=max_retries,
            backoff=backoff,
            ssl_context=ssl_context,
        )
        self.agents = AgentsApi(self._http)
        self.tasks = TasksApi(self._http)
        self.workflows = WorkflowsApi(self._http)
        self.approvals = ApprovalsApi(self._http)
        self.triggers = TriggersApi(self._http)
        self.code_reviews = CodeReviewsApi(self._http)
        self.templates = TemplatesApi(self._http)
        self.webhooks = WebhooksApi(self._http)

    def health(self, *, timeout: Optional[float] = None) -> Record:
        """``status``, ``version`` and ``timestamp``."""
        return Record(self._http.json("GET", "/health", timeout=timeout))

    @property
    def position(self) -> int:
        """The highest log position that this client has caused or been told of."""
        return self._http.position

    def close(self) -> None:
        """Ends idle connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
