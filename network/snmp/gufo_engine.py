"""The fast engine: gufo-snmp's sockets (Rust) in the running loop, under deadlines and repeats of our own."""

import asyncio
import ipaddress
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final, TypeVar

try:
    from gufo.snmp import _fast as gufo

    IS_AVAILABLE = True
except ImportError:  # no wheel for this platform: everything goes through the reference engine
    IS_AVAILABLE = False

from network.snmp.authentic import Gate, Unsigned, Unwanted
from network.snmp.reader import NoAnswer, Oid, Refused, SnmpError, Value
from network.targets import (
    AuthProtocol,
    PrivProtocol,
    Secret,
    SnmpCredentials,
    SnmpV1Credentials,
    SnmpV2cCredentials,
    SnmpV3Credentials,
)

T = TypeVar("T")
FastValue = str | bytes | int | float | None
Cells = dict[str, FastValue]

# Until something was heard one short try: the reference engine asks again before anybody is called silent.
FIRST_ATTEMPT_SECONDS: Final = (1.0,)
ATTEMPT_SECONDS: Final = (1.5, 1.5)
GRACE_SECONDS: Final = 0.5
_DEFAULT_BUFFER: Final = 0
_TIME_IS_OVER: Final = object()
_MASTER_KEY: Final = 1 << 6  # gufo's mark for a key that is hashed but not yet bound to one device

_AUTH: Final = {
    AuthProtocol.MD5: (1, 16),
    AuthProtocol.SHA: (4, 20),
    AuthProtocol.SHA224: (7, 28),
    AuthProtocol.SHA256: (10, 32),
    AuthProtocol.SHA384: (11, 48),
    AuthProtocol.SHA512: (12, 64),
}
_PRIV: Final = {
    PrivProtocol.DES: (1, 16),
    PrivProtocol.AES128: (2, 16),
    PrivProtocol.AES192: (3, 24),
    PrivProtocol.AES256: (4, 32),
}


class Doubtful(SnmpError):
    """The fast engine gave something that only the reference engine can judge."""


class Unreadable(Doubtful):
    """A datagram that is broken, or larger than the four kilobytes the fast engine has room for."""


class UnclearValue(Doubtful):
    """A value whose kind the fast engine does not tell; no fault of the device."""


def can_read(credentials: SnmpCredentials) -> bool:
    """Tell whether the fast engine is there and knows these algorithms as every vendor means them."""
    if not IS_AVAILABLE or isinstance(credentials, SnmpV1Credentials):
        return False
    if isinstance(credentials, SnmpV2cCredentials):
        return True
    if credentials.auth_protocol is None or credentials.priv_protocol is None:
        return True
    # Vendors disagree on how a short digest becomes a longer AES key: that is left to the reference engine.
    return _AUTH[credentials.auth_protocol][1] >= _PRIV[credentials.priv_protocol][1]


