"""Static files: named by their content, so that a browser keeps them for a year and never an old one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory

from helpdesk.web.guards import public

YEAR_SECONDS = 365 * 24 * 3600
MONTH_SECONDS = 30 * 24 * 3600
# A style sheet names its typeface without a version: with one in the page it would be fetched twice.
UNVERSIONED = ".woff2"


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def init_assets(app: Flask) -> None:
    """Add the version to the address of every static file, and let versioned addresses be kept."""
    folder = Path(str(app.static_folder))

    @app.url_defaults
    def _add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and not values["filename"].endswith(UNVERSIONED):
            values["v"] = _version(folder / values["filename"])

    @app.get("/favicon.ico")
    @public
    def favicon() -> Response:
        """Answer browsers that ask for the mark by its old name: beside a PDF no page names another."""
        return send_from_directory(folder / "img", "mark.svg", max_age=MONTH_SECONDS)

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code != 200:
            return response
        if request.args.get("v"):
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        elif request.path.endswith(UNVERSIONED):
            response.headers["Cache-Control"] = f"public, max-age={MONTH_SECONDS}"
        return response
