"""Refusals of the public desk."""

from __future__ import annotations

from helpdesk.errors import NotFound


class FollowLinkUnknown(NotFound):
    """The link was made up, mistyped or withdrawn; which of them is nobody's business."""

    code = "follow_link_unknown"
    message = (
        "This link does not lead to a request, or it no longer does. Open it once more from the e-mail or "
        "the receipt. If it still does not work, ask the office with your ticket number."
    )
