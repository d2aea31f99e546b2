"""Run the allowed commands of a platform on one device, within a limit that nothing can stretch."""

import contextlib
import logging
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from netmiko import ConnectHandler

from network.configurations import hash_text, is_configuration_command, normalise_configuration
from network.observations import CommandOutput, Failure
from network.platforms.catalogue import find_command, get_platform
from network.platforms.definition import Command, PlatformDefinition, SshSettings
from network.ssh.banner import guess_platform, read_banner
from network.ssh.causes import SSH_ERRORS, classify, is_throttled
from network.ssh.host_key import PinnedHostKey
from network.ssh.offer import read_offer
from network.ssh.redaction import redact
from network.ssh.result import SshResult
from network.targets import SshCredentials, Target

# At lower levels these libraries log whole configurations, and paramiko prints tracebacks.
logging.getLogger("netmiko").setLevel(logging.WARNING)
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_CONNECT_SECONDS: Final = 5.0
_LOGIN_SECONDS: Final = 10.0
_THROTTLE_PAUSES: Final = (0.5, 1.5)
_POLL_SECONDS: Final = 0.01
_QUIET_SECONDS: Final = 0.5
_LONGEST_PROMPT: Final = 80
_ECHO_WITHIN: Final = 600
_OLD_KEY_EXCHANGES: Final = (
    "diffie-hellman-group1-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group-exchange-sha1",
)
_OLD_KEYS: Final = ("ssh-rsa", "ssh-dss")
# These change a setting of the device at connect and put it back when they say goodbye.
_MUST_SAY_GOODBYE: Final = frozenset({"fortinet", "dlink_ds"})
_REJECTIONS: Final = re.compile(
    r"^\s*(% ?(Invalid|Incomplete|Unknown|Ambiguous)|Error: ?(Unrecognized|Wrong)|unknown command"
    r"|syntax error|bad command name|Command fail|-?bash: .*not found|\S+: command not found|Invalid input)",
    re.IGNORECASE | re.MULTILINE,
)

_device_locks: dict[tuple[str, int], threading.Lock] = {}
_device_locks_guard = threading.Lock()


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
    running: tuple[Command, float, list[str]] | None = None
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
    lock = _lock_of(target)
    if not lock.acquire(timeout=max(0.0, budget_seconds)):
        return SshResult(failures=(Failure.of("timeout_budget", "ssh", stopped_by="other_session"),))
    session = _Session(target, target.ssh, platform, (), started + budget_seconds)
    finished = threading.Event()

    def work() -> None:
        try:
            _run(session, commands, also)
        finally:
            lock.release()
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


def _lock_of(target: Target) -> threading.Lock:
    """One session a device: vty lines are few."""
    with _device_locks_guard:
        return _device_locks.setdefault((target.address, target.ssh_port), threading.Lock())


def _give_up(session: _Session) -> None:
    """Keep the partial text, mark it, and close the transport under the library's feet."""
    running = session.running
    if running is not None:
        _keep(session, running[0], "".join(running[2]), running[1], error="timeout_budget")
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
    session.connection = connection = ConnectHandler(**_connection_options(session, settings))
    connection.key_policy = session.policy
    healthy = False
    try:
        # auto_connect=False and our policy: the only way to judge the key before the password is sent.
        _open(session)
        prompt = connection.find_prompt().strip()
        if not prompt or len(prompt) > _LONGEST_PROMPT or "\n" in prompt:
            session.fail("unexpected_prompt")
            return
        session.prompt = prompt
        pattern = re.compile(rf"(?:^|[\r\n]){re.escape(prompt)}[ \t]*\Z")
        healthy = all(_run_command(session, command, pattern) for command in session.commands)
    finally:
        _say_goodbye(connection, politely=healthy and settings.device_type in _MUST_SAY_GOODBYE)


def _say_goodbye(connection: Any, *, politely: bool) -> None:
    """Close; a device that is gone by then takes nothing from what it said before."""
    try:
        with contextlib.suppress(*SSH_ERRORS):
            if politely:
                connection.disconnect()
            else:
                connection.paramiko_cleanup()
    finally:
        logging.getLogger("netmiko").removeFilter(connection._secrets_filter)


def _open(session: _Session) -> None:
    """Sign in; only a device that closes before its banner is asked again, since no password was sent."""
    for pause in (*_THROTTLE_PAUSES, None):
        try:
            session.connection._open()
        except SSH_ERRORS as error:
            if pause is None or session.remaining_seconds < pause or not is_throttled(error):
                raise
            time.sleep(pause)
        else:
            return


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


def _run_command(session: _Session, command: Command, prompt: re.Pattern[str]) -> bool:
    """Run one command; False when the session cannot be used any more."""
    connection, started, received = session.connection, time.monotonic(), list[str]()
    session.running = (command, started, received)
    until = min(started + command.timeout_seconds, session.deadline)
    connection.write_channel(connection.normalize_cmd(command.run))
    error = _read_until_prompt(connection, command.run, prompt, until, received)
    session.running = None
    if session.over:
        return False
    text = "".join(received)
    _keep(session, command, text if error else prompt.sub("", text), started, error=error)
    if error:
        session.fail(error, detail=command.run)
    return error is None


def _read_until_prompt(
    connection: Any, command: str, prompt: re.Pattern[str], until: float, received: list[str]
) -> str | None:
    """Collect what comes until the prompt that follows the echo; return why it ended early, else None."""
    head, tail, last_data = "", "", time.monotonic()
    while (now := time.monotonic()) < until:
        data = connection.read_channel()
        if data:
            received.append(data)
            last_data = now
            head = (head + data)[:_ECHO_WITHIN] if len(head) < _ECHO_WITHIN else head
            tail = (tail + data)[-4 * _LONGEST_PROMPT :]
        # A prompt before the echo belongs to what was sent earlier; a device without echo is waited for.
        settled = _squeeze(command) in _squeeze(head) or now - last_data > _QUIET_SECONDS
        if settled and prompt.search(tail):
            return None
        if not data:
            if connection.remote_conn.closed:
                return "connection_closed"
            time.sleep(_POLL_SECONDS)
    return "command_timeout"


def _squeeze(text: str) -> str:
    """Leave out what a terminal adds to an echo when it wraps a line."""
    return re.sub(r"[\s\x08]", "", text)


def _keep(session: _Session, command: Command, text: str, started: float, *, error: str | None) -> None:
    """Store one output: echo stripped, secrets masked, completeness judged."""
    if session.over:
        return
    text = _without_echo(text.replace("\r\n", "\n").replace("\r", ""), command.run)
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


def _without_echo(text: str, command: str) -> str:
    """Drop everything up to the end of the line that echoes the command."""
    position = text.find(command, 0, _ECHO_WITHIN)
    if position < 0:
        return text.rstrip()
    return text[position:].partition("\n")[2].lstrip("\n").rstrip()
