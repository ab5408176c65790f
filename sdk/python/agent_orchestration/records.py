"""What the control plane answers: dictionaries whose fields are attributes too."""

from __future__ import annotations

from typing import Any, Dict, Generic, Iterable, List, Optional, TypeVar


class Record(Dict[str, Any]):
    """``task.progress`` is ``task['progress']``, fields that this release has no name for among them.

    A field called as a method of ``dict`` (``items``, ``keys`` …) is had by its brackets alone.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            value = self[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no field '{name}': it has {', '.join(self)}") from None
        return wrapped(value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} shows what was answered: it is not changed by attributes")


def wrapped(value: Any) -> Any:
    """Objects within objects have attributes as well."""
    if type(value) is dict:
        return Record(value)
    if type(value) is list and any(type(each) in (dict, list) for each in value):
        return [wrapped(each) for each in value]
    return value


class Agent(Record):
    """As the operations API shows one."""

    id: str
    name: str
    type: str
    #: ``initializing``, ``active``, ``inactive`` or ``error``.
    status: str
    environment: str
    created_at: str
    updated_at: str
    metrics: Record
    # Of one agent by itself:
    external_id: Optional[str]
    configuration: Record
    capabilities: List[str]
    version: str
    health: Record


class Task(Record):
    """As the operations API shows one."""

    id: str
    agent_id: Optional[str]
    type: str
    #: ``pending``, ``running``, ``completed`` or ``failed``.
    status: str
    #: The same more exactly: ``queued``, ``assigned``, ``paused``, ``cancelled``, ``dead_lettered`` …
    status_detail: str
    #: ``low``, ``medium``, ``high`` or ``critical``.
    priority: str
    created_at: str
    started_at: Optional[str]
    completed_at: Optional[str]
    #: Seconds from its start to its end.
    duration: Optional[float]
    result: Any
    # Of one task by itself:
    payload: Record
    #: Per cent, 0 to 100.
    progress: float
    estimated_completion: Optional[str]
    scheduled_for: Optional[str]
    failure: Optional[Record]
    reason: Optional[str]
    logs: List[Record]

    @property
    def ended(self) -> bool:
        """It will not change any more, unless somebody asks for it (``retry``, ``accept_result``)."""
        return self["status"] in ("completed", "failed")


class Workflow(Record):
    id: str
    name: str
    description: str
    version: int


class Run(Record):
    """One run of one version of a workflow."""

    id: str
    workflow_id: str
    version: int
    #: ``running``, ``paused``, ``compensating``, ``completed``, ``failed`` or ``cancelled``.
    status: str
    output: Any
    failure: Optional[Record]

    @property
    def ended(self) -> bool:
        """It will not change any more, unless somebody asks for it (``retry``)."""
        return self["status"] in ("completed", "failed", "cancelled")


class Approval(Record):
    id: str
    title: str
    #: ``pending``, ``approved``, ``rejected``, ``expired`` or ``voided``.
    status: str
    arguments: Any
    arguments_hash: str
    required: int


class Trigger(Record):
    id: str
    name: str
    enabled: bool


class Webhook(Record):
    id: str
    url: str
    status: str
    #: In clear only in the answer that made it up: keep it then.
    secret: str


Item = TypeVar("Item")


class Page(List[Item], Generic[Item]):
    """Some of a list: ``len(page)`` of ``page.total``."""

    def __init__(self, items: Iterable[Item], total: Optional[int] = None) -> None:
        super().__init__(items)
        #: How many there are on all pages; None where that is not known.
        self.total = total
