"""Forms of finding devices: NetBox, and the sweep of a range."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import IntegerField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.devices.models import Credential, Site
from helpdesk.devices.rules import SNMP_KINDS
from helpdesk.web.choices import choices, one_of
from helpdesk.web.forms import PageForm, stripped

_REQUIRED = _l("Please fill this in.")


def _other_site(identifier: str) -> SelectField:
    # Both forms stand on one page: each field has an id of its own.
    return SelectField(
        _l("Site for the others"),
        [InputRequired(_REQUIRED)],
        id=identifier,
        description=_l("A device whose NetBox site has no namesake code here goes to this one."),
    )


class _NetboxForm(PageForm):
    """What both ways from NetBox ask: where devices of places we do not know go."""

    def offer(self, sites: Sequence[Site]) -> None:
        """Fill the choices."""
        self.site.choices = one_of((site.code, f"{site.name} ({site.code})") for site in sites)


class NetboxFileForm(_NetboxForm):
    """NetBox's list as a file."""

    site = _other_site("file-site")
    file = FileField(_l("JSON file"), [FileRequired(_REQUIRED)])


class NetboxApiForm(_NetboxForm):
    """NetBox itself. The token goes to NetBox and is kept nowhere."""

    site = _other_site("api-site")
    url = StringField(
        _l("Address of NetBox"),
        [DataRequired(_REQUIRED), Length(max=300)],
        filters=[stripped],
        description=_l("For instance https://netbox.example.go.id"),
    )
    # PasswordField never writes its value back into the page.
    token = PasswordField(
        _l("Token"),
        [DataRequired(_REQUIRED), Length(max=200)],
        description=_l("A token that may only read. It is used once and kept nowhere."),
        render_kw={"autocomplete": "off"},
    )
    netbox_site = StringField(
        _l("Only this NetBox site"),
        [Length(max=100)],
        filters=[stripped],
        description=_l("Its slug; empty for all sites."),
    )


class CheckboxesField(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SweepForm(PageForm):
    """A range of addresses and the credentials to try."""

    network = StringField(
        _l("Range of addresses"),
        [DataRequired(_REQUIRED), Length(max=64)],
        filters=[stripped],
        description=_l("As 192.168.10.0/24; at most /22, which is 1,022 addresses."),
    )
    port = IntegerField(
        _l("SNMP port"),
        [InputRequired(_REQUIRED), NumberRange(1, 65535, _l("A port is a number from 1 to 65535."))],
        default=161,
    )
    credentials = CheckboxesField(_l("Credentials to try"), coerce=int)

    def offer(self, credentials: Sequence[Credential]) -> None:
        """Fill the choices."""
        fitting = [(each.id, each.name) for each in credentials if each.kind in SNMP_KINDS]
        self.credentials.choices = choices(fitting)


class TakeFindsForm(PageForm):
    """Where the ticked finds of a sweep go."""

    site = SelectField(_l("Site"), [InputRequired(_REQUIRED)])

    def offer(self, sites: Sequence[Site]) -> None:
        """Fill the choices."""
        self.site.choices = one_of((site.code, f"{site.name} ({site.code})") for site in sites)
