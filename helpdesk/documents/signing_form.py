"""What every form asks that signs a paper: the password again, the code of the phone, the PIN of the token.

The names of the secret fields end in "-password": no draft and no page ever gives them back.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, PasswordField
from wtforms.validators import Length

from helpdesk.accounts import second_factor
from helpdesk.accounts import service as account_service
from helpdesk.accounts.errors import PasswordTemporary
from helpdesk.accounts.second_factor_forms import CODE_LETTERS, OneTimeField
from helpdesk.documents import signing
from helpdesk.errors import DomainError
from helpdesk.signing.errors import CertificateUnfit, PinMissing, SigningKeyMissing
from helpdesk.signing.service import Wish
from helpdesk.tickets.steps.kinds import StepContext
from helpdesk.web.current import settings


class SigningFields:
    """The fields beside the password; `fit_fields` takes away those that a person does not need."""

    code = OneTimeField(
        _l("Code of your phone"),
        validators=[Length(max=CODE_LETTERS)],
        name="code-password",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )
    pin = PasswordField(
        _l("PIN of your token"),
        validators=[Length(max=1024)],
        name="pin-password",
        render_kw={"autocomplete": "off"},
    )
    without_stamp = BooleanField(_l("Sign without a time stamp (the time-stamp authority does not answer)."))


def fit_fields(form: Form, context: StepContext) -> None:
    """Leave only the fields that this person's signature needs."""
    standing = signing.key_standing(context.session, context.person, now=context.now)
    needed = {
        "code": second_factor.is_on(context.session, context.person.id),
        "pin": standing.needs_pin,
        "without_stamp": standing.has_stamps and standing.kind is not None,
    }
    for name, is_needed in needed.items():
        if not is_needed:
            delattr(form, name)


def signing_facts(context: StepContext) -> dict[str, Any]:
    """Return what the page says before the click: with which key, or what is missing."""
    return {"key": signing.key_standing(context.session, context.person, now=context.now)}


def signing_refusal(form: Form, context: StepContext, *, address: str) -> DomainError | None:
    """Return why the person may not sign; a failed try is recorded by the caller's commit.

    What needs no guess is said first, so that no right code is used up for nothing.
    """
    if context.person.password_is_temporary:
        return PasswordTemporary()
    standing = signing.key_standing(context.session, context.person, now=context.now)
    if standing.is_blocked:
        return SigningKeyMissing() if standing.kind is None else CertificateUnfit()
    if standing.needs_pin and not _value(form, "pin"):
        return PinMissing()
    wrong = account_service.confirm_password(
        context.session, context.person, _value(form, "password"), address=address, now=context.now
    )
    return wrong or second_factor.check(
        context.session,
        context.person,
        _value(form, "code"),
        settings().key_ring(),
        address=address,
        now=context.now,
    )


def wish_of(form: Form) -> Wish:
    """Return how the person wants to sign."""
    leaves_out = "without_stamp" in form and bool(form["without_stamp"].data)
    return Wish(_value(form, "pin") or None, leaves_out)


def _value(form: Form, name: str) -> str:
    return str(form[name].data or "") if name in form else ""
