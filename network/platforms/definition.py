"""The form of a platform file, checked when it is loaded."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from network.platforms.parameters import parameter_of, template_problem
from network.quirks import MEMORY_READERS, PROCESSOR_READERS, SENSOR_READERS, SYSTEM_FACTS
from network.snmp.reader import Oid, parse_oid

# A star stands for the number that the device's sysObjectID has in that place: some vendors give every model
# a tree of its own, with the same objects in each.
_DOTTED = re.compile(r"[0-2](\.([0-9]+|\*))+\.?\Z", re.ASCII)
OF_THE_MODEL = "*"


def _ensure_dotted(text: Any) -> str:
    if not isinstance(text, str) or not _DOTTED.match(text):
        raise ValueError(f"{text!r} is not a dotted OID")
    return text


def _ensure_without_star(text: str) -> str:
    if OF_THE_MODEL in text:
        raise ValueError(f"{text!r}: what a device is recognised by has no star")
    return text


def _ensure_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


DottedOid = Annotated[str, BeforeValidator(_ensure_dotted)]
Pattern = Annotated[str, AfterValidator(_ensure_pattern)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identification(_Part):
    """How a platform is recognised: every condition given must hold."""

    sys_object_id: tuple[Annotated[DottedOid, AfterValidator(_ensure_without_star)], ...] = ()
    sys_descr: Pattern | None = None
    not_sys_descr: Pattern | None = None


class FactSource(_Part):
    """Where one fact of the system stands; exactly one place."""

    oid: DottedOid | None = None
    sys_descr: Pattern | None = None
    entity: Literal["model", "serial", "software", "description"] | None = None
    quirk: str | None = None
    match: Pattern | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "FactSource":
        given = [place for place in (self.oid, self.sys_descr, self.entity, self.quirk) if place is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of oid, sys_descr, entity, quirk")
        if self.quirk is not None and self.quirk not in SYSTEM_FACTS:
            raise ValueError(f"quirk {self.quirk!r} is not one of {', '.join(sorted(SYSTEM_FACTS))}")
        return self


class SystemSources(_Part):
    """Vendor, model, version and serial: the first source that gives something wins."""

    vendor: str | None = None
    model: tuple[FactSource, ...] = ()
    version: tuple[FactSource, ...] = ()
    serial: tuple[FactSource, ...] = ()


class Source(_Part):
    """Columns or scalars that give rows of one kind, and the reader that understands them."""

    columns: dict[str, DottedOid] = Field(min_length=1)
    read: str = "plain"
    label: str | None = None
    named_by_entity: bool = False
    multiply: float = 1
    divide: float = Field(default=1, gt=0)
    skip_values: tuple[float, ...] = ()
    skip_above: float | None = None
    keep_where: dict[str, tuple[int | str, ...]] = {}
    skip_where: dict[str, tuple[int | str, ...]] = {}
    also: bool = False
    fill_gaps: bool = False

    @model_validator(mode="after")
    def _known_columns(self) -> "Source":
        for name in (*self.keep_where, *self.skip_where):
            if name not in self.columns:
                raise ValueError(f"condition on {name!r}, which is not among the columns")
        return self

    def oids(self) -> dict[str, Oid]:
        """Return the OIDs by the name of their column."""
        return {name: parse_oid(text) for name, text in self.columns.items()}


class ProcessorSource(Source):
    """Where the load of the processors stands."""

    @model_validator(mode="after")
    def _known_reader(self) -> "ProcessorSource":
        _ensure_known(self.read, PROCESSOR_READERS)
        return self


class MemorySource(Source):
    """Where used, free, total or the percentage of the memory stands."""

    unit_bytes: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _known_reader(self) -> "MemorySource":
        _ensure_known(self.read, MEMORY_READERS)
        return self


class SensorSource(Source):
    """Where temperatures and other measured values stand."""

    kind: Literal[
        "temperature", "voltage", "current", "power", "humidity", "fan", "charge", "runtime", "load"
    ]
    unit: Literal["celsius", "volts", "amperes", "watts", "percent", "rpm", "minutes", "seconds"]

    @model_validator(mode="after")
    def _known_reader(self) -> "SensorSource":
        _ensure_known(self.read, SENSOR_READERS)
        return self


class PowerSource(Source):
    """Where the state of the power supplies stands, and which number means what."""

    states: dict[int, Literal["ok", "warning", "failed", "absent", "unknown"]] = Field(min_length=1)


class AlarmSource(Source):
    """Where alarms stand, and which values mean that one is active, with its severity."""

    active: dict[int, Literal["minor", "major", "critical"]] = Field(min_length=1)


class UpsValue(_Part):
    """Where one value of a UPS stands: a number with its divisor, or a number that stands for a word."""

    oid: DottedOid
    divide: float = Field(default=1, gt=0)
    skip_values: tuple[float, ...] = ()
    words: dict[int, str] = {}


UpsFact = Literal[
    "source",
    "battery_charge_percent",
    "battery_runtime_minutes",
    "battery_temperature_celsius",
    "load_percent",
    "input_volts",
    "battery_status",
    "last_transfer_cause",
]


def _ensure_plain_command(text: str) -> str:
    problem = template_problem(text)
    if problem is not None:
        raise ValueError(problem)
    return text


class Command(_Part):
    """One command that may be sent, as it stands here; `{interface}` takes a value of that type.

    `kind` says who may pick it: a look at the state, a probe that sends traffic, or a whole configuration.
    """

    run: Annotated[str, AfterValidator(_ensure_plain_command)]
    last_line: Pattern | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=180)
    by_default: bool = True
    kind: Literal["look", "probe", "configuration"] = "look"

    @property
    def parameter(self) -> str | None:
        """The type of the value it takes, if any."""
        return parameter_of(self.run)

    @model_validator(mode="after")
    def _needs_a_person(self) -> "Command":
        if self.by_default and (self.parameter or self.kind != "look"):
            raise ValueError(f"{self.run!r} is for a person to pick: set by_default: false")
        return self


class Pager(_Part):
    """What a device says when it waits at the end of a page, and the key that turns the page."""

    text: Pattern
    key: Annotated[str, Field(pattern=r"^[ a-z]$")]


class SshSettings(_Part):
    """How netmiko speaks with the platform, and the commands it may send."""

    device_type: str
    pager: Pager | None = None
    options: dict[str, bool] = {}
    commands: tuple[Command, ...] = ()


class PlatformDefinition(_Part):
    """One platform file."""

    platform: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    identify: Identification = Identification()
    system: SystemSources = SystemSources()
    processors: tuple[ProcessorSource, ...] = ()
    memory: tuple[MemorySource, ...] = ()
    sensors: tuple[SensorSource, ...] = ()
    power: tuple[PowerSource, ...] = ()
    alarms: tuple[AlarmSource, ...] = ()
    ups: dict[UpsFact, tuple[UpsValue, ...]] = {}
    vlans: Literal["q_bridge", "vtp", "junos"] = "q_bridge"
    unordered_tables: bool = False
    ignore_engine_time: bool = False
    neighbours: tuple[Literal["lldp", "cdp", "mikrotik"], ...] = ("lldp",)
    ssh: SshSettings | None = None


def _ensure_known(reader: str, known: Any) -> None:
    if reader not in known:
        raise ValueError(f"reader {reader!r} is not one of {', '.join(sorted(known))}")
