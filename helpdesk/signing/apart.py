"""Has files that somebody handed in read in another process, with a limit on time and on memory.

A key file may ask for hours of hashing, and a signed PDF may keep its reader busy as long; in the process of
the web server that would stop the page for everybody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from typing import Any

from helpdesk.signing.certificates import (
    KEY_FILE_MAXIMUM,
    KeyFile,
    certificates_of,
    pem_of,
    private_key_of,
)
from helpdesk.signing.errors import KeyFileRefused
from helpdesk.signing.reader import REPORT
from helpdesk.signing.rules import FileReport, FileState
from helpdesk.signing.verification import Trust, first_look

PROCESSOR_SECONDS = 10
# Beyond the seconds of the processor: the machine may be busy.
PATIENCE_SECONDS = 40


def open_key_file_apart(content: bytes, password: str) -> KeyFile:
    """Read a PKCS#12 file, or raise KeyFileRefused with the reason."""
    if len(content) > KEY_FILE_MAXIMUM:
        raise KeyFileRefused(reason="The file is too large for a key file (.p12, .pfx).")
    answer = _ask("key-file", {"password": password}, content)
    if answer is None:
        raise KeyFileRefused(reason="The file takes too long to open. Ask its issuer for another one.")
    found = json.loads(answer)
    if "refused" in found:
        raise KeyFileRefused(reason=found["refused"])
    certificate, *chain = certificates_of(found["certificates"])
    return KeyFile(certificate, tuple(chain), private_key_of(found["key"]))


def verify_file_apart(content: bytes, trust: Trust, *, now: datetime) -> FileReport:
    """Check a file from outside; one that takes too long is as good as one that was changed."""
    seen = first_look(content)
    if seen is not None:
        return seen
    question = {
        "authorities": pem_of(trust.authorities),
        "registered": pem_of(trust.registered),
        "revocations": [(one.fingerprint, one.at.isoformat()) for one in trust.revocations],
        "now": now.isoformat(),
    }
    answer = _ask("paper", question, content)
    return FileReport(FileState.CHANGED) if answer is None else REPORT.validate_json(answer)


def _ask(task: str, question: dict[str, Any], content: bytes) -> bytes | None:
    """Return the answer of the other process, or None where it came to its limits."""
    # The same code as here, and nothing of the settings: the reader needs no secret of the office.
    surroundings = {"PYTHONPATH": os.pathsep.join(one for one in sys.path if one), "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(  # noqa: S603  # our own program, with words of our own
            [sys.executable, "-P", "-m", "helpdesk.signing.reader", task, str(PROCESSOR_SECONDS)],
            input=json.dumps(question).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
