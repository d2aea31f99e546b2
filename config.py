"""Settings: typed, complete at start, and the only reader of the environment."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from helpdesk.errors import SettingsInvalid

ROOT = Path(__file__).resolve().parent
PREFIX = "HELPDESK_"


class Letterhead(BaseModel):
    """The head of every official document."""

    model_config = ConfigDict(frozen=True)

    agency: str = "KEMENTERIAN KOORDINATOR BIDANG POLITIK, HUKUM, DAN KEAMANAN REPUBLIK INDONESIA"
    unit: str = "SEKRETARIAT KEMENTERIAN KOORDINATOR"
    address: str = "Jalan Medan Merdeka Barat Nomor 15, Jakarta Pusat 10110"
    contact: str = "Telepon (021) 0000000 · contoh@instansi.example"
    city: str = "Jakarta"


class HelpdeskSettings(BaseModel):
    """Every setting of the product; each is read from HELPDESK_<NAME IN CAPITALS>."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_directory: Path = ROOT / "var"
    database_url: str = ""
    secret_key: SecretStr = SecretStr("")
    credential_keys: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:8000"
    timezone: str = "Asia/Jakarta"
    default_language: Literal["id", "en"] = "id"
    procedures_directory: Path = ROOT / "helpdesk" / "sop" / "procedures"
    procedure_number: str = "OT.01.02-090-097.Set.PO"
    calendar_file: Path | None = None
    numbering_file: Path | None = None
    retention_file: Path | None = None
    health_rules_file: Path | None = None
    automatic_tickets: bool = False
    ticket_prefix: str = Field(default="TKT", pattern=r"^[A-Z]{1,8}$")
    letterhead: Letterhead = Letterhead()

    mail_sender: Literal["console", "smtp"] = "console"
    mail_from: str = "Disposisi <no-reply@localhost>"
    smtp_host: str = "localhost"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True

    # Health reports up to this size go with their mail; 0: the mail holds the link only.
    report_mail_max_bytes: int = Field(default=5 * 1024 * 1024, ge=0, le=50 * 1024 * 1024)
    attachment_max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024)
    attachment_max_count: int = Field(default=5, ge=0, le=50)
    submissions_per_hour: int = Field(default=20, ge=1)
    session_hours: int = Field(default=12, ge=1, le=24 * 7)
    session_idle_minutes: int = Field(default=60, ge=5)
    cookie_secure: bool = False
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    signatures: Literal["optional", "required"] = "optional"
    timestamp_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    pkcs11_module: Path | None = None
    trusted_certificates: Path | None = None

    snapshot_minutes: int = Field(default=15, ge=1, le=24 * 60)
    snapshot_budget_seconds: int = Field(default=30, ge=2, le=300)
    configuration_hours: int = Field(default=24, ge=0, le=24 * 31)  # 0: only when a person asks
    ssh_sessions_per_site: int = Field(default=4, ge=1, le=64)  # at once, of all processes of this machine
    snapshot_concurrency: int = Field(default=8, ge=1, le=64)
    # Opens /metrics for Prometheus; without one there is no such page.
    metrics_token: SecretStr = SecretStr("")
    evidence_wait_seconds: int = Field(default=10, ge=1, le=60)
    trap_days: int = Field(default=30, ge=1, le=3650)
    trap_any_community: bool = False
    component_gallery: bool = False
    demo: bool = False
    testing: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is not a known time zone, for instance Asia/Jakarta")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    def key_ring(self) -> dict[str, bytes]:
        """The credential keys by id, the newest first; each is 32 bytes."""
        return parse_key_ring(self.credential_keys.get_secret_value())


def parse_key_ring(text: str) -> dict[str, bytes]:
    """Read `id:base64 id:base64 …`, newest first."""
    ring: dict[str, bytes] = {}
    for entry in text.replace(",", " ").split():
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != 32:
            raise SettingsInvalid(
                name=f"{PREFIX}CREDENTIAL_KEYS", reason="each entry is id:base64 of 32 random bytes"
            )
        ring[key_id] = key
    return ring


def load_settings(environment: Mapping[str, str] | None = None) -> HelpdeskSettings:
    """Read the settings from the environment and complete them with files of the data directory."""
    environment = os.environ if environment is None else environment
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value != ""
    }
    letterhead = {
        key.removeprefix("letterhead_"): values.pop(key)
        for key in list(values)
        if key.startswith("letterhead_")
    }
    return build_settings(**values, **({"letterhead": letterhead} if letterhead else {}))


def build_settings(**values: object) -> HelpdeskSettings:
    """Check the values, and fill what a first run needs: database address and keys."""
    try:
        settings = HelpdeskSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        reason = (
            "no such setting"
            if first["type"] == "extra_forbidden"
            else first["msg"].removeprefix("Value error, ")
        )
        raise SettingsInvalid(name=name, reason=reason) from None
    directory = settings.data_directory.absolute()
    filled: dict[str, object] = {"data_directory": directory}
    if not settings.database_url:
        filled["database_url"] = f"sqlite:///{directory / 'disposisi.sqlite3'}"
    else:
        filled["database_url"] = _with_driver(settings.database_url)
    if not settings.secret_key.get_secret_value():
        filled["secret_key"] = SecretStr(_kept_secret(directory / "secret.key", secrets.token_urlsafe(48)))
    if not settings.credential_keys.get_secret_value():
        fresh = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
        filled["credential_keys"] = SecretStr(_kept_secret(directory / "credential.keys", fresh))
    complete = settings.model_copy(update=filled)
    complete.key_ring()
    return complete


def _with_driver(address: str) -> str:
    """Return the address with our driver for PostgreSQL; refuse a database that the product does not know."""
    scheme, _, rest = address.partition("://")
    if scheme == "sqlite" and rest.startswith("/"):
        return address
    if scheme not in {"postgres", "postgresql", "postgresql+psycopg"} or not rest:
        reason = "write postgresql://user@host/name, or sqlite:////path/to/file"
        raise SettingsInvalid(name="HELPDESK_DATABASE_URL", reason=reason)
    if find_spec("psycopg") is None:
        reason = "the PostgreSQL driver is not installed; run: make install"
        raise SettingsInvalid(name="HELPDESK_DATABASE_URL", reason=reason)
    return f"postgresql+psycopg://{rest}"


def _kept_secret(path: Path, fresh: str) -> str:
    """Read the secret kept at path, or keep the fresh one there with mode 0600."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    except OSError as error:
        raise SettingsInvalid(
            name=f"{PREFIX}DATA_DIRECTORY",
            reason=f"{path.parent} cannot be written ({error.strerror}). Choose a folder you may write to.",
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(fresh + "\n")
    return fresh


def _read_secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise SettingsInvalid(
            name=f"{PREFIX}DATA_DIRECTORY",
            reason=f"{path} cannot be read ({error.strerror}). It belongs to the user who started first.",
        ) from None


def child_environment(**settings: str) -> dict[str, str]:
    """Return the environment for a program that we start: our own, with some settings replaced."""
    return {**os.environ, **{PREFIX + name.upper(): value for name, value in settings.items()}}
