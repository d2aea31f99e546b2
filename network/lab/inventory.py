"""Which devices the demo network has and how to reach them."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from network.lab.definition import LabDeviceFile, SnmpUser, list_device_files
from network.lab.host_keys import load_or_make_host_key
from network.lab.sites import LAB_SITES
from network.ssh.host_key import fingerprint_of
from network.targets import SnmpCredentials, SnmpV2cCredentials, SnmpV3Credentials, SshCredentials, Target

LAB_ADDRESS: Final = "127.0.0.1"
DEFAULT_PORT_BASE: Final = 16_100
DEFAULT_SSH_PORT_BASE: Final = 12_200
DEFAULT_STATE_FOLDER: Final = Path("var/lab")


@dataclass(frozen=True, kw_only=True)
class LabDevice:
    """One device of the demo network; its secrets are demo secrets and are shown."""

    name: str
    vendor: str
    platform: str
    role: str
    site_code: str
    site_name: str
    location: str
    address: str
    snmp_port: int
    community: str | None
    snmp_user: str | None
    auth_protocol: str | None
    auth_key: str | None
    priv_protocol: str | None
    priv_key: str | None
    ssh_port: int | None
    ssh_username: str | None
    ssh_password: str | None
    host_key_sha256: str | None

    def to_target(self) -> Target:
        """Return the target that the collector reads."""
        snmp: SnmpCredentials | None = SnmpV2cCredentials.of(self.community) if self.community else None
        if self.snmp_user:
            snmp = SnmpV3Credentials.of(
                self.snmp_user, self.auth_protocol, self.auth_key, self.priv_protocol, self.priv_key
            )
        ssh = None
        if self.ssh_port and self.ssh_username and self.ssh_password:
            ssh = SshCredentials.of(
                self.ssh_username, self.ssh_password, host_key_sha256=self.host_key_sha256
            )
        return Target(
            name=self.name,
            address=self.address,
            snmp_port=self.snmp_port,
            ssh_port=self.ssh_port or 22,
            snmp=snmp,
            ssh=ssh,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def inventory(
    port_base: int = DEFAULT_PORT_BASE,
    ssh_port_base: int = DEFAULT_SSH_PORT_BASE,
    *,
    address: str = LAB_ADDRESS,
    state_folder: Path | str | None = None,
) -> list[LabDevice]:
    """Return the devices; SSH host keys are made once and kept in the state folder."""
    folder = Path(state_folder or os.environ.get("NETWORK_LAB_STATE") or DEFAULT_STATE_FOLDER)
    return [
        _device(file, address, port_base + number, ssh_port_base + number, folder)
        for number, file in enumerate(list_device_files())
    ]


def _device(file: LabDeviceFile, address: str, snmp_port: int, ssh_port: int, folder: Path) -> LabDevice:
    user = file.user or SnmpUser(user="", auth_protocol="", auth_key="", priv_protocol="", priv_key="")
    site_names = {site.code: site.name for site in LAB_SITES}
    login = file.ssh
    return LabDevice(
        name=file.name,
        vendor=file.vendor,
        platform=file.platform,
        role=file.role,
        site_code=file.site,
        site_name=site_names[file.site],
        location=file.location,
        address=address,
        snmp_port=snmp_port,
        community=file.community,
        snmp_user=user.user or None,
        auth_protocol=user.auth_protocol or None,
        auth_key=user.auth_key or None,
        priv_protocol=user.priv_protocol or None,
        priv_key=user.priv_key or None,
        ssh_port=ssh_port if login else None,
        ssh_username=login.username if login else None,
        ssh_password=login.password if login else None,
        host_key_sha256=fingerprint_of(load_or_make_host_key(folder, file.name)) if login else None,
    )
