"""The page of components: it renders in both languages, its forms are tied together for screen readers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from config import build_settings
from helpdesk.application import create_app


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """A client of an application that shows its components; no database is asked."""
    directory = tmp_path_factory.mktemp("gallery")
    app = create_app(build_settings(testing=True, component_gallery=True, data_directory=directory))
    return app.test_client()


@pytest.fixture(scope="module")
def page(gallery):
    """The text of the page in English."""
    return gallery.get("/_components?lang=en").text


class Elements(HTMLParser):
    """Collects the start tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_gallery_is_there_only_where_the_settings_ask(tmp_path):
    app = create_app(build_settings(testing=True, data_directory=tmp_path))
    assert "gallery.show_components" not in app.view_functions


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_component_renders_in_both_languages(gallery, language):
    answer = gallery.get(f"/_components?lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500])
def test_a_failure_says_what_to_do_with_one_main_heading(gallery, status):
    answer = gallery.get(f"/_components/failure/{status}")
    assert answer.status_code == status
    assert answer.text.count("<h1") == 1
    assert "failure__advice" in answer.text


def test_no_identifier_stands_twice(page):
    ids = [attributes["id"] for _tag, attributes in Elements(page).found if attributes.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_every_reference_between_elements_has_its_target(page):
    found = Elements(page).found
    ids = {attributes["id"] for _tag, attributes in found if attributes.get("id")}
    wanted = {
        target
        for _tag, attributes in found
        for name in ("aria-describedby", "for", "data-counter")
        for target in (attributes.get(name) or "").split()
    }
    wanted |= {
        href[1:]
        for tag, attributes in found
        if tag == "a" and (href := attributes.get("href") or "").startswith("#")
    }
    assert wanted
    assert wanted <= ids


def test_a_refused_field_says_so_and_points_to_its_error(page):
    fields = [
        attributes for _tag, attributes in Elements(page).found if attributes.get("name") == "refused-email"
    ]
    assert fields[0]["aria-invalid"] == "true"
    assert "refused-email-error" in str(fields[0]["aria-describedby"]).split()
    assert re.search(r'<a href="#refused-email">Alamat surel: Alamat surel ini tidak lengkap\.</a>', page)


def test_a_field_without_an_error_is_not_called_invalid(page):
    fields = [attributes for _tag, attributes in Elements(page).found if attributes.get("name") == "email"]
    assert "aria-invalid" not in fields[0]


def test_the_step_in_hand_is_marked_for_screen_readers(page):
    lanes = page.split('<ol class="lane">')[1:]
    assert lanes
    for lane in lanes:
        assert lane.split("</ol>")[0].count('aria-current="step"') == 1


def test_a_sort_link_keeps_the_other_parameters(gallery):
    text = gallery.get("/_components?lang=en&status=open&sort=due&page=3").text
    assert "?lang=en&amp;status=open&amp;sort=-due" in text
    assert "?lang=en&amp;status=open&amp;sort=number" in text


def test_a_hostile_parameter_cannot_change_where_a_link_leads(gallery):
    answer = gallery.get("/_components?_scheme=javascript&_external=1&endpoint=x&sort=%22%3E%3Cb%3E")
    assert answer.status_code == 200
    assert "javascript:" not in answer.text
    assert "<b>" not in answer.text
