"""How the demo network moves: every value is a function of the time, so a restart changes nothing."""

import math
from typing import Final

from network.lab.definition import LabDeviceFile, Port

_DAY_SECONDS: Final = 86_400
_AVERAGE_PACKET_OCTETS: Final = 620
# Traffic swells and ebbs by this part, twice in an hour, and never runs backwards.
_RIPPLE: Final = 0.45
_RIPPLE_SECONDS: Final = 1_800


def uptime_seconds(device: LabDeviceFile, now: float) -> float:
    """Return how long the device has been up; it starts again after its number of days."""
    period = device.reboots_after_days * _DAY_SECONDS
    # Each device is given its own age on the first day of 2026.
    offset = device.age_days * _DAY_SECONDS - 1_767_225_600
    return (now + offset) % period


def is_up(port: Port, uptime: float) -> bool:
    """Tell whether the port has a link at this moment."""
    if not (port.admin_up and port.oper_up):
        return False
    return port.flap is None or uptime % _cycle(port) < port.flap.up_seconds


def last_change_seconds(port: Port, uptime: float) -> float:
    """Return the uptime at which the port last changed its state."""
    if port.flap is None or not (port.admin_up and port.oper_up):
        return min(uptime, 31.0 + port.index % 17)
    phase = uptime % _cycle(port)
    return uptime - (phase if phase < port.flap.up_seconds else phase - port.flap.up_seconds)


def octets(kbps: float, port: Port, uptime: float) -> int:
    """Return how many octets have passed since the device came up."""
    active = _active_seconds(port, uptime)
    wave = _RIPPLE * _RIPPLE_SECONDS / (2 * math.pi) * (1 - math.cos(2 * math.pi * active / _RIPPLE_SECONDS))
    return int(kbps * 125 * (active + wave))


def packets(kbps: float, port: Port, uptime: float) -> int:
    """Return how many packets that was."""
    return octets(kbps, port, uptime) // _AVERAGE_PACKET_OCTETS


def events(per_hour: float, port: Port, uptime: float) -> int:
    """Return how many errors or discards there have been."""
    return int(per_hour * _active_seconds(port, uptime) / 3600)


def swing(middle: float, amplitude: float, period_seconds: int, now: float) -> int:
    """Return a value that moves around its middle."""
    slow, quick = (math.sin(2 * math.pi * now / span) for span in (period_seconds, period_seconds / 7.3))
    return round(middle + amplitude * (0.7 * slow + 0.3 * quick))


def _cycle(port: Port) -> int:
    return port.flap.up_seconds + port.flap.down_seconds if port.flap else 1


def _active_seconds(port: Port, uptime: float) -> float:
    """Return for how long the port had a link."""
    if not (port.admin_up and port.oper_up):
        return 0.0
    if port.flap is None:
        return uptime
    cycles, phase = divmod(uptime, _cycle(port))
    return cycles * port.flap.up_seconds + min(phase, port.flap.up_seconds)
