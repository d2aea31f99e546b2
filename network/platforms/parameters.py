"""What may stand where a command of a platform file leaves a place: a value of a type, never free text."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

# Nothing that separates, redirects, substitutes or completes on any platform.
PLAIN_COMMAND: Final = re.compile(r"[A-Za-z0-9/][A-Za-z0-9 /._=:-]*\Z", re.ASCII)
_PLACE: Final = re.compile(r"\{([a-z]+)\}")
_INTERFACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/._:-]{0,63}\Z", re.ASCII)
_VLAN: Final = re.compile(r"[1-9][0-9]{0,3}\Z", re.ASCII)
_MAC: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}\Z", re.ASCII)
_LAST_VLAN: Final = 4094


class BadArgument(ValueError):
    """A value that the place in the command does not take."""


def _is_address(text: str) -> bool:
    try:
        # The canonical spelling only: it has no scope, no zeros in front and nothing around it.
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False


PARAMETERS: Final[Mapping[str, Callable[[str], bool]]] = {
    "interface": lambda text: bool(_INTERFACE.match(text)),
    "address": _is_address,
    "vlan": lambda text: bool(_VLAN.match(text)) and int(text) <= _LAST_VLAN,
    "mac": lambda text: bool(_MAC.match(text)),
}


def parameter_of(template: str) -> str | None:
    """Return the type of the value that a command takes, None when it takes none."""
    found = _PLACE.search(template)
    return found[1] if found else None


def template_problem(template: str) -> str | None:
    """Return what is wrong with a command of a platform file, or None."""
    places = _PLACE.findall(template)
    if len(places) > 1 or any(place not in PARAMETERS for place in places):
        return f"command {template!r} has a place that is none of {', '.join(PARAMETERS)}, or two"
    if not PLAIN_COMMAND.match(_PLACE.sub("x", template)):
        return f"command {template!r} has a character that no allowed command may have"
    return None


def build_command(template: str, argument: str | None = None) -> str:
    """Return the command to send, built from the platform file and a checked value; or raise BadArgument."""
    parameter = parameter_of(template)
    if (parameter is None) != (argument is None):
        raise BadArgument(f"{template!r} takes {parameter or 'no value'}")
    if parameter is None or argument is None:
        return template
    if not PARAMETERS[parameter](argument):
        raise BadArgument(f"{argument!r} is no {parameter}")
    command = _PLACE.sub(lambda _place: argument, template)
    if not PLAIN_COMMAND.match(command):
        raise BadArgument(f"{argument!r} has a character that no command may have")
    return command


def argument_of(template: str, command: str) -> str | None:
    """Return the value with which the template gives exactly this command, None when none does."""
    before, place, after = template.partition(f"{{{parameter_of(template)}}}")
    if not place or not command.startswith(before) or not command.endswith(after):
        return None
    argument = command[len(before) : len(command) - len(after)]
    try:
        return argument if build_command(template, argument) == command else None
    except BadArgument:
        return None
