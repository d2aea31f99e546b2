"""netmiko's drivers, kept from what they would change: a session sends what stands here, and nothing else.

What each of them would do by itself, and what is done instead, is told in decision 0100.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from netmiko.ssh_dispatcher import CLASS_MAPPER

from network.ssh.waiting import WaitingConnection

# What a driver may send before the first command: all of it ends with the session.
SESSION_LINES: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(lines)
    for name, lines in {
        "arista_eos": ("terminal width 511", "terminal length 0"),
        "aruba_aoscx": ("no page",),
        "aruba_os": ("no paging",),
        "cisco_asa": ("show curpriv", "terminal pager 0"),
        "cisco_ios": ("terminal width 511", "terminal length 0"),
        "cisco_nxos": ("terminal width 511", "terminal length 0"),
        "cisco_xe": ("terminal width 511", "terminal length 0"),
        "dlink_ds": (),
        # accepts the banner after the sign-in
        "fortinet": ("a",),
        "hp_comware": ("screen-length disable",),
        "hp_procurve": ("terminal width 511", "no page"),
        # refuses to change the password, and to rewrite the configuration
        "huawei_vrp": ("screen-length 0 temporary", "N"),
        "juniper_junos": (
            *("cli", "set cli screen-width 511"),
            *("set cli complete-on-space off", "set cli screen-length 0"),
        ),
        "linux": (),
        # does not read the licence, does not set a new password
        "mikrotik_routeros": ("n", "\x03"),
        # refuses to change the password
        "ruijie_os": ("n", "terminal width 256", "terminal length 0"),
        "tplink_jetstream": ("terminal length 0",),
        "ubiquiti_edgerouter": ("terminal width 512", "terminal length 0"),
        "ubiquiti_edgeswitch": ("terminal length 0",),
        "zte_zxros": ("terminal length 0",),
    }.items()
}


_HUAWEI_QUESTIONS: Final = 4
_HUAWEI_ASKS: Final = r"(?:Change now|Please choose|[\[(][yY]/[nN][\])])"


class DriverWouldChange(ValueError):
    """A driver wanted to send what may change the device; it was not sent."""


class _Kept:
    """In front of a driver: only known lines pass, and no password is ever sent a second time."""

    session_lines: frozenset[str] = frozenset()

    def write_channel(self, out_data: str) -> None:
        """Send what ends with the session; raise DriverWouldChange for the rest."""
        line = out_data.strip(" \r\n")
        if line and line not in self.session_lines:
            # Not what it is: it may be a password.
            raise DriverWouldChange("the driver wanted to send a line that is not on its list")
        super().write_channel(out_data)  # type: ignore[misc]

    def send_listed(self, command: str) -> None:
        """Send a command of the platform file, which the caller has looked up there."""
        if "\n" in command or "\r" in command:
            raise DriverWouldChange("a command is one line")
        super().write_channel(self.normalize_cmd(command))  # type: ignore[misc,attr-defined]

    def turn_page(self, key: str) -> None:
        """Press the one key that a pager waits for."""
        super().write_channel(key)  # type: ignore[misc]

    def enable(self, *_: Any, **__: Any) -> str:
        """Stay with the rights of the login: asking for more is another try with a password."""
        return ""

    def asa_login(self) -> None:
        """Stay with the rights of the login here too: the driver would send the password up to ten times."""


class _KeptDlink(_Kept):
    def disable_paging(self, *_: Any, **__: Any) -> str:
        """Leave the paging of the device as it is; its pages are turned by a key."""
        return ""


class _KeptFortinet(_Kept):
    def session_preparation(self) -> None:
        """Accept the banner and no more: the driver would rewrite how the console of the device pages."""
        found = self._test_channel_read(pattern=f"to accept|{self.prompt_pattern}")  # type: ignore[attr-defined]
        if "to accept" in found:
            self.write_channel("a\r")
            self._test_channel_read(pattern=self.prompt_pattern)  # type: ignore[attr-defined]
        self.set_base_prompt()  # type: ignore[attr-defined]


class _KeptHuawei(_Kept):
    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Say no to what is asked: the driver would let the device rewrite its configuration."""
        for _ in range(_HUAWEI_QUESTIONS):
            found = self.read_until_pattern(rf"(?:{_HUAWEI_ASKS}|{self.prompt_pattern}\s*\Z)")  # type: ignore[attr-defined]
            if not re.search(_HUAWEI_ASKS, found):
                return
            self.clear_buffer()  # type: ignore[attr-defined]
            self.write_channel("N" + self.RETURN)  # type: ignore[attr-defined]


_SPECIAL: Final[Mapping[str, type[_Kept]]] = {
    "dlink_ds": _KeptDlink,
    "fortinet": _KeptFortinet,
    "huawei_vrp": _KeptHuawei,
}


@cache
def driver_of(device_type: str) -> type[Any]:
    """Return the driver of a device type, kept and woken; KeyError for one whose lines nobody has read."""
    lines = SESSION_LINES[device_type]
    bases = (_SPECIAL.get(device_type, _Kept), CLASS_MAPPER[device_type], WaitingConnection)
    return type(f"Kept_{device_type}", bases, {"session_lines": lines})
