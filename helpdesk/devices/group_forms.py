"""The form of a device group."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk.devices.models import Device, DeviceGroup
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm, stripped


class TickedRows(SelectMultipleField):
    """Rows of a table, chosen by ticking them."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class GroupForm(PageForm):
    """A group: its name, what it is for, and the devices in it."""

    name = StringField(
        _l("Name"), [DataRequired(_l("Please fill this in.")), Length(max=120)], filters=[stripped]
    )
    description = StringField(_l("Note"), [Length(max=300)], filters=[stripped])
    devices = TickedRows(_l("Devices in the group"), coerce=int)

    def offer(self, devices: Sequence[Device]) -> None:
        """Fill the choices."""
        self.devices.choices = choices(
            (device.id, f"{device.name} · {device.address} · {device.site.name}") for device in devices
        )

    def fill(self, group: DeviceGroup) -> None:
        """Show what is stored."""
        self.process(
            data={
                "name": group.name,
                "description": group.description,
                "devices": [device.id for device in group.devices],
            }
        )
