"""The first line an SSH server says: enough to tell some platforms apart without signing in."""

import re
import socket
from typing import Final

_LONGEST_BANNER: Final = 4096
_PATTERNS: Final = (
    ("cisco_ios", r"Cisco-\d"),
    ("huawei_vrp", r"HUAWEI|VRP"),
    ("mikrotik_routeros", r"ROSSSH"),
    ("hp_comware", r"Comware"),
    ("hp_procurve", r"Mocana"),
    ("linux_netsnmp", r"OpenSSH"),
)


def read_banner(host: str, port: int, timeout_seconds: float) -> str:
    """Return the identification line of an SSH server, empty when it sends something else."""
    with socket.create_connection((host, port), timeout=timeout_seconds) as connection:
        connection.settimeout(timeout_seconds)
        received = b""
        while b"\n" not in received and len(received) < _LONGEST_BANNER:
            data = connection.recv(256)
            if not data:
                break
            received += data
    line = received.split(b"\n")[0].decode("latin-1").strip()
    return line if line.startswith("SSH-") else ""


def guess_platform(banner: str) -> str | None:
    """Return the platform that an identification line points to."""
    return next((platform for platform, pattern in _PATTERNS if re.search(pattern, banner)), None)
