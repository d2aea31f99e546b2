"""The page of the rules: what the office judges by, and for whom something is different."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel.units import format_unit
from flask import flash, redirect, render_template, url_for
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.devices import grouping
from helpdesk.devices import queries as device_queries
from helpdesk.findings import scoping
from helpdesk.findings.errors import OverrideRefused
from helpdesk.findings.presentation import SEVERITIES, rules_of_office
from helpdesk.findings.rule_forms import OverrideForm, show_override_refusal
from helpdesk.findings.views import blueprint
from helpdesk.permissions import Permission
from helpdesk.web.current import signed_in
from helpdesk.web.guards import requires


@blueprint.get("/findings/rules")
@requires(Permission.SEE_DEVICES)
def list_rules() -> str:
    """Show the rules with their figures, and the exceptions to them."""
    return _render(_form())


@blueprint.post("/findings/rules")
@requires(Permission.MANAGE_DEVICES)
def set_override() -> str | Response:
    """Let a rule have other figures for a group or a device."""
    form = _form()
    if not form.validate_on_submit():
        return _render(form)
    kind, number = form.chosen()
    try:
        with transaction() as session:
            scope = (
                scoping.Scope(group=grouping.get_group(session, number))
                if kind == "group"
                else scoping.Scope(device=device_queries.get_device(session, number))
            )
            scoping.set_override(
                session,
                rules_of_office(),
                form.rule.data,
                scope,
                form.figures(),
                now=clock.now(),
                by=signed_in().person,
            )
    except OverrideRefused as refusal:
        show_override_refusal(form, refusal)
        return _render(form)
    flash(_("Kept: it counts from the next reading on."), "success")
    return redirect(url_for("findings.list_rules"))


@blueprint.post("/findings/rules/<int:override_id>/drop")
@requires(Permission.MANAGE_DEVICES)
def drop_override(override_id: int) -> Response:
    """Let the office's rule hold again."""
    with transaction() as session:
        override = scoping.get_override(session, override_id)
        scoping.drop_override(session, override, now=clock.now(), by=signed_in().person)
    flash(_("The rule of the office holds again from the next reading on."), "success")
    return redirect(url_for("findings.list_rules"))


def _form() -> OverrideForm:
    session, form = db.session(), OverrideForm()
    devices = session.scalars(device_queries.select_devices()).all()
    form.offer(rules_of_office(), grouping.list_groups(session), devices, str(get_locale()))
    return form


def _render(form: OverrideForm) -> str:
    rules = rules_of_office()
    overrides = [(one, _differences(one.values)) for one in scoping.list_overrides(db.session())]
    return render_template(
        "findings/rules.html",
        form=form,
        rules=[(rule, rule.title.in_language(str(get_locale())), _figures(rule)) for rule in rules.values()],
        titles={code: rule.title.in_language(str(get_locale())) for code, rule in rules.items()},
        overrides=overrides,
    )


def _figures(rule: Any) -> list[str]:
    """Return the figures of a rule as words: only those that it has."""
    own = {
        "threshold": rule.threshold,
        "clear": rule.clear,
        "hold_for": rule.hold_for or None,
        "recover_after": rule.recover_after or None,
        "within": rule.within or None,
        "opens_ticket": rule.opens_ticket or None,
        "enabled": None if rule.enabled else False,
    }
    counts = [
        _("told after %(count)s readings", count=rule.hold) if rule.hold > 1 else "",
        _("over after %(count)s good readings", count=rule.recover) if rule.recover > 1 else "",
    ]
    return [
        *_differences({key: value for key, value in own.items() if value is not None}),
        *filter(None, counts),
    ]


def _differences(values: dict[str, Any]) -> list[str]:
    words: dict[str, Callable[[Any], str]] = {
        "threshold": lambda value: _("bad from %(value)s", value=format_decimal(value)),
        "clear": lambda value: _("over at %(value)s", value=format_decimal(value)),
        "hold_for": lambda value: _("told after %(time)s", time=_length(value)),
        "recover_after": lambda value: _("over after %(time)s of good readings", time=_length(value)),
        "within": lambda value: _("counted over %(time)s", time=_length(value)),
        "severity": lambda value: str(SEVERITIES.get(value, value)),
        "opens_ticket": lambda value: _("opens a ticket") if value else _("opens no ticket"),
        "enabled": lambda value: _("is judged") if value else _("is not judged"),
    }
    return [words[key](value) for key, value in values.items() if key in words]


def _length(seconds: int) -> str:
    """Return a time in the greatest unit that it is a whole number of."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0 and seconds:
            return str(format_unit(seconds // size, unit, locale=get_locale()))
    return str(format_unit(seconds, "second", locale=get_locale()))
