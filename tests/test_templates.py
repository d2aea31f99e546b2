"""Every template keeps the house rules: it compiles, is short, holds nothing inline, says all in _()."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, StrictUndefined

from config import build_settings
from helpdesk.application import create_app

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
LINES = 200
# A name is the same in every language; the others are said in the language they lead to.
SAME_EVERYWHERE = {"Disposisi", "SHA", "SNMP", "SSH", "NIP", "SOP", "CSV", "PDF", "JSON", "OID"}
SPOKEN_ATTRIBUTES = "aria-label|title|placeholder|alt|label"


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Environment:
    """The template environment of the application, with the filters of every subject."""
    directory = tmp_path_factory.mktemp("templates")
    return create_app(build_settings(testing=True, data_directory=directory)).jinja_env


def source(name: str) -> str:
    """Return the template without its comments."""
    return re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)


def markup(name: str) -> str:
    """Return the HTML of the template with what Jinja puts in replaced by a letter."""
    text = re.sub(r"\{%.*?%\}", "", source(name), flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", "§", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_compiles_where_an_undefined_name_is_an_error(environment, name):
    assert environment.undefined is StrictUndefined
    assert environment.get_template(name).name == name


@pytest.mark.parametrize("name", PAGES)
def test_a_template_holds_no_inline_script_style_or_handler(name):
    text = source(name)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "put the script into static/js"
    assert "<style" not in text, "put the style into static/css"
    assert not re.search(r"\sstyle\s*=", text), "use a class: the policy forbids style attributes"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "use a data attribute and static/js"
    assert "javascript:" not in text


@pytest.mark.parametrize("name", PAGES)
def test_a_template_loads_nothing_from_elsewhere(name):
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", source(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_template_is_short(name):
    lines = len((TEMPLATES / name).read_text("utf-8").splitlines())
    assert lines < LINES, f"{lines} lines: move a part into a component"


@pytest.mark.parametrize("name", PAGES)
def test_a_template_says_every_word_in_both_languages(name):
    text = re.sub(r"<(script|svg)\b.*?</\1>", "", markup(name), flags=re.DOTALL)
    spoken = re.findall(rf"\b(?:{SPOKEN_ATTRIBUTES})=\"([^\"§]*)\"", text)
    between = re.sub(r"<[^>]*>", " ", text)
    words = re.findall(r"[^\W\d_]{3,}", " ".join([re.sub(r"&\w+;", " ", between), *spoken]))
    bare = [word for word in words if word not in SAME_EVERYWHERE]
    assert not bare, f"wrap in _(): {bare[:8]}"


@pytest.mark.parametrize("name", PAGES)
def test_a_form_that_changes_something_carries_a_token(name):
    for form in re.findall(r"<form\b.*?</form>", source(name), flags=re.DOTALL):
        if re.search(r"method=\"post\"", form):
            assert re.search(r"csrf_token|hidden_tag|_hidden_fields", form), form[:80]


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("components/")])
def test_a_component_says_its_contract_in_its_first_comment(name):
    text = (TEMPLATES / name).read_text("utf-8")
    assert text.startswith("{#"), "begin with a comment: the signature and meaning of every macro"
    contract = text.split("#}", 1)[0]
    macros = [macro for macro in re.findall(r"\{% macro (\w+)\(", text) if not macro.startswith("_")]
    assert macros
    for macro in macros:
        assert f"{macro}(" in contract, f"describe {macro}() in the first comment"
