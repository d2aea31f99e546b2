"""Forms of sites, devices, credentials and the import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from helpdesk.devices import reading, rules
from helpdesk.devices.errors import DeviceRefused
from helpdesk.devices.group_forms import TickedRows
from helpdesk.devices.models import Credential, Device, DeviceGroup, Site
from helpdesk.web.choices import choices, one_of
from helpdesk.web.forms import PageForm

_REQUIRED = _l("Please fill this in.")
_PORT = NumberRange(1, 65535, _l("A port is a number from 1 to 65535."))
_NONE = ""


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value


def _row_id(value: Any) -> int | None:
    return int(value) if value not in (None, _NONE, "None") else None


def show_refusal(form: FlaskForm, refusal: DeviceRefused) -> None:
    """Put a refusal of the rules beside the field it is about."""
    field = form[refusal.field if refusal.field in form else next(iter(form)).name]
    reason = refusal.details["reason"]
    field.errors = [*field.errors, gettext(reason)]


class SiteForm(PageForm):
    """A site and how often it is read."""

    code = StringField(
        _l("Code"),
        [DataRequired(_REQUIRED), Length(max=32)],
        filters=[_stripped],
        description=_l("Short and lasting; the import names a site by it."),
    )
    name = StringField(_l("Name"), [DataRequired(_REQUIRED), Length(max=200)], filters=[_stripped])
    address = StringField(_l("Street address"), [Length(max=300)], filters=[_stripped])
    snapshot_minutes = IntegerField(
        _l("Minutes between snapshots"),
        [Optional(), NumberRange(0, 1440, _l("Write a number of minutes from 0 to 1440."))],
        description=_l("Empty: the office's interval. 0: no snapshots by schedule."),
    )

    def given(self) -> rules.SiteInput:
        """Return what was filled in."""
        return rules.SiteInput(
            code=self.code.data or "",
            name=self.name.data or "",
            address=self.address.data or "",
            snapshot_minutes=self.snapshot_minutes.data,
        )


class DeviceForm(PageForm):
    """A device: where it stands, where it answers, with what it is read."""

    name = StringField(_l("Name"), [DataRequired(_REQUIRED), Length(max=120)], filters=[_stripped])
    group_ids = TickedRows(_l("Device groups"), coerce=int)
    site_id = SelectField(_l("Site"), [InputRequired(_REQUIRED)], coerce=_row_id)
    description = StringField(_l("Note"), [Length(max=300)], filters=[_stripped])
    address = StringField(
        _l("Address"),
        [DataRequired(_REQUIRED), Length(max=253)],
        filters=[_stripped],
        description=_l("An IP address or a host name, without port."),
    )
    platform = SelectField(_l("Platform"), coerce=str)
    snmp_port = IntegerField(_l("SNMP port"), [InputRequired(_REQUIRED), _PORT], default=161)
    snmp_credential_id = SelectField(_l("SNMP credential"), coerce=_row_id)
    ssh_port = IntegerField(_l("SSH port"), [InputRequired(_REQUIRED), _PORT], default=22)
    ssh_credential_id = SelectField(_l("SSH credential"), coerce=_row_id)
    parent_id = SelectField(
        _l("Reached through"),
        coerce=_row_id,
        description=_l(
            "The device in front of this one, seen from the office. "
            "While that one gives no answer, this one is not called broken."
        ),
    )
    allow_old_ciphers = BooleanField(
        _l("Allow old SSH algorithms (SHA-1) for this device"),
        description=_l("Only where the device offers nothing newer: they can be broken."),
    )

    def offer(
        self, sites: Sequence[Site], credentials: Sequence[Credential], parents: Sequence[Device] = ()
    ) -> None:
        """Fill the choices."""
        known = [(each.id, f"{each.name} ({each.site.name})") for each in parents]
        self.parent_id.choices = choices([(_NONE, _l("None")), *known])
        self.site_id.choices = one_of((site.id, f"{site.name} ({site.code})") for site in sites)
        platforms = sorted(reading.platform_titles().items(), key=lambda pair: pair[1].lower())
        self.platform.choices = choices([(_NONE, _l("Detect it")), *platforms])
        for field, kinds in (
            (self.snmp_credential_id, rules.SNMP_KINDS),
            (self.ssh_credential_id, (rules.SSH,)),
        ):
            fitting = [(each.id, each.name) for each in credentials if each.kind in kinds]
            field.choices = choices([(_NONE, _l("None")), *fitting])

    def offer_groups(self, groups: Sequence[DeviceGroup]) -> None:
        """Fill the choices of groups."""
        self.group_ids.choices = choices((group.id, group.name) for group in groups)

    def fill(self, device: Device) -> None:
        """Show what is stored."""
        self.process(obj=device, group_ids=[group.id for group in device.groups])

    def validate_address(self, field: StringField) -> None:
        """Refuse what cannot be an address."""
        problem = rules.address_problem(field.data or "")
        if problem is not None:
            raise ValidationError(gettext(problem))

    def given(self) -> rules.DeviceInput:
        """Return what was filled in."""
        return rules.DeviceInput(
            site_id=self.site_id.data,
            name=self.name.data or "",
            address=self.address.data or "",
            snmp_port=self.snmp_port.data or 0,
            ssh_port=self.ssh_port.data or 0,
            platform=self.platform.data or None,
            description=self.description.data or "",
            snmp_credential_id=self.snmp_credential_id.data,
            ssh_credential_id=self.ssh_credential_id.data,
            allow_old_ciphers=bool(self.allow_old_ciphers.data),
            parent_id=self.parent_id.data,
        )


class CredentialForm(PageForm):
    """What every credential has: a name. Each kind adds its own fields."""

    PUBLIC: tuple[str, ...] = ()
    SECRET: tuple[str, ...] = ()

    name = StringField(
        _l("Name"),
        [DataRequired(_REQUIRED), Length(max=120)],
        filters=[_stripped],
        description=_l("Devices and the import name the credential by it."),
    )

    def public(self) -> dict[str, Any]:
        """Return what may be shown again."""
        return {name: self[name].data or None for name in self.PUBLIC}

    def secret(self) -> dict[str, str]:
        """Return what never is; an empty field is left out."""
        return {name: self[name].data for name in self.SECRET if self[name].data}

    def fill(self, credential: Credential) -> None:
        """Show what may be shown; the secrets' fields stay empty."""
        self.process(data={"name": credential.name, **credential.public})


