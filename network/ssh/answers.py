"""The answer to one command as it comes: when it is whole, and what a terminal put around it."""

import re
from typing import Final

from network.platforms.definition import Pager

_LONGEST_PROMPT: Final = 80
_ECHO_WITHIN: Final = 600
_LONGEST_TAIL: Final = 4 * _LONGEST_PROMPT
# Where the echo, or any text, is missing, a prompt counts after so long without another word.
_QUIET_SECONDS: Final = 0.5
_SILENT_SECONDS: Final = 3.0
# How a terminal takes a pager's line away again.
_WIPED: Final = r"(?:\n *(?:\n|\Z))?"


class Answer:
    """What came so far; read from another thread when the time is over."""

    def __init__(self, command: str, prompt: str, pager: Pager | None = None) -> None:
        self._command, self._pager = command, pager
        self._echo, self._bare_prompt = _squeeze(command), _squeeze(prompt)
        # Twice where a device takes the end of a line for two.
        self._prompt = re.compile(rf"(?:^|[\r\n])(?:{re.escape(prompt)}[ \t]*)+\Z")
        self._late_prompt = re.compile(rf"\s*(?:{re.escape(prompt)}[ \t]*)*")
        self._page_end = re.compile(rf"(?:{pager.text})[ \t]*\Z") if pager else None
        self._received: list[str] = []
        self._head = self._tail = ""
        self._patience: float | None = None

    def add(self, data: str) -> None:
        """Take what came."""
        self._received.append(data)
        if len(self._head) < _ECHO_WITHIN:
            self._head = (self._head + data)[:_ECHO_WITHIN]
        self._tail = (self._tail + data)[-_LONGEST_TAIL:]
        self._patience = self._reckon_patience()

    def is_whole(self, quiet_seconds: float) -> bool:
        """Tell whether the prompt is the last word, and has been for long enough."""
        return self._patience is not None and quiet_seconds >= self._patience

    @property
    def wait_seconds(self) -> float:
        """For how long to wait for the next word before asking `is_whole` again."""
        return self._patience or _QUIET_SECONDS

    def page_key(self) -> str | None:
        """Return the key that turns the page, once, where the device waits for one."""
        if self._pager is None or self._page_end is None or not self._page_end.search(self._tail):
            return None
        self._tail = ""
        return self._pager.key

    def text(self, *, is_whole: bool) -> str:
        """Return the text without echo, prompt and the words of a pager."""
        text = "".join(self._received)
        if is_whole:
            text = self._prompt.sub("", text)
        text = text.replace("\r\n", "\n").replace("\r", "")
        if self._pager is not None:
            text = re.sub(f"(?:{self._pager.text}) *{_WIPED}", "", text)
        position = text.find(self._command, 0, _ECHO_WITHIN)
        if position < 0:
            return text.rstrip()
        said = text[position:].partition("\n")[2].lstrip("\n")
        late = self._late_prompt.match(said)
        is_late = late is not None and len(self._bare_prompt) > 1 and late[0].strip()
        return said[late.end() if late and is_late else 0 :].rstrip()

    def _reckon_patience(self) -> float | None:
        """Return how long the prompt must stay the last word; None where it is not.

        Behind the echo and a text it is at once. A prompt before the echo or right behind it may belong to
        what was sent earlier; a device that sends no echo, or has nothing to say, is waited for.
        """
        if not self._prompt.search(self._tail):
            return None
        _, echo, said = _squeeze(self._head).rpartition(self._echo)
        has_text = len(self._head) >= _ECHO_WITHIN or bool(said.replace(self._bare_prompt, ""))
        if echo:
            return 0 if has_text else _QUIET_SECONDS
        return _QUIET_SECONDS if has_text else _SILENT_SECONDS


def is_prompt(text: str) -> bool:
    """Tell whether a text may be the line on which a device waits."""
    return 0 < len(text) <= _LONGEST_PROMPT and "\n" not in text


def _squeeze(text: str) -> str:
    """Leave out what a terminal adds to an echo when it wraps a line."""
    return re.sub(r"[\s\x08]", "", text)
