"""What a form says is in the language of its page, also what WTForms itself says."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale, ngettext
from werkzeug.datastructures import MultiDict

from helpdesk.devices.forms import SiteForm
from helpdesk.tickets.steps.verification import VerdictForm


def test_a_count_takes_the_one_indonesian_form(app: Flask):
    with app.test_request_context(), force_locale("id"):
        assert [ngettext("%(num)d hour", "%(num)d hours", count) for count in (1, 2)] == ["1 jam", "2 jam"]


def test_messages_of_wtforms_are_indonesian_on_an_indonesian_page(app: Flask):
    with app.test_request_context(method="POST", data={"code": "x" * 33, "name": "y"}), force_locale("id"):
        form = SiteForm(meta={"csrf": False})
        assert not form.validate()
        assert [str(each) for each in form.code.errors] == ["Isian paling banyak 32 karakter."]


def test_a_row_inside_a_form_speaks_the_same_language(app: Flask):
    with app.test_request_context(), force_locale("id"):
        row = VerdictForm(MultiDict({"ref": "1", "verdict": "perhaps"}))
        assert not row.validate()
        assert [str(each) for each in row.verdict.errors] == ["Pilihan ini tidak tersedia."]
