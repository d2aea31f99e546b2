"""Reading NetBox's API: the host a person typed and no other, within limits; the token is held nowhere."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from helpdesk.devices.importing import MAXIMUM_ROWS, ImportRefused
from helpdesk.devices.netbox.rules import MAXIMUM_BYTES, parse_json, read_page

PAGE_SIZE: Final = 200
MAXIMUM_PAGES: Final = 50
WAIT_SECONDS: Final = 10.0
WHOLE_SECONDS: Final = 30.0
TOO_SLOW: Final = "NetBox does not answer in time."
_CHUNK: Final = 64 * 1024

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class NetboxAddress:
    """Where a NetBox answers, with the address its name stood for when it was checked."""

    is_encrypted: bool
    host: str
    port: int
    path: str
    pinned: str


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(each[4][0]) for each in found]


def check_address(url: str, *, resolve: Resolve = resolve) -> NetboxAddress:
    """Return where to ask, or raise ImportRefused: https only, or loopback; no names inside, no tricks."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise ImportRefused(reason="Write the address of NetBox as https://netbox.example.go.id")
    if parts.query or parts.fragment or any(letter.isspace() for letter in parts.path):
        raise ImportRefused(reason="Write the address of NetBox without question mark and what follows it.")
    is_encrypted = parts.scheme == "https"
    number = port or (443 if is_encrypted else 80)
    addresses = resolve(host, number)
    if not addresses:
        raise ImportRefused(reason="The host name of NetBox was not found.")
    _ensure_allowed(addresses, is_encrypted)
    path = parts.path.split("/api/")[0].removesuffix("/api").rstrip("/")
    return NetboxAddress(is_encrypted, host, number, path, addresses[0])


def _ensure_allowed(addresses: list[str], is_encrypted: bool) -> None:
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified or mapped.is_reserved:
            raise ImportRefused(reason="This address cannot be a NetBox.")
        if not is_encrypted and not mapped.is_loopback:
            raise ImportRefused(reason="The token would be readable on the way: write https:// instead.")


def fetch_devices(
    url: str,
    token: str,
    *,
    site: str = "",
    resolve: Resolve = resolve,
    seconds: float = WHOLE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> list[Any]:
    """Return every device that NetBox lists, page by page, or raise ImportRefused."""
    # A line break would end the header; letters beyond Latin-1 cannot be sent.
    if not token.isascii() or not token.isprintable() or not token.strip():
        raise ImportRefused(reason="The token has characters that no token has. Copy it again.")
    address = check_address(url, resolve=resolve)
    deadline = clock() + seconds
    devices: list[Any] = []
    for _ in range(MAXIMUM_PAGES):
        # We reckon the next page ourselves: the link in an answer could name another host.
        query = {"limit": PAGE_SIZE, "offset": len(devices)} | ({"site": site} if site else {})
        path = f"{address.path}/api/dcim/devices/?{urlencode(query)}"
        page = parse_json(_get(address, path, token.strip(), deadline, clock))
        entries, more = read_page(page)
        devices += entries
        if len(devices) > MAXIMUM_ROWS or _count(page) > MAXIMUM_ROWS:
            raise ImportRefused(
                reason="NetBox lists too many devices: at most 1000 at a time. Choose a site."
            )
        if not more or not entries:
            break
    return devices


def _count(page: Any) -> int:
    count = page.get("count") if isinstance(page, Mapping) else None
    return count if isinstance(count, int) else 0


def _get(address: NetboxAddress, path: str, token: str, deadline: float, clock: Callable[[], float]) -> bytes:
    connection = _Pinned(address)
    # NetBox 4.5 names its new tokens so, and wants them as bearer tokens.
    scheme = "Bearer" if token.startswith("nbt_") else "Token"
    headers = {"Authorization": f"{scheme} {token}", "Accept": "application/json"}
    # A time-out holds for each single read: who sends a letter every few seconds is cut off by this.
    cutter = threading.Timer(max(0.0, deadline - clock()), connection.cut)
    cutter.daemon = True
    cutter.start()
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        _ensure_answer(response.status)
        return _read(response, deadline, clock)
    except TimeoutError:
        raise ImportRefused(reason=TOO_SLOW) from None
    except ssl.SSLCertVerificationError:
        raise ImportRefused(
            reason="The certificate of NetBox is not trusted by this server. Ask the administrator to add it."
        ) from None
    except (OSError, ValueError, http.client.HTTPException):
        if clock() > deadline:
            raise ImportRefused(reason=TOO_SLOW) from None
        raise ImportRefused(reason="NetBox cannot be reached at this address.") from None
    finally:
        cutter.cancel()
        connection.close()


def _ensure_answer(status: int) -> None:
    if status in (401, 403):
        raise ImportRefused(reason="NetBox refuses this token, or it may not read devices.")
    if 300 <= status < 400:
        raise ImportRefused(reason="NetBox sends on to another address. Write that address here instead.")
    if status == 404:
        raise ImportRefused(reason="There is no API of NetBox at this address.")
    if status != 200:
        raise ImportRefused(reason="NetBox answers with an error of its own. Try again later.")


def _read(response: http.client.HTTPResponse, deadline: float, clock: Callable[[], float]) -> bytes:
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > MAXIMUM_BYTES:
            raise ImportRefused(reason="What NetBox answers is too large: at most 10 MB.")
        if clock() > deadline:
            raise TimeoutError
    if clock() > deadline:
        # Cut off in the middle: what is there is not the whole answer.
        raise TimeoutError
    return bytes(content)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name stands for by now."""

    def __init__(self, address: NetboxAddress) -> None:
        super().__init__(address.host, address.port, timeout=WAIT_SECONDS)
        self._address = address
        self._is_cut = False

    def cut(self) -> None:
        """End the connection from another thread: whoever reads from it wakes up."""
        self._is_cut = True
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the pinned address, and prove the name by its certificate."""
        plain = socket.create_connection((self._address.pinned, self._address.port), WAIT_SECONDS)
        if self._is_cut:
            plain.close()
            raise TimeoutError
        if not self._address.is_encrypted:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self._address.host)
        except (OSError, ValueError):
            plain.close()
            raise
