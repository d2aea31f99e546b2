"""Letters that would trick the reader of a page are shown as what they are: something unreadable.

What devices call their ports, and what strangers write, may hold marks that turn the direction of writing
(all that follows one reads backwards) and control characters. The evidence keeps them; a page shows U+FFFD.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Flask, Response

UNREADABLE: Final = "\ufffd".encode()
_CONTROLS: Final = bytes([*range(9), 11, 12, *range(14, 32), 127])
# As UTF-8: U+0080 to U+009F; U+202A to U+202E; U+2066 to U+2069. Each begins with what is found fast.
_MARKS: Final = (
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"\xe2\x80[\xaa-\xae]"),
    re.compile(rb"\xe2\x81[\xa6-\xa9]"),
)
_CONTROL: Final = re.compile(b"[" + re.escape(_CONTROLS) + b"]")


def show_letters(page: bytes) -> bytes:
    """Return the page (UTF-8) without controls and without marks that turn the direction of writing."""
    if len(page.translate(None, _CONTROLS)) != len(page):
        page = _CONTROL.sub(UNREADABLE, page)
    for marks in _MARKS:
        page = marks.sub(UNREADABLE, page)
    return page


def init_letters(app: Flask) -> None:
    """Look through every page that leaves the house."""

    @app.after_request
    def _show(response: Response) -> Response:
        if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
            return response
        page = response.get_data()
        shown = show_letters(page)
        if shown is not page:
            response.set_data(shown)
        return response