def _secret_field(label: Any) -> PasswordField:
    # PasswordField never writes its value back into the page.
    return PasswordField(label, [Length(max=255)], render_kw={"autocomplete": "new-password"})


class SnmpV2cForm(CredentialForm):
    """An SNMPv2c community."""

    SECRET = ("community",)
    community = _secret_field(_l("Community"))


class SnmpV1Form(SnmpV2cForm):
    """An SNMPv1 community."""


class SnmpV3Form(CredentialForm):
    """An SNMPv3 user."""

    PUBLIC = ("user", "auth_protocol", "priv_protocol")
    SECRET = ("auth_key", "priv_key")
    user = StringField(_l("User name"), [DataRequired(_REQUIRED), Length(max=120)], filters=[_stripped])
    auth_protocol = SelectField(
        _l("Authentication"),
        choices=choices([(_NONE, _l("None")), *((each, each) for each in rules.AUTH_PROTOCOLS)]),
    )
    auth_key = _secret_field(_l("Authentication key"))
    priv_protocol = SelectField(
        _l("Encryption"),
        choices=choices([(_NONE, _l("None")), *((each, each) for each in rules.PRIV_PROTOCOLS)]),
    )
    priv_key = _secret_field(_l("Encryption key"))


class SshForm(CredentialForm):
    """An SSH login."""

    PUBLIC = ("username",)
    SECRET = ("password",)
    username = StringField(_l("User name"), [DataRequired(_REQUIRED), Length(max=120)], filters=[_stripped])
    password = _secret_field(_l("Password"))


CREDENTIAL_FORMS: dict[str, type[CredentialForm]] = {
    rules.SNMP_V2C: SnmpV2cForm,
    rules.SNMP_V1: SnmpV1Form,
    rules.SNMP_V3: SnmpV3Form,
    rules.SSH: SshForm,
}
KIND_TITLES: dict[str, Any] = {
    rules.SNMP_V2C: _l("SNMPv2c community"),
    rules.SNMP_V3: _l("SNMPv3 user"),
    rules.SSH: _l("SSH login"),
    rules.SNMP_V1: _l("SNMPv1 community (old devices)"),
}


class ImportForm(PageForm):
    """The file of an import."""

    file = FileField(_l("CSV file"), [FileRequired(_REQUIRED)])
