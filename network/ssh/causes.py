"""Find the real cause under what netmiko and paramiko raise."""

import errno
import socket
from collections.abc import Iterator

import paramiko
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException, ReadTimeout

from network.ssh.drivers import DriverWouldChange

# All that an SSH session may raise; netmiko lets some of paramiko's own pass.
SSH_ERRORS = (NetmikoBaseException, paramiko.SSHException, OSError, EOFError, ValueError)


def classify(error: BaseException) -> tuple[str, str | None]:
    """Return the failure code of an exception, with a detail where it helps."""
    causes = list(_chain(error))
    if any(isinstance(cause, DriverWouldChange) for cause in causes):
        return "driver_would_change", None
    for cause in causes:
        code = _code_of_socket_error(cause)
        if code is not None:
            return code, None
    text = " ".join(str(cause) for cause in causes)
    if "no acceptable" in text or "Incompatible" in text:
        return "no_common_key_exchange", _algorithm_hint(text)
    if any(
        isinstance(cause, paramiko.AuthenticationException | NetmikoAuthenticationException)
        for cause in causes
    ):
        # Silence during the sign-in is reported by the library as a wrong password.
        return ("login_timeout", None) if "timeout" in text.lower() else ("wrong_credentials", None)
    if any(isinstance(cause, ReadTimeout) for cause in causes) or "Pattern not detected" in text:
        return "unexpected_prompt", None
    if is_throttled(error):
        return "session_throttled", None
    if "banner" in text or "No existing session" in text or "timed-out" in text:
        return "unreachable", None
    if any(isinstance(cause, EOFError | ConnectionResetError | BrokenPipeError) for cause in causes):
        return "connection_closed", None
    return "protocol_error", type(error).__name__


def is_throttled(error: BaseException) -> bool:
    """Tell whether the device closed before it said anything: it has too many sessions for now."""
    causes = list(_chain(error))
    before_banner = any("banner" in str(cause) for cause in causes)
    return before_banner and any(isinstance(cause, EOFError | ConnectionResetError) for cause in causes)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        if isinstance(current, paramiko.ssh_exception.NoValidConnectionsError):
            yield from current.errors.values()
        current = current.__cause__ or current.__context__


def _code_of_socket_error(error: BaseException) -> str | None:
    if isinstance(error, socket.gaierror):
        return "name_not_found"
    if isinstance(error, ConnectionRefusedError):
        return "connection_refused"
    if isinstance(error, TimeoutError):
        return "unreachable"
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "network_unreachable"
    return None


def _algorithm_hint(text: str) -> str | None:
    for kind in ("kex", "host key", "cipher", "mac"):
        if kind in text.lower():
            return kind
    return None
