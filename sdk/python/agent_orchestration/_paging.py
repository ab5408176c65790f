"""Lists that come a page at a time."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Optional, Set, Type, TypeVar

from ._http import HttpTransport
from .records import Page, Record

Kind = TypeVar("Kind", bound=Record)


def bare_page(
    http: HttpTransport,
    path: str,
    kind: Type[Kind],
    query: Mapping[str, Any],
    *,
    timeout: Optional[float] = None,
    fresh: bool = True,
) -> Page[Kind]:
    """A page of the platform API: a bare list, its total in a header."""
    asked = {**query, "at_least": (http.position or None) if fresh else None}
    answer = http.request("GET", path, query=asked, timeout=timeout)
    total = answer.headers.get("x-total-count")
    return Page((kind(each) for each in answer.body), int(total) if total and total.isdigit() else None)


def enveloped_page(
    http: HttpTransport, path: str, kind: Type[Kind], query: Mapping[str, Any], *, timeout: Optional[float] = None
) -> Page[Kind]:
    """A page of the operations API: ``data`` and ``pagination``."""
    answer = http.json("GET", path, query={**query, "at_least": http.position or None}, timeout=timeout)
    return Page((kind(each) for each in answer["data"]), answer["pagination"]["total"])


def every_page(
    fetch: Callable[[int], Page[Kind]], size: int, name: Callable[[Kind], Any] = lambda item: item["id"]
) -> Iterator[Kind]:
    """Each item once, page by page, the first page when it is asked for.

    Lists have the newest first: what is added meanwhile moves the rest on, so an item that the page before had is left out.
    """
    number = 0
    before: Set[Any] = set()
    while True:
        page = fetch(number)
        now: Set[Any] = set()
        for item in page:
            now.add(name(item))
            if name(item) not in before:
                yield item
        if len(page) < size:
            return
        before = now
        number += 1
