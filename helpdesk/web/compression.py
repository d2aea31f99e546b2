"""Text travels compressed: a list page stays light on a slow line."""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, request

TEXT_TYPES = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/problem+json",
        "image/svg+xml",
        "text/css",
        "text/csv",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
# Below this the header of gzip outweighs what it saves.
SMALLEST_BYTES = 500
LONGEST_PADDING_BYTES = 32
PAGE_LEVEL, FILE_LEVEL = 5, 9


def compress_page(body: bytes) -> bytes:
    """Compress a page, and let its length tell nothing of the secrets in it."""
    # BREACH guesses a token by lengths: a name of random length in gzip's own header blurs each of them.
    padding = secrets.token_hex(1 + secrets.randbelow(LONGEST_PADDING_BYTES))
    packed = BytesIO()
    with gzip.GzipFile(
        filename=padding, mode="wb", compresslevel=PAGE_LEVEL, fileobj=packed, mtime=0
    ) as file:
        file.write(body)
    return packed.getvalue()


@lru_cache(maxsize=128)
def _compressed_file(path: Path, _changed_at_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), FILE_LEVEL, mtime=0)


def init_compression(app: Flask) -> None:
    """Compress answers of text for browsers that take it."""
    folder = Path(str(app.static_folder))

    @app.after_request
    def _compress(response: Response) -> Response:
        if response.mimetype not in TEXT_TYPES or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        is_file = request.endpoint == "static" and response.status_code == 200
        if request.accept_encodings.quality("gzip") == 0 or (response.content_length or 0) < SMALLEST_BYTES:
            return response
        if is_file:
            _put_file(response, folder / str((request.view_args or {})["filename"]))
        elif not response.is_streamed:
            _put(response, compress_page(response.get_data()))
        return response


def _put_file(response: Response, path: Path) -> None:
    etag, _ = response.get_etag()
    response.close()
    response.direct_passthrough = False
    _put(response, _compressed_file(path, path.stat().st_mtime_ns))
    if etag is not None:
        # Other bytes than uncompressed, but the same content: that is what a weak tag says.
        response.set_etag(etag, weak=True)


def _put(response: Response, body: bytes) -> None:
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
