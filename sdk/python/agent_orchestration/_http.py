"""JSON over HTTP with repetition."""

from __future__ import annotations

import datetime
import http.client
import json
import re
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from . import errors
from ._backoff import Backoff

MAX_RETRY_AFTER = 30.0
_TRANSIENT = frozenset((429, 502, 503, 504))
_RETRY_AFTER = re.compile(r"^\d{1,9}(\.\d+)?$")


class Answer(NamedTuple):
    body: Any
    headers: Mapping[str, str]


class HttpTransport:
    """Thread-safe, with connections that are kept alive.

    What is repeated: a connection that could not be made or broke, an attempt that timed out, 429, 502, 503, 504, and a 409
    that names a time to come back (the same key is still in work). A POST is safe to repeat because it always carries an
    idempotency key; PUT, PATCH and DELETE are by nature.
    """

    def __init__(
        self,
        base_url: str,
        api_key: Optional[str],
        *,
        timeout: float = 10.0,
        max_retries: int = 5,
        backoff: Backoff = Backoff(0.1, 5.0),
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        url = urllib.parse.urlsplit(base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise errors.OrchestrationError(f"base_url must be an http or https URL, not '{base_url}'")
        self.scheme = url.scheme
        self.host = url.hostname
        self.port = url.port or (443 if url.scheme == "https" else 80)
        self.prefix = url.path.rstrip("/")
        self.api_key = api_key
        self.timeout = timeout
        self.max_retries = max_retries
        self.backoff = backoff
        self.ssl_context = ssl_context or (ssl.create_default_context() if url.scheme == "https" else None)
        #: The highest log position that an answer named: reads that ask for it see all that this client has written.
        self.position = 0
        self._idle: List[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def authorization(self) -> Dict[str, str]:
        return {} if self.api_key is None else {"Authorization": f"Bearer {self.api_key}"}

    def json(self, method: str, path: str, **request: Any) -> Any:
        """The parsed body of the 2xx answer."""
        return self.request(method, path, **request).body

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        idempotency_key: Optional[str] = None,
        repeatable: bool = False,
        timeout: Optional[float] = None,
        retries: Optional[int] = None,
    ) -> Answer:
        """:param repeatable: a POST that may be repeated as it is: a question, or a report that counts by its newest
        :raises ApiError, ConnectionError, TimeoutError:"""
        headers = {"Accept": "application/json", **self.authorization()}
        if method == "POST" and not repeatable:
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        payload = None if body is None else encoded(body)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        target = self.prefix + path + query_string(query)
        attempt = 0
        while True:
            attempt += 1
            retry_after: Optional[float] = None
            try:
                status, answer_headers, text = self._attempt(method, target, headers, payload, timeout or self.timeout)
                self._saw(answer_headers.get("log-position"))
                if 200 <= status < 300:
                    return Answer(_parsed(text), answer_headers)
                retry_after = _retry_after(answer_headers.get("retry-after"))
                failure: errors.OrchestrationError = errors.api_error(_problem(status, text))
                if status not in _TRANSIENT and not (status == 409 and retry_after is not None):
                    raise failure
            except ssl.SSLCertVerificationError as error:
                raise errors.ConnectionError(f"{method} {path} failed: {error.verify_message}") from error
            except (socket.timeout, TimeoutError) as error:
                failure = errors.TimeoutError(f"{method} {path} had no answer within {timeout or self.timeout} s")
                failure.__cause__ = error
            except (OSError, http.client.HTTPException) as error:
                failure = errors.ConnectionError(f"{method} {path} failed: {error or type(error).__name__}")
                failure.__cause__ = error
            if attempt > (self.max_retries if retries is None else retries):
                raise failure
            time.sleep(max(retry_after or 0.0, self.backoff.delay(attempt)))

    def close(self) -> None:
        """Ends idle connections; the transport can go on being used."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _attempt(
        self, method: str, target: str, headers: Mapping[str, str], payload: Optional[bytes], timeout: float
    ) -> Tuple[int, Mapping[str, str], bytes]:
        connection, used = self._connection(timeout)
        while True:
            try:
                connection.request(method, target, body=payload, headers=dict(headers))
                response = connection.getresponse()
            except (ConnectionResetError, BrokenPipeError, http.client.BadStatusLine):
                # A connection that was kept may have been closed meanwhile by the other side: that is no failed attempt.
                connection.close()
                if not used:
                    raise
                connection, used = self._fresh(timeout), False
                continue
            except BaseException:
                connection.close()
                raise
            break
        try:
            text = response.read()
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.append(connection)
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def _connection(self, timeout: float) -> Tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            return self._fresh(timeout), False
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection, True

    def _fresh(self, timeout: float) -> http.client.HTTPConnection:
        if self.scheme == "https":
            return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.ssl_context)
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def _saw(self, position: Optional[str]) -> None:
        if position and position.isdigit():
            with self._lock:
                self.position = max(self.position, int(position))


def encoded(body: Any) -> bytes:
    return json.dumps(body, allow_nan=False, separators=(",", ":"), default=_in_json).encode("ascii")


def _in_json(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return time_text(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def time_text(value: Any) -> Any:
    """A datetime as ISO 8601 in UTC (one without a zone is of this machine's); anything else as it is."""
    if not isinstance(value, datetime.datetime):
        return value
    utc = value.astimezone(datetime.timezone.utc)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def query_string(query: Optional[Mapping[str, Any]]) -> str:
    given = {name: _in_query(value) for name, value in (query or {}).items() if value is not None}
    return f"?{urllib.parse.urlencode(given)}" if given else ""


def _in_query(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(time_text(value))


def path_of(base: str, identifier: Any, rest: str = "") -> str:
    """:raises ValueError: for an id that would be another route"""
    text = str(identifier)
    if text in ("", ".", ".."):
        raise ValueError(f"'{text}' is no id")
    return f"{base}/{urllib.parse.quote(text, safe='')}{rest}"


def given(**fields: Any) -> Dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _retry_after(header: Optional[str]) -> Optional[float]:
    """Its form of seconds; anything else is ignored."""
    if header is None or not _RETRY_AFTER.match(header):
        return None
    return min(float(header), MAX_RETRY_AFTER)


def _parsed(text: bytes) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise errors.OrchestrationError("the answer is not JSON: is base_url the control plane?") from error


def _problem(status: int, text: bytes) -> Mapping[str, Any]:
    problem: Dict[str, Any] = {}
    try:
        parsed = json.loads(text)
        if isinstance(parsed, dict):
            problem = parsed
    except ValueError:
        pass  # Not from the control plane itself (a proxy on the way): the status is all there is.
    detail = problem.get("detail")
    return {**problem, "status": status, "detail": detail if isinstance(detail, str) else f"HTTP {status}"}
