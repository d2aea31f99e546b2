"""Rules of sweeps: which ranges may be asked, and how many addresses that is. Pure."""

from __future__ import annotations

import ipaddress
from typing import Final

from helpdesk.errors import DomainError

MAXIMUM_ADDRESSES: Final = 1_024
MAXIMUM_CREDENTIALS: Final = 5
ATTEMPTS: Final = 3

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SweepRefused(DomainError):
    """A range cannot be asked as given; `field` names the input."""

    code = "sweep_refused"
    status = 422
    message = "%(reason)s"

    def __init__(self, *, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason=reason)


def parse_range(text: str) -> Network:
    """Return the range, or raise SweepRefused; a single address is a range of one."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise SweepRefused(
            field="network", reason="Write a range as 192.168.10.0/24, or a single address."
        ) from None
    if network.is_multicast or network.is_unspecified or network.is_link_local:
        raise SweepRefused(field="network", reason="No devices are found in this kind of range.")
    if network.num_addresses > MAXIMUM_ADDRESSES:
        raise SweepRefused(
            field="network",
            reason="This range is too large. At most 1,024 addresses at a time, as in 192.168.8.0/22.",
        )
    return network


def addresses_of(network: Network) -> list[str]:
    """Return the addresses that are asked: without the network's own and the broadcast address."""
    return [str(address) for address in network.hosts()]


def lease_seconds(addresses: int, credentials: int, *, concurrency: int, seconds_of_silence: float) -> float:
    """Return how long a sweep may take where nobody answers, with room to spare."""
    rounds = -(-addresses // concurrency) * credentials
    return 2 * rounds * seconds_of_silence + 60
