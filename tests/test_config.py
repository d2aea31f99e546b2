"""Settings are typed, complete at start, and refused in one plain sentence."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from config import build_settings, load_settings, parse_key_ring
from helpdesk.errors import SettingsInvalid

KEY = base64.b64encode(bytes(32)).decode()


def test_a_first_run_needs_no_setting_but_a_folder(tmp_path: Path) -> None:
    settings = load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path / "new")})
    assert settings.database_url == f"sqlite:///{tmp_path / 'new' / 'disposisi.sqlite3'}"
    assert len(settings.secret_key.get_secret_value()) >= 48
    assert len(settings.key_ring()) == 1
    assert settings.default_language == "id"


def test_the_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, second = (load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path)}) for _ in range(2))
    assert first.secret_key == second.secret_key
    assert first.key_ring() == second.key_ring()
    for name in ("secret.key", "credential.keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_no_secret_stands_in_what_is_printed(tmp_path: Path) -> None:
    settings = load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path), "HELPDESK_SMTP_PASSWORD": "rahasia"})
    printed = repr(settings) + str(settings) + settings.model_dump_json()
    assert "rahasia" not in printed
    assert settings.secret_key.get_secret_value() not in printed
    assert settings.credential_keys.get_secret_value() not in printed


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_plain_postgresql_address_is_understood(tmp_path: Path, scheme: str) -> None:
    settings = build_settings(data_directory=tmp_path, database_url=f"{scheme}://u:p@db/disposisi")
    assert settings.database_url == "postgresql+psycopg://u:p@db/disposisi"
    assert not settings.is_sqlite


def test_postgresql_without_its_driver_names_the_command_that_adds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.find_spec", lambda _name: None)
    with pytest.raises(SettingsInvalid, match="make install"):
        build_settings(data_directory=tmp_path, database_url="postgresql://u:p@db/disposisi")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HELPDESK_TIMEZONE", "Asia/Jakarte", "not a known time zone"),
        ("HELPDESK_SMTP_PORT", "delapan puluh", "valid integer"),
        ("HELPDESK_TICKET_PREFIX", "tiket-", "match pattern"),
        ("HELPDESK_SNAPSHOT_MINUTES", "0", "greater than or equal to 1"),
        ("HELPDESK_SNAPSHOT_MINUTS", "15", "no such setting"),
        ("HELPDESK_CREDENTIAL_KEYS", f"k1:{KEY[:-8]}", "32 random bytes"),
        ("HELPDESK_CREDENTIAL_KEYS", "k1", "32 random bytes"),
        ("HELPDESK_DATABASE_URL", "mysql://db/disposisi", "write postgresql://"),
        ("HELPDESK_DATABASE_URL", "disposisi", "write postgresql://"),
    ],
)
def test_a_bad_setting_is_named_with_its_reason(tmp_path: Path, name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path), name: value})
    assert refusal.value.details["name"] == name
    assert reason in str(refusal.value)


def test_a_bad_secret_is_not_repeated_in_the_refusal(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path), "HELPDESK_CREDENTIAL_KEYS": "k1:rahasia"})
    assert "rahasia" not in str(refusal.value)


def test_the_newest_key_stands_first_in_the_ring() -> None:
    assert list(parse_key_ring(f"k2:{KEY}, k1:{KEY}")) == ["k2", "k1"]


def test_an_empty_value_means_the_default(tmp_path: Path) -> None:
    settings = load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path), "HELPDESK_TIMEZONE": ""})
    assert settings.timezone == "Asia/Jakarta"


def test_the_letterhead_comes_line_by_line(tmp_path: Path) -> None:
    settings = load_settings(
        {"HELPDESK_DATA_DIRECTORY": str(tmp_path), "HELPDESK_LETTERHEAD_CITY": "Manokwari"}
    )
    assert settings.letterhead.city == "Manokwari"
    assert settings.letterhead.agency.startswith("KEMENTERIAN")


def test_a_folder_that_cannot_be_written_is_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("not a folder", "utf-8")
    with pytest.raises(SettingsInvalid, match="cannot be written"):
        load_settings({"HELPDESK_DATA_DIRECTORY": str(tmp_path / "a-file" / "data")})


def test_only_config_reads_the_environment() -> None:
    root = Path(__file__).resolve().parents[1] / "helpdesk"
    readers = [
        str(path.relative_to(root))
        for path in sorted(root.rglob("*.py"))
        if "os.environ" in path.read_text("utf-8") or "os.getenv" in path.read_text("utf-8")
    ]
    # The demo starts other programs and hands the environment on.
    assert [path for path in readers if not path.startswith("demo/")] == [], "ask config.py for a setting"
