"""Lengths of time as a file of rules writes them: 90s, 5m, 2h, 1d, or parts of them in a row."""

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

_SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WHOLE: Final = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
LONGEST: Final = 31 * 86_400


def parse_duration(text: str) -> int:
    """Return the seconds that the text says, or raise ValueError."""
    found = _WHOLE.fullmatch(text.strip())
    if found is None or not text.strip():
        raise ValueError(f"{text!r} is no length of time such as 90s, 5m, 2h or 1h30m")
    return sum(int(count or 0) * size for count, size in zip(found.groups(), _SECONDS.values(), strict=True))


def format_duration(seconds: int) -> str:
    """Return the seconds as a file of rules writes them."""
    parts = []
    for unit, size in _SECONDS.items():
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def is_duration(value: Any) -> bool:
    """Tell a length of time from a number of readings."""
    return isinstance(value, str) and _WHOLE.fullmatch(value.strip()) is not None and bool(value.strip())


def _read(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, int) and value:
        # 5 may be meant as seconds, minutes or readings: a number without its unit is a mistake.
        raise ValueError(f"write {value} with its unit, such as {value}s or {value}m")
    return value


Seconds = Annotated[int, BeforeValidator(_read), Field(ge=0, le=LONGEST)]
