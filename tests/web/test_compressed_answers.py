"""Text travels compressed, whole, and without telling secrets by its length."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.web.compression import compress_page

TAKES_GZIP = {"Accept-Encoding": "gzip"}
STYLES = "/static/vendor/bootstrap/bootstrap.min.css"


def without_tokens(page: bytes) -> bytes:
    """Return the page without what differs at every request."""
    return re.sub(rb'value="[^"]+"', b"", page)


def test_a_page_is_the_same_compressed_and_not(client: FlaskClient) -> None:
    # In working hours the page's promise moves with every second.
    with time_machine.travel(datetime.now(UTC), tick=False):
        plain, packed = client.get("/"), client.get("/", headers=TAKES_GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert all("Accept-Encoding" in each.headers["Vary"] for each in (plain, packed))
    assert without_tokens(gzip.decompress(packed.data)) == without_tokens(plain.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2


def test_a_static_file_is_the_same_compressed_and_not(client: FlaskClient) -> None:
    plain, packed = client.get(STYLES), client.get(STYLES, headers=TAKES_GZIP)
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_a_browser_that_has_the_compressed_file_is_told_so(client: FlaskClient) -> None:
    packed = client.get(STYLES, headers=TAKES_GZIP)
    again = client.get(STYLES, headers={**TAKES_GZIP, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_missing_static_file_stays_missing(client: FlaskClient) -> None:
    answer = client.get("/static/css/nothing.css", headers=TAKES_GZIP)
    assert answer.status_code == 404
    assert b"<h1" in gzip.decompress(answer.data)


def test_pictures_and_typefaces_are_left_as_they_are(client: FlaskClient) -> None:
    name = "/static/vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"
    assert "Content-Encoding" not in client.get(name, headers=TAKES_GZIP).headers


def test_the_length_of_a_compressed_page_is_blurred(app: Flask) -> None:
    body = b"<p>the same words</p>" * 100
    lengths = {len(compress_page(body)) for _ in range(40)}
    assert len(lengths) > 5
