"""A real net-snmp agent and a real OpenSSH server on loopback, which tell of this machine."""

from __future__ import annotations

import ctypes
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpdesk.demo.programs import Program, python, start, stop, tail
from tests.factories.ports import HOST, free_port

SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))
READY_SECONDS = 240.0
PACKAGES = {
    "chromium": "chromium",
    "snmpd": "snmpd",
    "snmptrap": "snmp",
    "snmpinform": "snmp",
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
    "pdftotext": "poppler-utils",
    "softhsm2-util": "softhsm2",
    "unshare": "util-linux",
    "vtysh": "frr",
}


def find_program(name: str) -> str:
    """Return where a system program lies, or fail with the one command that adds it."""
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        pytest.fail(f"{name} is missing here: sudo apt install {PACKAGES.get(name, name)}", pytrace=False)
    return found


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = READY_SECONDS) -> None:
    """Wait for a condition; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s for {what}", pytrace=False)
        time.sleep(0.1)


@contextmanager
def running(
    name: str,
    command: tuple[str, ...],
    *,
    folder: Path,
    environment: dict[str, str],
    is_ready: Callable[[], bool],
    where: Path | None = None,
    seconds: float = READY_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; it dies with the test run, however that ends."""
    log = folder / f"{name}.log"
    process = start(
        Program(name, command), log=log, environment=environment, folder=where if where else folder
    )
    try:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{name} did not start:\n" + "\n".join(tail(log)), pytrace=False)
            time.sleep(0.1)
        yield process
    finally:
        stop([process])


@dataclass(frozen=True)
class Agent:
    """How the SNMP agent is asked."""

    port: int
    community: str
    user: str
    auth_key: str
    priv_key: str


@contextmanager
def snmp_agent(folder: Path) -> Iterator[Agent]:
    """Run snmpd with a community for v2c and a user for v3."""
    agent = Agent(
        free_port(socket.SOCK_DGRAM),
        f"uji-{secrets.token_hex(4)}",
        "pembaca",
        secrets.token_hex(8),
        secrets.token_hex(8),
    )
    configuration = folder / "snmpd.conf"
    configuration.write_text(
        f"agentaddress udp:{HOST}:{agent.port}\n"
        f"rocommunity {agent.community} {HOST}\n"
        f"createUser {agent.user} SHA {agent.auth_key} AES {agent.priv_key}\n"
        f"rouser {agent.user} priv\n"
        "sysLocation Ruang server uji\nsysContact uji@kantor.example\nsysName peladen-uji\n",
        "utf-8",
    )
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "snmp"), "MIBS": ""}
    command: tuple[str, ...] = (find_program("snmpd"), "-f", "-Lo", "-C", "-c", str(configuration))
    command += ("-p", str(folder / "snmpd.pid"))

    def answers() -> bool:
        asked = python("-m", "network", "snapshot", f"{HOST}:{agent.port}", "--community", agent.community)
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    with running("snmpd", command, folder=folder, environment=environment, is_ready=answers):
        yield agent


@dataclass(frozen=True)
class Server:
    """How to sign in to the SSH server, and how its key looks."""

    port: int
    username: str
    password: str
    fingerprint: str


