"""Reads one file that somebody handed in, in a process of its own: `reader TASK SECONDS`.

The question comes in on the standard input, a line of JSON and then the file; the answer goes out as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from helpdesk.signing.certificates import certificates_of, open_key_file, pem_of, private_pem
from helpdesk.signing.errors import KeyFileRefused
from helpdesk.signing.rules import FileReport, Revocation
from helpdesk.signing.verification import Trust, verify_file

MEMORY_BYTES = 1024 * 1024 * 1024
REPORT = TypeAdapter(FileReport)


def read_key_file(question: dict[str, Any], content: bytes) -> bytes:
    """Return what a PKCS#12 file holds, or why it is refused."""
    try:
        opened = open_key_file(content, question["password"])
    except KeyFileRefused as refusal:
        return json.dumps({"refused": refusal.details["reason"]}).encode()
    certificates = pem_of((opened.certificate, *opened.chain))
    return json.dumps({"certificates": certificates, "key": private_pem(opened.private_key)}).encode()


def read_paper(question: dict[str, Any], content: bytes) -> bytes:
    """Return what the signature of a PDF says."""
    trust = Trust(
        authorities=certificates_of(question["authorities"]),
        registered=certificates_of(question["registered"]),
        revocations=[Revocation(name, datetime.fromisoformat(at)) for name, at in question["revocations"]],
    )
    return REPORT.dump_json(verify_file(content, trust, now=datetime.fromisoformat(question["now"])))


TASKS = {"key-file": read_key_file, "paper": read_paper}


def main() -> None:
    """Limit oneself, then answer the one question."""
    task, seconds = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    line, _, content = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.buffer.write(TASKS[task](json.loads(line), content))


if __name__ == "__main__":
    main()
