"""netmiko's reading, woken by what comes instead of sleeping; and a prompt that is found in one answer.

The classes of netmiko look again every few hundredths of a second and clear a buffer by waiting for nothing.
`WaitingConnection` is put between a driver and `BaseConnection`, so what a driver overrides itself stays.
"""

import codecs
import re
import time
from typing import Any, Final

import paramiko
from netmiko.base_connection import BaseConnection
from netmiko.channel import Channel, SSHChannel
from netmiko.exceptions import ReadTimeout
from netmiko.netmiko_globals import MAX_BUFFER

# After so long without another word a line that looks like a prompt is one.
_QUIET_SECONDS: Final = 0.025
# No prompt comes any more after so long without one.
_SETTLED_SECONDS: Final = 0.3
# A device that is not known by a prompt has said its greeting after so long without another word.
_GREETED_SECONDS: Final = 0.2
# A device that has not said a word by then waits for one itself.
_FIRST_WORD_SECONDS: Final = 1.0
_PROMPT_SECONDS: Final = 10.0
_DOUBLED: Final = re.compile(r"(.{2,80}?)\1{1,8}")
# A device that missed the first empty line gets others, ever more slowly.
_ASK_AGAIN_SECONDS: Final = 0.5


class WaitingChannel(SSHChannel):
    """A channel that can be waited for, and keeps a character whole that came in two packets."""

    def __init__(self, conn: paramiko.Channel, encoding: str) -> None:
        super().__init__(conn, encoding)
        self._conn = conn
        self._decoder = codecs.getincrementaldecoder(encoding)("ignore")
        self._held = ""
        self.ended = False
        # How many lines were sent, and what came, until the first command.
        self.is_settled = False
        self.lines_sent = 0
        self.heard: list[str] = []

    def wait(self, seconds: float) -> None:
        """Return when something came, the device closed, or the time is over."""
        if self._held or self.ended:
            return
        patience = self._conn.gettimeout()
        self._conn.settimeout(max(0.001, seconds))
        try:
            data = self._conn.recv(MAX_BUFFER)
        except TimeoutError:
            return
        finally:
            # It counts for sending as well, which may have to wait for the other side.
            self._conn.settimeout(patience)
        self.ended = not data
        self._held = self._decoder.decode(data)

    def read_buffer(self) -> str:
        """Return what has come, without waiting."""
        if not self._held and not self.ended and self._conn.recv_ready():
            self.wait(0)
        held, self._held = self._held, ""
        if held and not self.is_settled:
            self.heard.append(held)
        return held

    def write_channel(self, out_data: str) -> None:
        """Send, and count the lines: each is answered by a prompt."""
        self.lines_sent += out_data.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        super().write_channel(out_data)


