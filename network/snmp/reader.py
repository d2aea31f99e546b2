"""The small interface every SNMP engine stands behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

Oid = tuple[int, ...]


class NoSuchValue:
    """The agent says that this object or instance does not exist here."""

    def __repr__(self) -> str:
        return "NO_SUCH"


class EndOfMib:
    """The agent says that nothing follows."""

    def __repr__(self) -> str:
        return "END_OF_MIB"


NO_SUCH: Final = NoSuchValue()
END_OF_MIB: Final = EndOfMib()

Value = int | bytes | Oid | None | NoSuchValue | EndOfMib
Column = dict[Oid, Value]


class SnmpError(Exception):
    """An SNMP exchange that gave no usable answer; `code` names why."""

    code = "protocol_error"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class NoAnswer(SnmpError):
    """Nothing came back in time."""

    code = "unreachable"


class Refused(SnmpError):
    """The host says that nobody listens there."""

    code = "connection_refused"


class NetworkUnreachable(SnmpError):
    """There is no way to that network."""

    code = "network_unreachable"


class NameNotFound(SnmpError):
    """The host name has no address."""

    code = "name_not_found"


class WrongCredentials(SnmpError):
    """The agent is there and does not accept user, key or community."""

    code = "wrong_credentials"


class UnsupportedSecurity(SnmpError):
    """The agent does not know the security level or algorithm."""

    code = "unsupported_security"


@dataclass(frozen=True)
class Reply:
    """One answer of an agent: its varbinds in order, its error status and which varbind that is about."""

    varbinds: Sequence[tuple[Oid, Value]]
    error_status: int = 0
    error_index: int = 0  # from 1; 0 where the agent does not say


TOO_BIG: Final = 1
NO_SUCH_NAME: Final = 2  # SNMPv1: this object is not there, and nothing follows it


@dataclass(frozen=True, kw_only=True)
class WalkLimits:
    """How far one walk may go."""

    columns_per_request: int = 4
    repetitions: int = 20
    row_cap: int = 20_000
    request_cap: int = 4_000
    deadline: float | None = None  # in the event loop's clock
    allow_unordered: bool = False


@dataclass(kw_only=True)
class WalkResult:
    """The cells of some columns, and whether they were read to the end."""

    columns: dict[Oid, Column]
    complete: bool = True
    stopped_by: str | None = None
    requests: int = 0
    repetitions: int = 0

    def stop(self, reason: str) -> None:
        """Mark the result as partial; the first reason stays."""
        self.complete = False
        self.stopped_by = self.stopped_by or reason


@dataclass
class WorkingSize:
    """The request size that a device was found to answer."""

    columns: int = 4
    repetitions: int = 20
    getnext_only: bool = field(default=False)

    def halve(self) -> bool:
        """Make requests smaller; False when they cannot shrink any more."""
        if self.repetitions > 1:
            self.repetitions //= 2
        elif self.columns > 1:
            self.columns //= 2
        elif not self.getnext_only:
            self.getnext_only = True
        else:
            return False
        return True


class SnmpReader(Protocol):
    """What a collector needs from SNMP, whichever engine does it."""

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """Return the values of some instances; what does not exist is left out."""

    async def walk(self, columns: Sequence[Oid], limits: WalkLimits) -> WalkResult:
        """Return whole columns, by index, within the limits."""


class SnmpExchange(Protocol):
    """One request, one reply: all that an engine has to do."""

    async def get(self, oids: Sequence[Oid]) -> Reply:
        """Send GET."""

    async def get_next(self, oids: Sequence[Oid]) -> Reply:
        """Send GETNEXT."""

    async def get_bulk(self, oids: Sequence[Oid], repetitions: int) -> Reply:
        """Send GETBULK without non-repeaters."""


def parse_oid(text: str) -> Oid:
    """Return the numbers of a dotted OID."""
    return tuple(int(part) for part in text.strip(".").split("."))


def format_oid(oid: Oid) -> str:
    """Return an OID in dots."""
    return ".".join(map(str, oid))


def is_value(value: Value) -> bool:
    """Tell a value from the three ways of saying that there is none."""
    return value is not None and not isinstance(value, NoSuchValue | EndOfMib)
