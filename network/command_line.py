"""The command line: `python -m network …`, and the same functions for `helpdesk snapshot`."""

import argparse
import getpass
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from network.collector import DEFAULT_BUDGET_SECONDS, collect_snapshot
from network.lab.command import add_lab_arguments, run_lab
from network.lab.sweep import add_sweep_arguments, run_lab_sweep
from network.observations import Snapshot
from network.platforms.catalogue import list_platforms
from network.presentation import format_snapshot
from network.ssh.redaction import redact
from network.targets import (
    SSH_PORT,
    InvalidTarget,
    SnmpCredentials,
    SnmpV1Credentials,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    Target,
    parse_address,
)

EXIT_READ, EXIT_NOTHING_READ, EXIT_USAGE = 0, 1, 2
PROMPT: Final = "-"
_CONTROLS: Final = re.compile("[\x7f-\x9f]")

# Options that hold a secret → the environment variable read when the option is absent.
SECRET_VARIABLES: Final[Mapping[str, str]] = {
    "community": "NETWORK_COMMUNITY",
    "auth_key": "NETWORK_AUTH_KEY",
    "priv_key": "NETWORK_PRIV_KEY",
    "ssh_password": "NETWORK_SSH_PASSWORD",
}


def add_snapshot_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `snapshot`; `helpdesk snapshot` uses the same."""
    parser.add_argument("host", metavar="HOST[:PORT]", help="address or name; [IPv6]:PORT for IPv6")
    parser.add_argument("--community", help="SNMP community; '-' asks for it")
    parser.add_argument(
        "--snmp-version", choices=("1", "2c"), default="2c", help="version that the community is sent in"
    )
    parser.add_argument("--community-file", type=Path, help="file whose first line is the community")
    parser.add_argument("--v3-user", help="SNMPv3 user")
    parser.add_argument("--auth-protocol", help="MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512")
    parser.add_argument("--auth-key", help="SNMPv3 authentication key; '-' asks for it")
    parser.add_argument("--auth-key-file", type=Path)
    parser.add_argument("--priv-protocol", help="DES, AES-128, AES-192 or AES-256")
    parser.add_argument("--priv-key", help="SNMPv3 privacy key; '-' asks for it")
    parser.add_argument("--priv-key-file", type=Path)
    parser.add_argument("--ssh-user", help="also run the allowed show commands as this user")
    parser.add_argument("--ssh-password-file", type=Path, help="file whose first line is the password")
    parser.add_argument("--ssh-port", type=int, default=SSH_PORT)
    parser.add_argument("--host-key", metavar="SHA256:…", help="the host key this device must show")
    parser.add_argument(
        "--accept-host-key", action="store_true", help="accept whatever key the device shows, this once"
    )
    parser.add_argument("--allow-old-ciphers", action="store_true", help="allow SHA-1 for this device")
    parser.add_argument("--platform", choices=sorted(list_platforms()), help="do not detect the platform")
    parser.add_argument(
        "--timeout",
        type=float,
        default=DEFAULT_BUDGET_SECONDS,
        metavar="SECONDS",
        help="budget for the device",
    )
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
    parser.add_argument("--lang", choices=("id", "en"), default="id", help="language of the messages")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of `python -m network`."""
    parser = argparse.ArgumentParser(prog="python -m network", description="Read network devices.")
    commands = parser.add_subparsers(dest="command", required=True)
    snapshot = commands.add_parser("snapshot", help="read one device now")
    add_snapshot_arguments(snapshot)
    snapshot.set_defaults(run=run_snapshot)
    redacting = commands.add_parser("redact", help="mask the secrets of a configuration read from stdin")
    redacting.add_argument("--platform", default=None, help="platform of the configuration")
    redacting.set_defaults(run=run_redact)
    lab = commands.add_parser("lab", help="run the demo network on loopback")
    add_lab_arguments(lab)
    lab.set_defaults(run=run_lab)
    sweep = commands.add_parser("lab-sweep", help="read hundreds of lab switches and print what it costs")
    add_sweep_arguments(sweep)
    sweep.set_defaults(run=run_lab_sweep)
    return parser


