"""From the name of a host to the address that is asked."""

import asyncio
import ipaddress
import socket

from network.snmp.reader import NameNotFound


async def resolve(host: str, port: int) -> tuple[str, int]:
    """Return the numeric address of a host, and its port."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except socket.gaierror as error:
            raise NameNotFound(host) from error
        # IPv4 first: most management networks have no other.
        sockaddr = min(found, key=lambda entry: entry[0] != socket.AF_INET)[4]
        return str(sockaddr[0]), port
    return host, port
