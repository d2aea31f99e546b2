from __future__ import annotations

import subprocess
import sys

import pytest

from tests.factories.processes import ROOT


def test_the_collector_s_commands_start_without_database_and_web_framework() -> None:
    program = "import sys, helpdesk.devices.cli; print(sorted({'sqlalchemy', 'flask'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "code"), [(["snapshot", "--help"], 0), (["snapshot", "not a host", "--community", "c"], 2)]
)
def test_options_and_exit_codes_are_the_collector_s_own(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "helpdesk.cli", *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_redact_masks_what_comes_in() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "helpdesk.cli", "redact", "--platform", "cisco_ios"],
        cwd=ROOT,
        input="snmp-server community rahasia-sekali RO\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "snmp-server community" in done.stdout
    assert "rahasia-sekali" not in done.stdout