def run_snapshot(arguments: argparse.Namespace) -> int:
    """Read one device and print it; 0 with data, 1 without, 2 for a wrong call."""
    try:
        target = build_target(arguments)
        if not 0 < arguments.timeout <= 3600:
            raise InvalidTarget(
                "The time budget is more than 0 and at most 3600 seconds.",
                "Batas waktu lebih dari 0 dan paling lama 3600 detik.",
            )
    except InvalidTarget as error:
        sys.stderr.write(f"{error.describe(arguments.lang)}\n")
        return EXIT_USAGE
    snapshot = collect_snapshot(target, budget_seconds=arguments.timeout)
    if arguments.json:
        # Controls beyond ASCII steer terminals too; json leaves them as they are.
        text = _CONTROLS.sub(
            lambda found: f"\\u{ord(found[0]):04x}",
            json.dumps(snapshot.to_dict(), ensure_ascii=False, indent=2),
        )
    else:
        text = format_snapshot(snapshot, arguments.lang)
    sys.stdout.write(f"{text}\n")
    if arguments.json and not snapshot.has_data:
        _explain_failures(snapshot, arguments.lang)
    return EXIT_READ if snapshot.has_data else EXIT_NOTHING_READ


def run_redact(arguments: argparse.Namespace) -> int:
    """Copy stdin to stdout with every secret masked; what is no UTF-8 goes through as it is."""
    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(redact(text, arguments.platform).encode("utf-8", "surrogateescape"))
    return EXIT_READ


def build_target(arguments: argparse.Namespace) -> Target:
    """Build the target from the options, the environment and prompts."""
    address, port = parse_address(arguments.host)
    snmp = _snmp_credentials(arguments)
    ssh = _ssh_credentials(arguments)
    if snmp is None and ssh is None:
        raise InvalidTarget(
            "Give --community, --v3-user or --ssh-user.", "Berikan --community, --v3-user, atau --ssh-user."
        )
    return Target(
        address=address,
        snmp_port=port,
        ssh_port=arguments.ssh_port,
        snmp=snmp,
        ssh=ssh,
        platform=arguments.platform,
    )


def _snmp_credentials(arguments: argparse.Namespace) -> SnmpCredentials | None:
    if arguments.v3_user:
        return SnmpV3Credentials.of(
            arguments.v3_user,
            arguments.auth_protocol,
            _secret(arguments, "auth_key") if arguments.auth_protocol else None,
            arguments.priv_protocol,
            _secret(arguments, "priv_key") if arguments.priv_protocol else None,
        )
    community = _secret(arguments, "community")
    if community is None:
        return None
    kind = SnmpV1Credentials if arguments.snmp_version == "1" else SnmpV2cCredentials
    return kind.of(community)


def _ssh_credentials(arguments: argparse.Namespace) -> SshCredentials | None:
    if not arguments.ssh_user:
        return None
    password = _secret(arguments, "ssh_password")
    if password is None:
        password = getpass.getpass("SSH password: ")
    return SshCredentials.of(
        arguments.ssh_user,
        password,
        host_key_sha256=arguments.host_key,
        accept_any_host_key=arguments.accept_host_key,
        allow_old_ciphers=arguments.allow_old_ciphers,
    )


def _secret(arguments: argparse.Namespace, name: str) -> str | None:
    """Return a secret from its option, its file, the environment or a prompt, in this order."""
    given: str | None = getattr(arguments, name, None)
    if given == PROMPT:
        return getpass.getpass(f"{name.replace('_', ' ')}: ")
    if given is not None:
        return given
    file: Path | None = getattr(arguments, f"{name}_file", None)
    if file is not None:
        return _first_line(file)
    return os.environ.get(SECRET_VARIABLES[name])


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        reason = error.strerror
        raise InvalidTarget(
            f"The file {file} cannot be read ({reason}).", f"Berkas {file} tidak dapat dibaca ({reason})."
        ) from None
    except UnicodeDecodeError:
        raise InvalidTarget(
            f"The file {file} is not UTF-8 text.", f"Berkas {file} bukan teks UTF-8."
        ) from None
    return lines[0] if lines else ""


def _explain_failures(snapshot: Snapshot, language: str) -> None:
    for failure in snapshot.failures:
        sys.stderr.write(f"{failure.code}: {failure.describe(language)}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line."""
    arguments = build_parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    return run(arguments)
