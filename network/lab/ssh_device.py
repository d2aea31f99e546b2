"""A fake SSH device: a real SSH server with recorded commands, and knobs for what goes wrong."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

_POLL_SECONDS: Final = 0.5
# Unknown to an old switch: it is left with SHA-1 and a fixed group (others need a file of primes).
_UNKNOWN_TO_OLD_DEVICES: Final = (
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group14-sha256",
)
_CONTROL_LINES: Final = frozenset({"\x03", "\x04"})


@dataclass
class SshFaults:
    """What a device may do wrong; a test sets what it needs."""

    chunk_octets: int | None = None
    chunk_pause_seconds: float = 0.01
    think_seconds: float = 0
    # Echoes what comes while it still thinks about the line before, as a terminal of Unix does.
    echo_early: bool = False
    # Said instead of the first prompt; the next line is answered with the prompt, whatever it is.
    greeting: str | None = None
    # Waits for a key after so many lines, as FortiOS does.
    page_lines: int | None = None
    stall_on: str | None = None
    close_on: str | None = None
    prompt: str | None = None
    silent_banner: bool = False
    close_before_banner: int = 0
    old_key_exchange: bool = False


@dataclass
class SshIdentity:
    """Who may sign in, and with which key the device shows itself."""

    username: str
    password: str
    host_key: paramiko.PKey


class _Server(paramiko.ServerInterface):
    def __init__(self, identity: SshIdentity, device: "FakeSshDevice") -> None:
        self._identity, self._device = identity, device
        self.shell_asked = threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:
        self._device.login_attempts += 1
        fits = (username, password) == (self._identity.username, self._identity.password)
        return AUTH_SUCCESSFUL if fits else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(self, *_arguments: Any) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self.shell_asked.set()
        return True


class FakeSshDevice:
    """One device answering SSH on a port of loopback, in threads of its own."""

    def __init__(
        self,
        identity: SshIdentity,
        *,
        prompt: str,
        answer: Callable[[str], str | None],
        address: str = "127.0.0.1",
        port: int = 0,
        banner: str = "SSH-2.0-Cisco-1.25",
        faults: SshFaults | None = None,
    ) -> None:
        self.identity, self.prompt, self.answer = identity, prompt, answer
        self.banner, self.faults = banner, faults or SshFaults()
        self.login_attempts = 0
        self.received: list[str] = []
        self.keys: list[str] = []
        self._stopping = threading.Event()
        self._listener = socket.create_server((address, port), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name=f"lab-ssh-{self.port}", daemon=True).start()

    def close(self) -> None:
        """Stop answering and give the port back."""
        self._stopping.set()
        # Wakes accept(), which closing alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self.faults.close_before_banner > 0:
            self.faults.close_before_banner -= 1
            client.close()
            return
        if self.faults.silent_banner:
            self._stopping.wait(60)
            client.close()
            return
        transport = paramiko.Transport(client, disabled_algorithms=self._disabled())
        transport.local_version = self.banner
        transport.add_server_key(self.identity.host_key)
        server = _Server(self.identity, self)
        try:
            transport.start_server(server=server)
            channel = transport.accept(20)
            if channel is not None and server.shell_asked.wait(10):
                self._talk(channel)
        except (paramiko.SSHException, OSError, EOFError):
            pass  # the client went away or never was one
        finally:
            transport.close()

    def _disabled(self) -> dict[str, list[str]] | None:
        if not self.faults.old_key_exchange:
            return None
        return {"kex": list(_UNKNOWN_TO_OLD_DEVICES)}

    def _talk(self, channel: paramiko.Channel) -> None:
        prompt = self.faults.prompt if self.faults.prompt is not None else self.prompt
        channel.sendall(f"\r\n{self.faults.greeting or prompt}".encode())
        line = ""
        while not self._stopping.is_set() and not channel.closed:
            channel.settimeout(_POLL_SECONDS)
            try:
                data = channel.recv(4096).decode("utf-8", "replace")
            except TimeoutError:
                continue
            if not data or data in _CONTROL_LINES:
                return
            line += self._echo(channel, data)
            while "\n" in line:
                command, line = line.split("\n", 1)
                line += self._think(channel)
                if not self._run(channel, command.strip(), prompt):
                    return

    def _echo(self, channel: paramiko.Channel, data: str) -> str:
        channel.sendall(data.replace("\r\n", "\n").replace("\n", "\r\n").encode())
        return data.replace("\r", "\n")

    def _think(self, channel: paramiko.Channel) -> str:
        """Take the time it takes, and return what was typed ahead meanwhile."""
        if not self.faults.echo_early:
            self._stopping.wait(self.faults.think_seconds)
            return ""
        typed, until = "", time.monotonic() + self.faults.think_seconds
        while (left := until - time.monotonic()) > 0:
            channel.settimeout(left)
            with contextlib.suppress(TimeoutError):
                data = channel.recv(4096).decode("utf-8", "replace")
                if not data:
                    break
                typed += self._echo(channel, data)
        channel.settimeout(_POLL_SECONDS)
        return typed

    def _run(self, channel: paramiko.Channel, command: str, prompt: str) -> bool:
        """Answer one line; False ends the session."""
        if command:
            self.received.append(command)
        if command in ("exit", "quit", "logout"):
            return False
        text = "" if not command else self._output(command)
        if command and command == self.faults.stall_on:
            channel.sendall(text[: len(text) // 2].replace("\n", "\r\n").encode())
            self._stopping.wait(60)
            return False
        if command and command == self.faults.close_on:
            channel.sendall(text[: len(text) // 2].replace("\n", "\r\n").encode())
            return False
        self._send(channel, f"{self._paged(channel, text)}\n{prompt}" if text else prompt)
        return True

    def _paged(self, channel: paramiko.Channel, text: str) -> str:
        """Give all pages but the last, each upon a key; return the last."""
        size = self.faults.page_lines
        lines = text.split("\n")
        while size is not None and len(lines) > size and not channel.closed:
            self._send(channel, "\n".join(lines[:size]) + "\n--More-- ")
            channel.settimeout(20)
            self.keys.append(channel.recv(1).decode())
            self._send(channel, "\r         \r")
            lines = lines[size:]
        return "\n".join(lines)

    def _output(self, command: str) -> str:
        answer = self.answer(command)
        if answer is not None:
            return answer
        session_commands = ("terminal ", "screen-length ", "no page", "set cli ")
        return "" if command.startswith(session_commands) else "% Invalid input detected at '^' marker."

    def _send(self, channel: paramiko.Channel, text: str) -> None:
        data = text.replace("\n", "\r\n").encode()
        size = self.faults.chunk_octets or len(data)
        for start in range(0, len(data), size):
            channel.sendall(data[start : start + size])
            if self.faults.chunk_octets:
                time.sleep(self.faults.chunk_pause_seconds)
