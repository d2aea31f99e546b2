"""How many traps are taken from one source and from all: a flood is dropped, counted and told once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

_SOURCES_REMEMBERED = 4096


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass
class TrapLimits:
    """Token buckets by source and for all sources together; memory is bounded by the sources remembered."""

    per_second: float = 10.0
    burst: float = 100.0
    all_per_second: float = 200.0
    all_burst: float = 1000.0
    clock: Callable[[], float] = field(kw_only=True)

    def __post_init__(self) -> None:
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._all = _Bucket(self.all_burst, self.clock())

    def allow(self, source: str) -> bool:
        """Whether one more datagram of the source may be looked at."""
        now = self.clock()
        bucket = self._buckets.pop(source, None) or _Bucket(self.burst, now)
        self._buckets[source] = bucket
        if len(self._buckets) > _SOURCES_REMEMBERED:
            self._buckets.popitem(last=False)
        # The source pays first: one that floods must not use up what all share.
        return _take(bucket, now, self.per_second, self.burst) and _take(
            self._all, now, self.all_per_second, self.all_burst
        )


def _take(bucket: _Bucket, now: float, per_second: float, burst: float) -> bool:
    bucket.tokens = min(burst, bucket.tokens + (now - bucket.filled_at) * per_second)
    bucket.filled_at = now
    if bucket.tokens < 1:
        return False
    bucket.tokens -= 1
    return True