class GufoConnection:
    """One socket to one device: a request, its repeat, and the answer that belongs to it."""

    def __init__(self, host: str, port: int, credentials: SnmpCredentials) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: tuple[asyncio.Future[Any], Callable[[], Any]] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._watching = False
        self._heard = False
        is_version_6 = ipaddress.ip_address(host).version == 6
        self._endpoint = f"[{host}]:{port}" if is_version_6 else f"{host}:{port}"
        self._credentials = credentials
        self._sock = self._open_socket()
        self._gate: Gate | None = None
        if isinstance(credentials, SnmpV3Credentials) and credentials.auth_protocol:
            self._gate = Gate(self._sock.get_fd())
        self._answers = self._sock.get_fd()

    def _open_socket(self) -> "gufo.SnmpV2cClientSocket | gufo.SnmpV3ClientSocket":
        sizes = (0, _DEFAULT_BUFFER, _DEFAULT_BUFFER, 0)
        if not isinstance(self._credentials, SnmpV3Credentials):
            return gufo.SnmpV2cClientSocket(self._endpoint, self._credentials.community.reveal(), *sizes)
        return gufo.SnmpV3ClientSocket(self._endpoint, b"", "", 0, b"", 0, b"", *sizes)

    def close(self) -> None:
        """Stop watching; the engine's own socket closes when nothing holds it any more."""
        self._stop_watching()
        if self._alarm is not None:
            self._alarm.cancel()
        if self._gate is not None:
            self._gate.close()

    def _stop_watching(self) -> None:
        if self._watching:
            self._loop.remove_reader(self._answers)
            self._watching = False

    async def discover(self) -> None:
        """Learn an SNMPv3 agent's engine id and clock; nothing to do for a community."""
        if not isinstance(self._credentials, SnmpV3Credentials):
            return
        sock = self._sock
        assert isinstance(sock, gufo.SnmpV3ClientSocket)
        await self._ask(sock.send_refresh, sock.recv_refresh)
        auth, priv = self._credentials.auth_protocol, self._credentials.priv_protocol
        auth_key, priv_key = self._credentials.auth_key, self._credentials.priv_key
        algorithm = _AUTH[auth][0] if auth else 0
        sock.set_keys(
            self._credentials.user,
            algorithm | _MASTER_KEY if auth else 0,
            _master_key(algorithm, auth_key) if auth_key else b"",
            _PRIV[priv][0] | _MASTER_KEY if priv else 0,
            _master_key(algorithm, priv_key) if priv_key else b"",
        )
        if auth and auth_key and self._gate:
            master = _master_key(algorithm, auth_key)
            key = gufo.get_localized_key(algorithm, master, sock.get_engine_id())
            self._gate.demand(auth, key, self._credentials.user)
            await self._ask(sock.send_refresh, sock.recv_refresh)

    async def get(self, oids: list[str]) -> Cells:
        """Return what the agent has of some instances."""
        return await self._ask(lambda: self._sock.send_get_many(oids), self._sock.recv_get_many)

    async def get_bulk(self, after: str, repetitions: int, deadline: float | None = None) -> Cells:
        """Return the instances that follow one, in the order of the answer, whatever column they are in.

        Read as the answer to a GET: the library's own reading of GETBULK hides where a column ends.
        """
        start = gufo.GetIter(after, repetitions)
        send = partial(self._sock.send_get_bulk, start)
        return await self._ask(send, self._sock.recv_get_many, deadline, grace_seconds=0)

    async def _ask(
        self,
        send: Callable[[], None],
        receive: Callable[[], T],
        deadline: float | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ) -> T:
        """Send, wait and send once more; after a datagram nobody can read the right one has a short grace."""
        unreadable = False
        for seconds in ATTEMPT_SECONDS if self._heard else FIRST_ATTEMPT_SECONDS:
            self._send(send)
            until = self._loop.time() + seconds
            while True:
                try:
                    answer = await self._wait(receive, until if deadline is None else min(until, deadline))
                except gufo.SnmpDecodeError:
                    unreadable, until = True, min(until, self._loop.time() + grace_seconds)
                    continue
                except gufo.SnmpAuthError:
                    break  # a report: the clock in it has been taken over, so the repeat may fit
                if answer is _TIME_IS_OVER:
                    break
                return answer  # type: ignore[no-any-return]
            if deadline is not None and self._loop.time() >= deadline:
                raise TimeoutError
            if unreadable and not grace_seconds:
                break
        raise Unreadable() if unreadable else NoAnswer()

    def _read(self, receive: Callable[[], T]) -> T:
        """Let the engine read the datagram that has come, if it is one for us."""
        try:
            if self._gate is not None:
                self._gate.inspect()
            answer = _received(receive)
        except BlockingIOError:
            raise
        except Unsigned as error:
            raise Doubtful("an answer without authentication") from error
        except OSError as error:
            raise Refused() from error
        self._heard = True
        return answer

    def _send(self, send: Callable[[], None]) -> None:
        try:
            send()
        except BlockingIOError:
            pass  # the socket is full: as good as lost, so it is sent again
        except OSError as error:
            raise Refused() from error
        except gufo.SnmpError as error:
            raise Doubtful("a request that the fast engine cannot write") from error

    async def _wait(self, receive: Callable[[], Any], until: float) -> Any:
        """Return the next answer, or a mark when the time is over."""
        if not self._watching:
            self._loop.add_reader(self._answers, self._on_datagram)
            self._watching = True
        waiter = self._loop.create_future()
        self._waiting = (waiter, receive)
        self._until = until
        if self._alarm is None or self._alarm.when() > until:
            self._set_alarm()
        try:
            return await waiter
        finally:
            self._waiting = None

    def _set_alarm(self) -> None:
        """Be called when the time is over: one alarm for many requests, as most are answered long before."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._until, self._on_alarm)

    def _on_datagram(self) -> None:
        """Read at once: until a woken task reads, the loop would announce the same datagram again."""
        if self._waiting is None:
            # Nobody waits: a late answer must not keep the loop busy.
            self._stop_watching()
            return
        waiter, receive = self._waiting
        if waiter.done():
            return
        try:
            answer = self._read(receive)
        except (BlockingIOError, Unwanted):
            return
        except (SnmpError, gufo.SnmpError) as error:
            waiter.set_exception(error)
        else:
            waiter.set_result(answer)
        self._waiting = None

    def _on_alarm(self) -> None:
        self._alarm = None
        if self._waiting is None or self._waiting[0].done():
            return
        if self._loop.time() < self._until:
            self._set_alarm()
        else:
            self._waiting[0].set_result(_TIME_IS_OVER)


def _received(receive: Callable[[], T]) -> T:
    """Let the engine read, and give a name to what is no answer of the agent."""
    try:
        return receive()
    except (gufo.SnmpDecodeError, gufo.SnmpAuthError, OSError):
        raise
    except gufo.SnmpError as error:
        raise Doubtful(str(error)) from error
    except BaseException as error:
        # A panic of the Rust part is not an Exception, and its class cannot be imported.
        if type(error).__name__ == "PanicException":
            raise Doubtful("panic") from error
        raise


@lru_cache(maxsize=256)
def _master_key(algorithm: int, key: Secret) -> bytes:
    """Hash a pass phrase once for all devices: a megabyte through the digest is SNMPv3's dearest part."""
    master_key: bytes = gufo.get_master_key(algorithm, key.reveal().encode())
    return master_key


def as_value(value: FastValue) -> Value:
    """Return a value of the fast engine as the vocabulary of the reader has it."""
    if isinstance(value, int | bytes):
        return value
    if not isinstance(value, str):
        raise UnclearValue("a kind of value the readers do not know")
    try:
        numbers: Oid = tuple(map(int, value.split(".")))
    except ValueError as error:
        raise UnclearValue("a text that is no object identifier") from error
    if len(numbers) != 4:
        return numbers
    # An address is a text of four numbers here, and so is a short object identifier.
    if numbers[0] <= 2 or max(numbers) > 255:
        raise UnclearValue("an address or an object identifier")
    return bytes(numbers)
