"""The sites of the demo network."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class LabSite:
    """A place with devices."""

    code: str
    name: str
    city: str
    time_zone: str


LAB_SITES: Final = (
    LabSite("JKT", "Kantor Pusat Jakarta", "Jakarta", "Asia/Jakarta"),
    LabSite("DC", "Pusat Data Jakarta", "Jakarta", "Asia/Jakarta"),
    LabSite("BDG", "Kantor Perwakilan Bandung", "Bandung", "Asia/Jakarta"),
    LabSite("MKS", "Kantor Perwakilan Makassar", "Makassar", "Asia/Makassar"),
    LabSite("JYP", "Kantor Perwakilan Jayapura", "Jayapura", "Asia/Jayapura"),
)
