"""What a form carries for us and nobody can make up: its key, and the list of files that already arrived."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from helpdesk.intake.rules import FormKey, HeldFile


@dataclass(frozen=True)
class Seal:
    """Signs and reads with the secret of the installation."""

    secret: str

    def new_key(self, now: datetime) -> str:
        """Return the key of a form that is handed out now."""
        return str(self._keys().dumps([secrets.token_urlsafe(18), now.isoformat()]))

    def read_key(self, text: str | None, now: datetime) -> FormKey | None:
        """Return the form's key, or None where it is forged or too old."""
        try:
            nonce, issued_at = self._keys().loads(text or "")
        except BadSignature:
            return None
        key = FormKey(nonce, datetime.fromisoformat(issued_at))
        return key if key.is_fresh(now) else None

    def write_files(self, files: Sequence[HeldFile], key: FormKey) -> str:
        """Return the list of files that the form keeps."""
        return str(self._files(key).dumps([asdict(file) for file in files]))

    def read_files(self, text: str | None, key: FormKey) -> tuple[HeldFile, ...]:
        """Return the files of this form; a list of another form, or a forged one, holds none."""
        try:
            return tuple(HeldFile(**file) for file in self._files(key).loads(text or ""))
        except BadSignature:
            return ()

    def _keys(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="intake.form-key")

    def _files(self, key: FormKey) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"intake.files.{key.nonce}")
