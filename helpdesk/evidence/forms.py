"""The form with which a person picks a command; nobody writes one."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Length

from helpdesk.evidence.commands import Pickable
from helpdesk.web.choices import choices
from helpdesk.web.forms import PageForm


class CommandForm(PageForm):
    """A command of the list, and a value where it takes one."""

    command = SelectField(_l("Command"), validate_choice=False)
    interface = SelectField(_l("Port"), validate_choice=False)
    # Not stripped: what is around a value belongs to it, and is refused.
    value = StringField(_l("Address, VLAN or MAC address"), [Length(max=64)])

    def offer(self, commands: Sequence[Pickable], ports: Sequence[str]) -> None:
        """Fill the choices."""
        self.command.choices = choices((one.run, one.run) for one in commands)
        self.interface.choices = choices([("", "–")] + [(port, port) for port in ports])

    def argument(self) -> str | None:
        """Return the value that the chosen command takes."""
        return self.interface.data if "{interface}" in (self.command.data or "") else self.value.data
