"""The start: a bad file or setting ends it with a sentence, never with a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config import ROOT


def start(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Load the application as gunicorn does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env={**kept, "HELPDESK_DATA_DIRECTORY": str(folder / "var"), **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_bad_procedure_stops_the_start_with_file_line_step_and_reason(tmp_path: Path) -> None:
    source = ROOT / "helpdesk" / "sop" / "procedures" / "OT.01.02-090-097.Set.PO" / "v1.yaml"
    copied = tmp_path / "procedures" / source.parent.name / "v1.yaml"
    copied.parent.mkdir(parents=True)
    text = source.read_text("utf-8")
    copied.write_text(text.replace("needs: [identification]", "needs: [penyihir]", 1), "utf-8")
    line = next(n for n, each in enumerate(copied.read_text("utf-8").splitlines(), 1) if "penyihir" in each)
    ended = start(tmp_path, HELPDESK_PROCEDURES_DIRECTORY=str(tmp_path / "procedures"))
    assert ended.returncode == 3
    assert f"v1.yaml:{line}" in ended.stderr
    assert "penyihir" in ended.stderr
    assert "verify" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_setting_stops_the_start_with_its_name(tmp_path: Path) -> None:
    ended = start(tmp_path, HELPDESK_LETERHEAD="salah ketik")
    assert ended.returncode == 3
    assert "HELPDESK_LETERHEAD" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_with_good_settings_it_starts(tmp_path: Path) -> None:
    assert start(tmp_path).returncode == 0