@contextmanager
def ssh_server(folder: Path, *, instead_of_a_shell: str = "") -> Iterator[Server]:
    """Run sshd with a user that exists for it alone, who gets a shell or another program."""
    sshd, key = find_program("sshd"), folder / "host_key"
    subprocess.run(
        [find_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=60
    )
    server = Server(free_port(), f"uji{secrets.token_hex(3)}", secrets.token_urlsafe(12), _fingerprint(key))
    configuration = folder / "sshd_config"
    configuration.write_text(
        f"ListenAddress {HOST}\nPort {server.port}\nHostKey {key}\nPidFile none\nUsePAM no\n"
        "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nPubkeyAuthentication no\n"
        f"AllowUsers {server.username}\nPrintMotd no\nUseDNS no\nMaxStartups 500:30:1000\n"
        + (f"ForceCommand {instead_of_a_shell}\n" if instead_of_a_shell else ""),
        "utf-8",
    )
    command = (sshd, "-D", "-e", "-f", str(configuration))
    with (
        _user_of_its_own(command, server, folder) as knowing_the_user,
        running(
            "sshd",
            knowing_the_user,
            folder=folder,
            environment={**os.environ, "PATH": SYSTEM_PATH},
            is_ready=lambda: _greets(server.port),
        ),
    ):
        yield server


@contextmanager
def _user_of_its_own(command: tuple[str, ...], server: Server, folder: Path) -> Iterator[tuple[str, ...]]:
    """Give the command as it knows the user; the lists of users of this system stay untouched if they can."""
    if _can(_namespaces()):
        yield _behind_other_lists(command, server, folder)
        return
    if os.geteuid() != 0:
        pytest.fail(
            "sshd needs a user of its own. Run the browser tests as root, or allow namespaces: "
            "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
            pytrace=False,
        )
    # A container without the right to mount: then the user is added for the time of the tests.
    entry = f"{server.username}:{_hash(server.password)}"
    _run(find_program("useradd"), "--no-create-home", "--shell", "/bin/bash", server.username)
    try:
        _run(find_program("chpasswd"), "--encrypted", given=entry)
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        yield command
    finally:
        _run(find_program("userdel"), "--force", server.username)


def _namespaces() -> tuple[str, ...]:
    kinds: tuple[str, ...] = ("--mount", "--propagation", "private", "--pid")
    kinds += ("--fork", "--kill-child", "--mount-proc")
    if os.geteuid() != 0:
        kinds += ("--user", "--map-current-user", "--keep-caps")
    return (find_program("unshare"), *kinds)


def _behind_other_lists(command: tuple[str, ...], server: Server, folder: Path) -> tuple[str, ...]:
    """Return the command in a mount namespace with lists of users that know one more."""
    # Without root's rights sshd can only sign in who runs it: the user has our number then.
    number, group = (64001, 64001) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    passwd, shadow, groups = folder / "passwd", folder / "shadow", folder / "group"
    entry = f"{server.username}:x:{number}:{group}::/:/bin/bash\n"
    passwd.write_text(Path("/etc/passwd").read_text("utf-8") + entry, "utf-8")
    shadow.write_text(f"{server.username}:{_hash(server.password)}:20000:0:99999:7:::\n", "utf-8")
    shadow.chmod(0o600)
    # A terminal is given to the group tty where there is one: only root could.
    groups.write_text(f"{server.username}:x:{group}:\n", "utf-8")
    binds = "".join(
        f"mount --bind {shlex.quote(str(path))} /etc/{path.name} && " for path in (passwd, shadow, groups)
    )
    script = (
        f"{binds}mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount -t tmpfs tmpfs /var/log"
        f" && exec {shlex.join(command)}"
    )
    return (*_namespaces(), "sh", "-c", script)


def _can(namespaces: tuple[str, ...]) -> bool:
    """Whether this system lets us make the namespaces and mount in them."""
    tried = subprocess.run(
        (*namespaces, "mount", "-t", "tmpfs", "tmpfs", "/run"), capture_output=True, check=False
    )
    return tried.returncode == 0


def _run(*command: str, given: str = "") -> None:
    subprocess.run(command, input=given, text=True, check=True, capture_output=True, timeout=60)


def _hash(password: str) -> str:
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    made: bytes = library.crypt(password.encode(), b"$6$" + secrets.token_hex(8).encode())
    return made.decode()


def _fingerprint(key: Path) -> str:
    shown = subprocess.run(
        [find_program("ssh-keygen"), "-l", "-f", str(key)], capture_output=True, text=True, check=True
    )
    return shown.stdout.split()[1]


def _greets(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
