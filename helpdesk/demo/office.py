"""The invented office: its people, its work programme, its sites and devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from helpdesk.accounts import queries as account_queries
from helpdesk.accounts import service as account_service
from helpdesk.accounts.models import Person
from helpdesk.demo.parents import PARENTS
from helpdesk.demo.people import PASSWORD, PEOPLE
from helpdesk.devices import credentials as credential_service
from helpdesk.devices import queries as device_queries
from helpdesk.devices import service as device_service
from helpdesk.devices.models import Credential, Device, Site
from helpdesk.devices.rules import SNMP_V2C, SNMP_V3, SSH, DeviceInput, SiteInput
from helpdesk.tickets.models import WorkProgrammeItem
from helpdesk.tickets.service import programme
from network.lab import LAB_SITES, LabDevice

ADMIN = "admin"
ADDRESSES = {
    "JKT": "Jalan Contoh Nomor 1, Jakarta Pusat",
    "DC": "Jalan Contoh Nomor 15, Jakarta Selatan",
    "BDG": "Jalan Teladan Nomor 7, Bandung",
    "MKS": "Jalan Teladan Nomor 22, Makassar",
    "JYP": "Jalan Teladan Nomor 3, Jayapura",
}
WORK_PROGRAMME = (
    ("PK-01", "Pemeliharaan jaringan lokal dan nirkabel gedung utama"),
    ("PK-02", "Pengelolaan sambungan antarkantor dan internet"),
    ("PK-03", "Pengamanan batas jaringan dan pusat data"),
    ("PK-04", "Kerja sama teknis dengan instansi terkait dan kantor perwakilan"),
    ("PK-05", "Konsultasi dan pelatihan pengoperasian sistem jaringan"),
)
# What a role of the lab is called in the list of devices.
ROLES = {
    "core switch": "Sakelar inti",
    "access switch": "Sakelar akses",
    "WAN router": "Perute antarkantor",
    "firewall": "Tembok api batas jaringan",
    "data centre switch": "Sakelar pusat data",
    "name server": "Peladen nama domain",
    "UPS": "Catu daya cadangan pusat data",
    "branch switch": "Sakelar kantor perwakilan",
    "branch router": "Perute kantor perwakilan",
}


def is_empty(session: Session) -> bool:
    """Whether nobody works here yet."""
    return not account_queries.list_people(session)


def add_people(session: Session, *, since: date, now: datetime) -> dict[str, Person]:
    """Add everybody, with the offices they have held since the day."""
    return {
        one.username: account_service.add_person(
            session,
            username=one.username,
            name=one.name,
            password=PASSWORD,
            roles=(one.role,),
            starts_on=since,
            now=now,
            nip=one.nip,
            rank=one.rank,
            email=f"{one.username}@kantor.example",
            language=one.language,
        )
        for one in PEOPLE
    }


def add_work_programme(
    session: Session, years: Sequence[int], *, by: Person, now: datetime
) -> dict[tuple[int, str], WorkProgrammeItem]:
    """Add the items of each year, by year and code."""
    return {
        (year, code): programme.add_item(
            session, year=year, code=f"{code}/{year}", title=title, now=now, by=by
        )
        for year in years
        for code, title in WORK_PROGRAMME
    }


def add_network(
    session: Session, devices: Sequence[LabDevice], *, ring: Mapping[str, bytes], by: Person, now: datetime
) -> dict[str, Device]:
    """Register the devices of the demo network with their credentials, by name."""
    sites = {
        one.code: device_service.add_site(
            session,
            SiteInput(code=one.code, name=one.name, address=ADDRESSES.get(one.code, one.city)),
            now=now,
            by=by,
        )
        for one in LAB_SITES
    }
    return {one.name: _add_device(session, one, sites[one.site_code], ring, by, now) for one in devices}


def move_network(session: Session, before: Sequence[LabDevice], after: Sequence[LabDevice]) -> None:
    """Register the demo network under other ports; a device that somebody pointed elsewhere stays there."""
    for old, new in zip(before, after, strict=True):
        device = device_queries.find_device_by_name(session, old.name)
        if device is None or (device.address, device.snmp_port) != (old.address, old.snmp_port):
            continue
        device.snmp_port = new.snmp_port
        if new.ssh_port is not None and device.ssh_port == old.ssh_port:
            device.ssh_port = new.ssh_port


def _add_device(
    session: Session, lab: LabDevice, site: Site, ring: Mapping[str, bytes], by: Person, now: datetime
) -> Device:
    snmp, ssh = _snmp_credential(session, lab, ring, by, now), _ssh_credential(session, lab, ring, by, now)
    parent = device_queries.find_device_by_name(session, PARENTS.get(lab.name, ""))
    given = DeviceInput(
        parent_id=parent.id if parent else None,
        site_id=site.id,
        name=lab.name,
        address=lab.address,
        snmp_port=lab.snmp_port,
        ssh_port=lab.ssh_port or 22,
        platform=lab.platform,
        description=f"{ROLES.get(lab.role, lab.role)} ({lab.vendor}); {lab.location}",
        snmp_credential_id=snmp.id,
        ssh_credential_id=ssh.id if ssh else None,
    )
    device = device_service.add_device(session, given, now=now, by=by)
    if lab.host_key_sha256:
        device_service.confirm_host_key(session, device, lab.host_key_sha256, now=now, by=by)
    return device


def _snmp_credential(
    session: Session, lab: LabDevice, ring: Mapping[str, bytes], by: Person, now: datetime
) -> Credential:
    if lab.community:
        secret = {"community": lab.community}
        return _credential(session, f"SNMP v2c {lab.site_code}", SNMP_V2C, {}, secret, ring, by, now)
    public = {
        "user": lab.snmp_user,
        "auth_protocol": lab.auth_protocol,
        "priv_protocol": lab.priv_protocol,
    }
    secret = {"auth_key": lab.auth_key or "", "priv_key": lab.priv_key or ""}
    return _credential(session, f"SNMP v3 {lab.snmp_user}", SNMP_V3, public, secret, ring, by, now)


def _ssh_credential(
    session: Session, lab: LabDevice, ring: Mapping[str, bytes], by: Person, now: datetime
) -> Credential | None:
    if not (lab.ssh_username and lab.ssh_password):
        return None
    public, secret = {"username": lab.ssh_username}, {"password": lab.ssh_password}
    return _credential(session, f"SSH {lab.name}", SSH, public, secret, ring, by, now)


def _credential(
    session: Session,
    name: str,
    kind: str,
    public: Mapping[str, str | None],
    secret: Mapping[str, str],
    ring: Mapping[str, bytes],
    by: Person,
    now: datetime,
) -> Credential:
    found = device_queries.find_credential_by_name(session, name)
    return found or credential_service.add_credential(
        session, name=name, kind=kind, public=public, secret=secret, ring=dict(ring), now=now, by=by
    )
