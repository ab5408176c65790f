"""Everything this SDK raises on its own account. One class per failure, so that ``except`` tells them apart."""

from __future__ import annotations

import builtins
from typing import Any, List, Mapping, Optional


class OrchestrationError(Exception):
    """The root of them all."""


class ApiError(OrchestrationError):
    """The control plane answered, and refused (RFC 9457 problem details)."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        status = problem.get("status")
        self.status: int = status if isinstance(status, int) else 0
        detail = problem.get("detail")
        self.detail: str = detail if isinstance(detail, str) else f"HTTP {self.status}"
        #: Stable machine-readable word, for example ``lease_superseded``.
        self.code: Optional[str] = problem.get("code")
        #: Each wrong field: ``pointer`` (JSON pointer) and ``message``.
        self.errors: List[Mapping[str, str]] = list(problem.get("errors") or [])
        self.request_id: Optional[str] = problem.get("request_id")
        self.problem: Mapping[str, Any] = problem
        super().__init__(self.detail)


class InvalidRequestError(ApiError):
    """400, 422: the request itself is wrong; ``errors`` names the fields by JSON pointer."""


class UnauthenticatedError(ApiError):
    """401: no credential, or one that is not accepted."""


class ForbiddenError(ApiError):
    """403"""


class NotFoundError(ApiError):
    """404"""


class ConflictError(ApiError):
    """409: the present state forbids it."""


class LeaseSupersededError(ConflictError):
    """409 ``lease_superseded``: the lease is over, the task was given to another."""


class TaskEndedError(ConflictError):
    """409 ``task_ended``: the task has already ended."""


class PreconditionFailedError(ApiError):
    """412"""


class TooLargeError(ApiError):
    """413"""


class RateLimitedError(ApiError):
    """429, after all repetitions."""


class UnavailableError(ApiError):
    """503, after all repetitions: nothing was decided."""


class OutcomeUnknownError(UnavailableError):
    """503 ``outcome_unknown``, after all repetitions: it may or may not have been done. Ask again with the same idempotency key."""


class ServerError(ApiError):
    """Any other 5xx: a fault of the control plane."""


class ConnectionError(OrchestrationError, builtins.ConnectionError):  # noqa: A001 - also the built-in one, for who catches that
    """No connection, or it broke before the answer, after all repetitions."""


class TimeoutError(OrchestrationError, builtins.TimeoutError):  # noqa: A001
    """No answer within the timeout, after all repetitions."""


class WaitTimeoutError(TimeoutError):
    """``wait`` gave up: what is waited for has not ended yet."""


class WebhookVerificationError(OrchestrationError):
    """What arrived at a webhook is not what the control plane sent, or not now. Answer it with 400."""


class NonRetryableError(Exception):
    """Raised by a handler to say: repeating this task will not help. It then ends as failed at once."""


class TaskFailedError(Exception):
    """Raised by a handler to say how its attempt failed: of which class, whether another may help, and when at the earliest."""

    def __init__(
        self, message: str, *, failure_class: str, retryable: bool = True, retry_after: Optional[float] = None
    ) -> None:
        super().__init__(message)
        self.failure_class = failure_class
        self.retryable = retryable
        #: The task is not given out again before this many seconds.
        self.retry_after = retry_after


class TaskCancelledError(OrchestrationError):
    """Why a task's result is not wanted any more: it was cancelled."""


class LeaseLostError(OrchestrationError):
    """Why a task's result is not wanted any more: its lease is over, another agent may have the task by now."""


class WorkerStoppedError(OrchestrationError):
    """Why a task's result is not wanted any more: the worker stops and the grace has passed."""


class SupersededError(OrchestrationError):
    """Another connection of the same agent took over; this worker has ended."""


_BY_STATUS = {
    400: InvalidRequestError,
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionFailedError,
    413: TooLargeError,
    422: InvalidRequestError,
    429: RateLimitedError,
    503: UnavailableError,
}
_BY_CODE = {
    "lease_superseded": LeaseSupersededError,
    "task_ended": TaskEndedError,
    "outcome_unknown": OutcomeUnknownError,
}


def api_error(problem: Mapping[str, Any]) -> ApiError:
    """The error class of a refusal."""
    status = problem.get("status")
    of_status = _BY_STATUS.get(status, ServerError if isinstance(status, int) and status >= 500 else ApiError)
    of_code = _BY_CODE.get(str(problem.get("code")))
    return (of_code if of_code and issubclass(of_code, of_status) else of_status)(problem)
