"""Which device of the demo network stands in front of which, seen from the office in Jakarta."""

from __future__ import annotations

from typing import Final

# A device → what it is reached through; the network's own list names a parent before its children.
PARENTS: Final = {
    "sw-lt2-jkt": "sw-inti-jkt",
    "rt-wan-jkt": "sw-inti-jkt",
    "fw-batas-jkt": "sw-inti-jkt",
    "sw-pusdata": "rt-wan-jkt",
    "srv-dns": "sw-pusdata",
    "ups-dc": "sw-pusdata",
    "sw-bdg": "rt-wan-jkt",
    "rt-mks": "rt-wan-jkt",
    "sw-jyp": "rt-wan-jkt",
}
