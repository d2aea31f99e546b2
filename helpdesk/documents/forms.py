"""Forms of the registers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.web.forms import PageForm


class VoidForm(PageForm):
    """Why a number is void."""

    reason = TextAreaField(
        _l("Why the number is void"),
        validators=[
            InputRequired(_l("Write why the number is void. The reason stands in the register.")),
            Length(max=2000),
        ],
    )
