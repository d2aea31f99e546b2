"""An evidence set as the page of its ticket shows it."""

from __future__ import annotations

import zipfile
from datetime import datetime
from typing import Any

from flask import url_for

from helpdesk.tickets.incidents.rules import GRAPHS, read_manifest
from helpdesk.tickets.models import Attachment, EvidenceItem

PICTURE = ".png"


def set_view(item: EvidenceItem) -> dict[str, Any] | None:
    """Return what the card of the set shows; None where the file cannot be opened any more."""
    assert item.attachment is not None
    try:
        contents = read_manifest(item.attachment.file.content)
    except (zipfile.BadZipFile, KeyError, ValueError):
        return None
    files = [
        {
            **one,
            "at": datetime.fromisoformat(one["at"]),
            "url": member_url(item.attachment, one["name"]),
        }
        for one in contents["files"]
        # What only the papers draw from is no file that a person opens.
        if one["name"] != GRAPHS
    ]
    return {
        "device": contents["device"],
        "finding": contents["finding"],
        "event_at": datetime.fromisoformat(contents["event_at"]),
        "frozen_at": datetime.fromisoformat(contents["frozen_at"]),
        "pictures": [one for one in files if one["name"].endswith(PICTURE)],
        "files": [one for one in files if not one["name"].endswith(PICTURE)],
    }


def member_url(attachment: Attachment, name: str) -> str:
    """Return where a file of the set is handed out."""
    return url_for(
        "tickets.download_member",
        ticket_id=attachment.ticket_id,
        attachment_id=attachment.id,
        name=name,
    )
