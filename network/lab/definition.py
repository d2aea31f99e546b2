"""The form of a lab device file."""

from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Flap(_Part):
    """A port that goes down and up again, by the clock."""

    up_seconds: int = Field(gt=0)
    down_seconds: int = Field(gt=0)


class Port(_Part):
    """One interface and its traffic."""

    index: int
    name: str
    description: str = ""
    alias: str = ""
    type: int = 6
    mtu: int = 1500
    speed_mbps: int = 1000
    mac: str = ""
    admin_up: bool = True
    oper_up: bool = True
    in_kbps: float = 0
    out_kbps: float = 0
    errors_per_hour: float = 0
    discards_per_hour: float = 0
    counter_bits: int = 64
    flap: Flap | None = None


class PortRange(_Part):
    """Ports that differ in their number only; `{n}` stands for it."""

    first: int
    last: int
    index: int
    name: str
    description: str = "{n}"
    alias: dict[int, str] = {}
    down: tuple[int, ...] = ()
    admin_down: tuple[int, ...] = ()
    in_kbps: float = 400
    out_kbps: float = 900
    speed_mbps: int = 1000
    mac_prefix: str = "02:1a:b0:00:00"


class Spell(_Part):
    """Another value of a reading from one moment until before another, in seconds since 1970."""

    begin: float
    end: float
    integer: int


class Reading(_Part):
    """A value at one OID: fixed, or moving around a middle, or growing."""

    integer: int | None = None
    gauge: float | None = None
    text: str | None = None
    hex: str | None = None
    oid: str | None = None
    swing: float = 0
    period_seconds: int = 900
    # When a fixed number is another one: trouble that comes and goes.
    spells: tuple[Spell, ...] = ()


class Entity(_Part):
    """One part of the ENTITY-MIB."""

    index: int
    kind: int
    name: str
    description: str = ""
    model: str = ""
    serial: str = ""
    software: str = ""


class NeighbourSeen(_Part):
    """One LLDP neighbour on the port with this number."""

    port: int
    name: str
    remote_port: str
    chassis: str
    description: str = ""


class SnmpUser(_Part):
    """An SNMPv3 user of the lab; these are demo secrets, printed on purpose."""

    user: str
    auth_protocol: str
    auth_key: str
    priv_protocol: str
    priv_key: str


class SshLogin(_Part):
    """A demo login, and the prompt and commands of the fake device."""

    username: str
    password: str
    prompt: str
    commands: dict[str, str]


class Slow(_Part):
    """The device takes its time now and then."""

    every_seconds: int
    for_seconds: int
    delay_seconds: float


class LabDeviceFile(_Part):
    """One device of the demo network."""

    name: str
    vendor: str
    platform: str
    site: str
    role: str
    description: str
    object_id: str
    contact: str
    location: str
    reboots_after_days: int = 200
    age_days: float = 30
    community: str | None = None
    user: SnmpUser | None = None
    ports: tuple[Port, ...] = ()
    port_ranges: tuple[PortRange, ...] = ()
    entities: tuple[Entity, ...] = ()
    neighbours: tuple[NeighbourSeen, ...] = ()
    readings: dict[str, Reading] = {}
    ssh: SshLogin | None = None
    slow: Slow | None = None

    def all_ports(self) -> tuple[Port, ...]:
        """Return the ports written out, in the order of their index."""
        spread = [port for span in self.port_ranges for port in _spread(span)]
        return tuple(sorted((*self.ports, *spread), key=lambda port: port.index))


def _spread(span: PortRange) -> list[Port]:
    ports = []
    for number in range(span.first, span.last + 1):
        # Different loads on the ports, the same at every start.
        share = 0.2 + (number * 37 % 100) / 60
        is_up = number not in span.down and number not in span.admin_down
        port = Port(
            index=span.index + number - span.first,
            name=span.name.format(n=number),
            description=span.description.format(n=number),
            alias=span.alias.get(number, ""),
            speed_mbps=span.speed_mbps,
            mac=f"{span.mac_prefix}:{number:02x}",
            admin_up=number not in span.admin_down,
            oper_up=is_up,
            in_kbps=round(span.in_kbps * share, 1) if is_up else 0,
            out_kbps=round(span.out_kbps * share, 1) if is_up else 0,
        )
        ports.append(port)
    return ports


@cache
def list_device_files() -> tuple[LabDeviceFile, ...]:
    """Return the devices of the lab in the order of their file names."""
    folder = resources.files("network.lab").joinpath("devices")
    files = sorted(
        (item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name
    )
    return tuple(
        LabDeviceFile.model_validate(yaml.safe_load(item.read_text(encoding="utf-8"))) for item in files
    )
