"""Run the allowed commands of a platform on one device, within a limit that nothing can stretch."""

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from network.configurations import hash_text, is_configuration_command, normalise_configuration
from network.observations import CommandOutput, Failure
from network.platforms.catalogue import find_command, get_platform
from network.platforms.definition import Command, Pager, PlatformDefinition, SshSettings
from network.ssh.answers import Answer, is_prompt
from network.ssh.banner import guess_platform, read_banner
from network.ssh.causes import SSH_ERRORS, classify, is_throttled
from network.ssh.drivers import driver_of
from network.ssh.host_key import PinnedHostKey
from network.ssh.offer import read_offer
from network.ssh.redaction import redact
from network.ssh.result import SshResult
from network.ssh.turns import take_turn
from network.targets import SshCredentials, Target

# At lower levels these libraries log whole configurations, and paramiko prints tracebacks.
logging.getLogger("netmiko").setLevel(logging.WARNING)
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_CONNECT_SECONDS: Final = 5.0
_LOGIN_SECONDS: Final = 10.0
_THROTTLE_PAUSES: Final = (0.5, 1.5)
_OLD_KEY_EXCHANGES: Final = (
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group-exchange-sha1",
)
_OLD_KEYS: Final = ("ssh-rsa", "ssh-dss")
_REJECTIONS: Final = re.compile(
    r"^\s*(% ?(Invalid|Incomplete|Unknown|Ambiguous)|Error: ?(Unrecognized|Wrong)|unknown command"
    r"|syntax error|bad command name|Command fail|-?bash: .*not found|\S+: command not found|Invalid input)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass
class _Session:
    """What a session has given so far; it is read even if the session never ends."""

    target: Target
    credentials: SshCredentials
    platform: PlatformDefinition | None
    commands: tuple[Command, ...]
    deadline: float
    outputs: list[CommandOutput] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    running: tuple[Command, float, Answer] | None = None
    policy: PinnedHostKey | None = None
    connection: Any = None
    prompt: str | None = None
    over: bool = False

    @property
    def remaining_seconds(self) -> float:
        return self.deadline - time.monotonic()

    def fail(self, code: str, detail: str | None = None, stopped_by: str | None = None) -> None:
        if not self.over:
            self.failures.append(Failure.of(code, "ssh", detail=detail, stopped_by=stopped_by))


def run_commands(
    target: Target,
    platform: PlatformDefinition | None,
    budget_seconds: float,
    commands: Sequence[str] | None = None,
    also: Sequence[str] = (),
) -> SshResult:
    """Sign in once, run the commands, and come back within the budget whatever the device does.

    `commands` replaces the usual ones of the platform, `also` adds to them.
    """
    if target.ssh is None:
        return SshResult(failures=(Failure.of("no_credentials", "ssh"),))
    started = time.monotonic()
    turn = take_turn(target, budget_seconds)
    if isinstance(turn, str):
        return SshResult(failures=(Failure.of("timeout_budget", "ssh", stopped_by=turn),))
    session = _Session(target, target.ssh, platform, (), started + budget_seconds)
    finished = threading.Event()

    def work() -> None:
        try:
            _run(session, commands, also)
        finally:
            turn.release()
            finished.set()

    threading.Thread(target=work, name=f"ssh-{target.name}", daemon=True).start()
    if not finished.wait(max(0.0, session.remaining_seconds)):
        _give_up(session)
    return SshResult(
        commands=tuple(session.outputs),
        failures=tuple(session.failures),
        platform=session.platform.platform if session.platform else None,
        host_key_sha256=session.policy.shown if session.policy else None,
        prompt=session.prompt,
    )


def _give_up(session: _Session) -> None:
    """Keep the partial text, mark it, and close the transport under the library's feet."""
    running = session.running
    if running is not None:
        _keep(session, running[0], running[2].text(is_whole=False), running[1], error="timeout_budget")
    session.fail("timeout_budget", stopped_by="deadline")
    session.over = True
    client = getattr(session.connection, "remote_conn_pre", None)
    if client is not None:
        client.close()


def _run(session: _Session, names: Sequence[str] | None, also: Sequence[str]) -> None:
    try:
        if session.platform is None or session.platform.ssh is None:
            session.platform = _platform_by_banner(session)
        if session.platform is None or session.platform.ssh is None:
            session.fail("unknown_platform")
            return
        session.commands = _choose(session, session.platform.ssh, names, also)
        if session.commands:
            _run_connected(session, session.platform.ssh)
    except SSH_ERRORS as error:
        if session.policy is not None and session.policy.refusal is not None:
            session.fail(session.policy.refusal, session.policy.describe())
        else:
            code, detail = classify(error)
            session.fail(code, _offer_of(session, detail) if code == "no_common_key_exchange" else detail)


def _offer_of(session: _Session, kind: str | None) -> str | None:
    """Say what the device offered of the kind on which the two sides do not agree."""
    seconds = min(_CONNECT_SECONDS, max(0.1, session.remaining_seconds))
    offered = read_offer(session.target.address, session.target.ssh_port, seconds).get(kind or "", ())
    return f"{kind}: {', '.join(offered)}" if offered else kind


def _platform_by_banner(session: _Session) -> PlatformDefinition | None:
    seconds = min(_CONNECT_SECONDS, max(0.1, session.remaining_seconds))
    name = guess_platform(read_banner(session.target.address, session.target.ssh_port, seconds))
    return get_platform(name) if name else None


def _choose(
    session: _Session, settings: SshSettings, names: Sequence[str] | None, also: Sequence[str]
) -> tuple[Command, ...]:
    """Return the commands to run: only what the platform file lists, to the letter."""
    usual = [command.run for command in settings.commands if command.by_default]
    chosen: dict[str, Command] = {}
    for name in (*(usual if names is None else names), *also):
        listed = find_command(settings, name)
        if listed is None:
            session.fail("command_refused", detail=repr(name))
        else:
            chosen[name] = listed.model_copy(update={"run": name})
    return tuple(chosen.values())


def _run_connected(session: _Session, settings: SshSettings) -> None:
    session.policy = PinnedHostKey(session.credentials)
    driver = driver_of(settings.device_type)
    session.connection = connection = driver(**_connection_options(session, settings))
    connection.key_policy = session.policy
    try:
        # auto_connect=False and our policy: the only way to judge the key before the password is sent.
        _open(session)
        prompt = connection.last_prompt or connection.find_prompt()
        if not is_prompt(prompt):
            session.fail("unexpected_prompt")
            return
        connection.settle(prompt)
        session.prompt = prompt
        for command in session.commands:
            if not _run_command(session, command, settings.pager):
                return
    finally:
        _close(connection)


def _close(connection: Any) -> None:
    """Close without a word; a device that is gone by then takes nothing from what it said before."""
    try:
        with contextlib.suppress(*SSH_ERRORS):
            connection.paramiko_cleanup()
    finally:
        logging.getLogger("netmiko").removeFilter(connection._secrets_filter)


def _open(session: _Session) -> None:
    """Sign in; only a device that closes before its banner is asked again, since no password was sent."""
    for pause in (*_THROTTLE_PAUSES, None):
        connection = session.connection
        # Some drivers add to the name each time.
        connection.username = session.credentials.username
        try:
            connection.sock = _connect(session)
            connection._open()
        except SSH_ERRORS as error:
            if pause is None or session.remaining_seconds < pause or not is_throttled(error):
                raise
            time.sleep(pause)
        else:
            return


def _connect(session: _Session) -> socket.socket:
    """Return a connection that sends a short line at once, whatever is not yet answered."""
    seconds = min(_CONNECT_SECONDS, max(0.5, session.remaining_seconds))
    connection = socket.create_connection((session.target.address, session.target.ssh_port), timeout=seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _connection_options(session: _Session, settings: SshSettings) -> dict[str, Any]:
    old_allowed = session.credentials.allow_old_ciphers
    # Never an empty list: the FortiGate driver would put in its own, which modern devices refuse.
    exchanges = ["diffie-hellman-group16-sha512"] if old_allowed else list(_OLD_KEY_EXCHANGES)
    keys = [] if old_allowed else list(_OLD_KEYS)
    return {
        "device_type": settings.device_type,
        "host": session.target.address,
        "port": session.target.ssh_port,
        "username": session.credentials.username,
        "password": session.credentials.password.reveal(),
        "auto_connect": False,
        "use_keys": False,
        "allow_agent": False,
        "conn_timeout": min(_CONNECT_SECONDS, max(0.5, session.remaining_seconds)),
        "banner_timeout": _LOGIN_SECONDS,
        "auth_timeout": _LOGIN_SECONDS,
        "disabled_algorithms": {"kex": exchanges, "keys": keys, "pubkeys": keys},
        **settings.options,
    }


def _run_command(session: _Session, command: Command, pager: Pager | None) -> bool:
    """Run one command; False when the session cannot be used any more."""
    connection, started = session.connection, time.monotonic()
    answer = Answer(command.run, session.prompt or "", pager)
    session.running = (command, started, answer)
    connection.send_listed(command.run)
    error = _read_answer(connection, answer, until=min(started + command.timeout_seconds, session.deadline))
    session.running = None
    if session.over:
        return False
    _keep(session, command, answer.text(is_whole=error is None), started, error=error)
    if error:
        session.fail(error, detail=command.run)
    return error is None


def _read_answer(connection: Any, answer: Answer, *, until: float) -> str | None:
    """Collect what comes until the answer is whole; return why it ended early, else None."""
    last_data = time.monotonic()
    while (now := time.monotonic()) < until:
        data = connection.read_channel()
        if data:
            answer.add(data)
            last_data = now
        if answer.is_whole(now - last_data):
            return None
        if key := answer.page_key():
            connection.turn_page(key)
        if not data:
            if connection.channel.ended:
                return "connection_closed"
            connection.channel.wait(min(answer.wait_seconds, until - now))
    return "command_timeout"


def _keep(session: _Session, command: Command, text: str, started: float, *, error: str | None) -> None:
    """Store one output: secrets masked, completeness judged."""
    if session.over:
        return
    if error is None and _REJECTIONS.search(text[:500]):
        error = "rejected_by_device"
    last_line = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    if error is None and command.last_line and not re.search(command.last_line, last_line):
        error = "incomplete_output"
        session.fail(error, detail=command.run)
    platform = session.platform.platform if session.platform else None
    masked, is_configuration = redact(text, platform), is_configuration_command(command.run)
    output = CommandOutput(
        command=command.run,
        output=masked,
        complete=error is None,
        duration_ms=round((time.monotonic() - started) * 1000),
        error=error,
        raw_sha256=hash_text(text) if is_configuration else None,
        normalised_sha256=hash_text(normalise_configuration(masked, platform)) if is_configuration else None,
        started_at=datetime.now(UTC) - timedelta(seconds=time.monotonic() - started),
    )
    session.outputs.append(output)
