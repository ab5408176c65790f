from __future__ import annotations

import random
from typing import NamedTuple


class Backoff(NamedTuple):
    """Seconds: before the first repetition, and at most."""

    base: float
    cap: float

    def delay(self, attempt: int) -> float:
        """Seconds to wait before repetition number ``attempt`` (1, 2, …).

        Doubling, and spread over its upper half, so that a fleet cut off at one moment does not come back at one moment.
        """
        full = min(self.cap, self.base * 2 ** min(attempt - 1, 30))
        return full / 2 + full / 2 * random.random()
