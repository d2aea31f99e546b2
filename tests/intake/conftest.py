"""A requester at the public form."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from helpdesk import clock
from helpdesk.intake.tokens import Seal

FILLED = {
    "requester_name": "Siti Aminah",
    "requester_agency": "Kementerian Contoh",
    "requester_unit": "Biro Umum",
    "requester_email": "siti@contoh.go.id",
    "requester_phone": "0812-3456-7890",
    "kind": "technical_cooperation",
    "subject": "Sambungan lantai dua terputus",
    "description": "Setiap sore sambungan putus.\nSudah dicoba dengan kabel lain.",
    "affected": "Gedung B lantai 2",
    "preferred_on": "",
    "consent": "y",
}


class Requester:
    """Fills in the public form and sends it."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.client = client
        self.seal = Seal(app.extensions["settings"].secret_key.get_secret_value())

    def new_key(self, *, at: datetime | None = None) -> str:
        """Return the key of a form that was opened a minute ago."""
        return self.seal.new_key(at or clock.now() - timedelta(minutes=1))

    def send(self, *, files: Any = (), to: str = "/", **fields: Any) -> TestResponse:
        """Send the form; `files` are (name, content) pairs."""
        values = MultiDict({"form_key": self.new_key(), **FILLED, **fields})
        for name, content in files:
            values.add("attachments", (io.BytesIO(content), name))
        return self.client.post(to, data=values, content_type="multipart/form-data")

    def send_well(self, **fields: Any) -> str:
        """Send a form that is taken, and return the token of its link."""
        answer = self.send(**fields)
        assert answer.status_code == 303, text_of(answer)
        return answer.location.rsplit("/", 1)[1]


def text_of(answer: TestResponse) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.fixture
def requester(app: Flask, client: FlaskClient) -> Requester:
    """Return a requester without an account."""
    return Requester(app, client)
