"""An evidence set as an annex of the report: when, what was frozen, and the graphs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.documents.rules import formats


@dataclass(frozen=True, kw_only=True)
class IncidentAnnex:
    """What was known of a device at the moment its trouble opened the ticket.

    `contents` is the list of contents of the set, `graphs` its panels by window, both as they were frozen.
    """

    sha256: str
    contents: Mapping[str, Any]
    graphs: Mapping[str, Sequence[Mapping[str, Any]]]

    def to_dict(self, zone: str) -> dict[str, Any]:
        """Return the annex as the template draws it."""
        contents = self.contents
        return {
            "device": contents["device"],
            "facts": [
                ["Perangkat", f"{contents['device']} ({contents['address']})"],
                ["Kejadian", contents["finding"]],
                ["Saat kejadian", _moment(contents["event_at"], zone)],
                ["Saat dibekukan", _moment(contents["frozen_at"], zone)],
            ],
            "sha256": self.sha256,
            "fingerprint": formats.format_fingerprint(self.sha256),
            "windows": [
                {"title": f"{window_title(name)} sampai saat dibekukan", "panels": list(panels)}
                for name, panels in self.graphs.items()
                if panels
            ],
            "files": [
                [
                    one["title"],
                    one["remark"] or ("Lengkap" if one["complete"] else "Tidak lengkap"),
                    one["sha256"],
                ]
                for one in contents["files"]
            ],
        }


def window_title(name: str) -> str:
    """Return the window of a file's name in words: 06-jam is "6 jam"."""
    return name.lstrip("0").replace("-", " ")


def _moment(text: str, zone: str) -> str:
    return formats.format_moment(datetime.fromisoformat(text), zone)
