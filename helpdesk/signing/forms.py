"""Forms of signing keys."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.signing.tokens import LABEL_LETTERS
from helpdesk.web.forms import PageForm, stripped

SECRET_LETTERS = 1024


class KeyFileForm(PageForm):
    """A PKCS#12 file with its password."""

    file = FileField(_l("Key file (.p12, .pfx)"), validators=[FileRequired(_l("Choose the file."))])
    password = PasswordField(
        _l("Password of the file"),
        validators=[Length(max=SECRET_LETTERS)],
        render_kw={"autocomplete": "off"},
    )


class TokenForm(PageForm):
    """Where on a token the key is, and the PIN that proves it."""

    token = StringField(
        _l("Label of the token"),
        filters=[stripped],
        validators=[InputRequired(_l("Enter the label of the token.")), Length(max=LABEL_LETTERS)],
    )
    key = StringField(
        _l("Label of the key"),
        filters=[stripped],
        validators=[InputRequired(_l("Enter the label of the key.")), Length(max=LABEL_LETTERS)],
    )
    pin = PasswordField(
        _l("PIN"),
        validators=[InputRequired(_l("Enter the PIN.")), Length(max=SECRET_LETTERS)],
        render_kw={"autocomplete": "off"},
    )


class RevokeForm(PageForm):
    """Why a key is revoked."""

    reason = StringField(
        _l("Why"),
        filters=[stripped],
        validators=[InputRequired(_l("Say why, for instance: the key file was lost.")), Length(max=300)],
    )
