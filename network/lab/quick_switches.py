"""Hundreds of switches with 48 ports each, one loopback address a switch, in a process of their own."""

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

from network.lab.definition import SnmpUser
from network.lab.quick_agent import QuickAgent, QuickTable, identifier, integer, serve, text
from network.snmp.reader import Oid
from network.targets import SnmpCredentials, SnmpV2cCredentials, SnmpV3Credentials, Target

COMMUNITY: Final = "lab-cepat"
USER: Final = SnmpUser(
    user="pemantau",
    auth_protocol="SHA",
    auth_key="kunci-autentikasi",
    priv_protocol="AES-128",
    priv_key="kunci-privasi",
)
DEFAULT_PORT: Final = 16_161
PORTS: Final = 48

_SYSTEM: Final = (1, 3, 6, 1, 2, 1, 1)
_IF: Final = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX: Final = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_DUPLEX: Final = (1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19)
_ENGINE_TIME: Final = (1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0)
_COUNTER, _GAUGE, _TICKS, _COUNTER_64 = 0x41, 0x42, 0x43, 0x46


def switch_address(number: int) -> str:
    """Return the loopback address of a switch."""
    return f"127.7.{number // 250}.{number % 250 + 1}"


def switch_targets(count: int, port: int = DEFAULT_PORT, *, version_3: bool = False) -> list[Target]:
    """Return the switches as a sweep reads them."""
    credentials: SnmpCredentials = SnmpV2cCredentials.of(COMMUNITY)
    if version_3:
        credentials = SnmpV3Credentials.of(*USER.model_dump().values())
    return [
        Target(name=f"sw-lab-{number:03}", address=switch_address(number), snmp_port=port, snmp=credentials)
        for number in range(count)
    ]


def switch_table(ports: int = PORTS) -> QuickTable:
    """Return what every switch of the lab says: the system group and the columns of its ports."""
    values: dict[Oid, bytes] = {
        (*_SYSTEM, 1, 0): text("Cisco IOS Software, C2960X Software, Version 15.2(7)E, RELEASE SOFTWARE"),
        (*_SYSTEM, 2, 0): identifier((1, 3, 6, 1, 4, 1, 9, 1, 1208)),
        (*_SYSTEM, 3, 0): integer(123_456_789, _TICKS),
        (*_SYSTEM, 4, 0): text("piket jaringan"),
        (*_SYSTEM, 5, 0): text("sw-lab"),
        (*_SYSTEM, 6, 0): text("laboratorium"),
        _ENGINE_TIME: integer(1_234_567),
        (1, 3, 6, 1, 6, 3, 16, 1, 1, 1, 1, 0): text(""),
    }
    for port in range(1, ports + 1):
        index = 10_100 + port
        name = f"GigabitEthernet1/0/{port}"
        table = {
            2: text(name),
            3: integer(6),
            4: integer(1500),
            5: integer(1_000_000_000, _GAUGE),
            6: text(bytes((2, 26, 176, 0, *port.to_bytes(2)))),
            7: integer(1),
            8: integer(1 + port % 2),
            9: integer(port * 1000, _TICKS),
            13: integer(port, _COUNTER),
            14: integer(port * 3, _COUNTER),
            19: integer(port * 5, _COUNTER),
            20: integer(port * 7, _COUNTER),
        }
        extension = {
            1: text(f"Gi1/0/{port}"),
            6: integer(port * 10**12 + 7, _COUNTER_64),
            7: integer(port * 10**9 + 7, _COUNTER_64),
            10: integer(port * 10**12 + 9, _COUNTER_64),
            11: integer(port * 10**9 + 9, _COUNTER_64),
            15: integer(1000, _GAUGE),
            18: text(f"lantai 2 meja {port}"),
            19: integer(0, _TICKS),
        }
        values |= {(*_IF, column, index): value for column, value in table.items()}
        values |= {(*_IFX, column, index): value for column, value in extension.items()}
        values[*_DUPLEX, index] = integer(3)
    return QuickTable(values)


@contextlib.contextmanager
def running_switches(count: int, port: int = DEFAULT_PORT, *, ports: int = PORTS) -> Iterator[int]:
    """Serve the switches in a process of their own; give its id."""
    numbers = map(str, (count, port, ports))
    command = [sys.executable, "-m", "network.lab.quick_switches", *numbers]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603  # our own program
        try:
            assert process.stdout is not None
            if process.stdout.readline() != b"ready\n":
                raise OSError(f"the lab's switches cannot listen on UDP port {port}")
            yield process.pid
        finally:
            process.terminate()


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="Serve lab switches.")
    parser.add_argument("count", type=int)
    parser.add_argument("port", type=int)
    parser.add_argument("ports", type=int, nargs="?", default=PORTS)
    arguments = parser.parse_args()
    table = switch_table(arguments.ports)
    serve(
        {
            (switch_address(number), arguments.port): QuickAgent(table, number, COMMUNITY, USER)
            for number in range(arguments.count)
        }
    )


if __name__ == "__main__":
    main()