class WaitingConnection(BaseConnection):
    """What all drivers rest on, without its sleeps."""

    last_prompt: str | None = None
    # Asked for at the end, however early that comes.
    remote_conn_pre: Any = None

    @property
    def channel(self) -> WaitingChannel:
        """The channel that netmiko opens, made one to wait for."""
        return self._waiting_channel

    @channel.setter
    def channel(self, opened: Channel) -> None:
        if not isinstance(opened, SSHChannel) or opened.remote_conn is None:
            raise TypeError("only SSH is spoken here")
        self._waiting_channel = WaitingChannel(opened.remote_conn, opened.encoding)

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Prepare; what fails is closed by the session, which says no goodbye to it."""
        if force_data and not self._has_greeted():
            self.write_channel(self.RETURN)
            self.channel.wait(_FIRST_WORD_SECONDS)
        self.session_preparation()

    def _has_greeted(self) -> bool:
        """Hear the greeting out, so that nothing is typed into it; False where no prompt ends it."""
        if not self.channel.heard:
            self.channel.wait(_FIRST_WORD_SECONDS)
            self._read_buffer = self.clear_buffer()
        return bool(self.channel.heard) and not self.channel.heard[-1].endswith(("\r", "\n"))

    def _test_channel_read(self, count: int = 40, pattern: str = "") -> str:
        if pattern:
            return self.read_until_pattern(pattern=pattern, read_timeout=20)
        self.channel.wait(_PROMPT_SECONDS)
        return self.clear_buffer(quiet_seconds=_GREETED_SECONDS)

    def read_until_pattern(
        self,
        pattern: str = "",
        read_timeout: float = 10.0,
        re_flags: int = 0,
        max_loops: int | None = None,
    ) -> str:
        """Return what came up to and with the pattern; the rest is read next."""
        wanted, text, until = re.compile(pattern, re_flags), "", time.monotonic() + read_timeout
        while True:
            text += self.read_channel()
            if found := wanted.search(text):
                self._read_buffer += text[found.end() :]
                return text[: found.end()]
            self._wait_for_more(until, pattern)

    def normalize_linefeeds(self, a_string: str) -> str:
        """Do what netmiko does, without a pattern where nothing but ends of lines stands there."""
        text = a_string.replace("\r\n", "\n")
        return super().normalize_linefeeds(a_string) if "\r" in text else text

    def clear_buffer(self, *_: Any, quiet_seconds: float = _QUIET_SECONDS, **__: Any) -> str:
        """Return what comes until nothing more comes, for a bounded time."""
        text, until = self.read_channel(), time.monotonic() + _PROMPT_SECONDS
        while time.monotonic() < until:
            self.channel.wait(quiet_seconds)
            data = self.read_channel()
            if not data:
                break
            text += data
        return str(text)

    def find_prompt(self, delay_factor: float = 1.0, pattern: str | None = None) -> str:
        """Return the line on which the device waits: said twice in a row, or followed by silence."""
        self.write_channel(self.RETURN)
        text, until, pause = "", time.monotonic() + _PROMPT_SECONDS, _ASK_AGAIN_SECONDS
        asked = time.monotonic()
        ending = re.compile(rf"(?:{pattern})\s*\Z") if pattern else None
        while True:
            data = self.read_channel()
            text += data
            prompt = self._prompt_at_end(text, ending, is_quiet=not data)
            if prompt is not None:
                self.last_prompt = prompt
                return prompt
            if time.monotonic() - asked > pause:
                self.write_channel(self.RETURN)
                asked, pause = time.monotonic(), pause * 2
            self._wait_for_more(min(until, time.monotonic() + _QUIET_SECONDS), "prompt", until)

    def settle(self, prompt: str) -> None:
        """Read on until each line sent has its prompt: a late one would pass for the end of the next answer.

        Where a line may be answered by more than one prompt, and where one stays out, silence decides.
        """
        one = re.escape(prompt)
        each = re.compile(rf"(?:\A|(?<=[\r\n])|(?<={one})|(?<={one} )){one}")
        is_counted = self.RETURN == "\n"
        while True:
            heard = self.strip_ansi_escape_codes("".join(self.channel.heard))
            if is_counted and len(each.findall(heard)) > self.channel.lines_sent:
                break
            self.channel.wait(_SETTLED_SECONDS)
            if not self.read_channel():
                break
        self.channel.is_settled = True
        self.channel.heard.clear()

    def _prompt_at_end(self, text: str, ending: re.Pattern[str] | None, *, is_quiet: bool) -> str | None:
        lines = text.split(self.RESPONSE_RETURN)
        last = _once(lines[-1].strip())
        if not last or (ending and not ending.search(last)):
            return None
        before = next((_once(line.strip()) for line in reversed(lines[:-1]) if line.strip()), "")
        return last if is_quiet or before == last else None

    def _wait_for_more(self, until: float, wanted: str, fails_at: float | None = None) -> None:
        """Wait for the next word; raise where the device closed or the time is over."""
        if self.channel.ended:
            raise EOFError("the device closed the session")
        if time.monotonic() >= (until if fails_at is None else fails_at):
            raise ReadTimeout(f"Pattern not detected: {wanted!r}")
        self.channel.wait(until - time.monotonic())


def _once(line: str) -> str:
    """Return a prompt once where two stand on one line: the ends of both lines sent came before them."""
    doubled = _DOUBLED.fullmatch(line) or _DOUBLED.fullmatch(f"{line} ")
    return doubled[1].strip() if doubled else line
