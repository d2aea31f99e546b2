"""What the data of the generic outputs may be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.sop.grammar import FormField, Output
from helpdesk.sop.output_contracts import VALUE_CHECKS, faults_of, value_fault
from helpdesk.sop.presentation import SHOWERS, VALUES, show_output, show_value

TEXT = {"id": "Judul", "en": "Title"}
DIGEST = "0123456789abcdef" * 4
CHOICES = [{"code": "low", "title": TEXT}, {"code": "high", "title": TEXT}]


def field(type_: str, **options: Any) -> FormField:
    return FormField.model_validate({"code": "one", "type": type_, "title": TEXT, **options})


def output(kind: str, **options: Any) -> Output:
    return Output.model_validate({"code": "out", "kind": kind, "title": TEXT, **options})


FORM = output("form", fields=[{"code": "a", "type": "text", "title": TEXT}])
LIST = output("checklist", items=[{"code": "a", "title": TEXT}, {"code": "b", "title": TEXT}])
LOOSE = output("checklist", items=[{"code": "a", "title": TEXT}], all_required=False)
TABLE = output("table", columns=[{"code": "a", "type": "number", "title": TEXT}], min_rows=1, max_rows=2)
FILES = output("file", min_count=1, max_count=2, types=["pdf"])
EVIDENCE = output("network_evidence")
PAPER = output("document", paper={"title": TEXT, "sections": [{"title": TEXT}]})
SIGNATURE = output("signature", signs="paper")
KEPT = {"document_id": 3, "sha256": DIGEST, "number": "ND-0001/2026"}
A_FILE = {"attachment_id": 1, "name": "foto.pdf", "sha256": DIGEST, "size_bytes": 9}


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (field("text"), "kata"),
        (field("long_text"), "kata\nkata"),
        (field("number", min=0, max=10), 0),
        (field("number", decimals=1), 2.5),
        (field("date"), "2026-11-23"),
        (field("time"), "08:15"),
        (field("yes_no"), False),
        (field("choice", choices=CHOICES), "low"),
        (field("choices", choices=CHOICES), ["low", "high"]),
        (field("person", role="head"), {"id": 1, "name": "Ratna"}),
        (field("device"), {"id": 1, "name": "sw-inti"}),
        (field("text", required=False), None),
    ],
)
def test_what_a_field_asks_for_is_taken(definition: FormField, value: Any) -> None:
    assert value_fault(definition, value) is None
    assert show_value(definition, value) != ""


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (field("text"), None),
        (field("text"), "   "),
        (field("text"), "x" * 501),
        (field("text"), ["kata"]),
        (field("number"), "12"),
        (field("number"), True),
        (field("number"), 2.5),
        (field("number"), float("nan")),
        (field("number", min=1), 0),
        (field("number", max=10), 11),
        (field("date"), "23-11-2026"),
        (field("date"), 20261123),
        (field("time"), "25:00"),
        (field("time"), "8:15"),
        (field("yes_no"), "yes"),
        (field("choice", choices=CHOICES), "middle"),
        (field("choice", choices=CHOICES), ["low"]),
        (field("choices", choices=CHOICES), ["low", "low"]),
        (field("choices", choices=CHOICES), "low"),
        (field("choices", choices=CHOICES), [{}]),
        (field("person", role="head"), 1),
        (field("person", role="head"), {"id": "1", "name": "Ratna"}),
        (field("device"), {"id": 0, "name": "sw"}),
    ],
)
def test_what_a_field_does_not_ask_for_is_refused(definition: FormField, value: Any) -> None:
    assert value_fault(definition, value)


@pytest.mark.parametrize(
    ("definition", "data"),
    [
        (FORM, {"values": {"a": "kata"}}),
        (LIST, {"items": {"a": True, "b": True}, "note": ""}),
        (LOOSE, {"items": {"a": False}}),
        (TABLE, {"rows": [{"a": 1}, {"a": 2}]}),
        (FILES, {"files": [A_FILE]}),
        (EVIDENCE, {"items": [{"id": 1, "kind": "note", "title": "x", "sha256": DIGEST}], "note": ""}),
        (EVIDENCE, {"items": [], "note": "diamati"}),
        (PAPER, {"texts": ["kata"], **KEPT}),
        (SIGNATURE, KEPT),
    ],
)
def test_good_data_are_taken_and_can_be_shown(definition: Output, data: dict[str, Any]) -> None:
    assert faults_of(definition, data) == []
    assert show_output(definition, data, "en").title == "Title"


@pytest.mark.parametrize(
    ("definition", "data"),
    [
        (FORM, {}),
        (FORM, {"values": {}}),
        (FORM, {"values": {"a": "kata", "b": "more"}}),
        (LIST, {"items": {"a": True}}),
        (LIST, {"items": {"a": True, "b": False}}),
        (LIST, {"items": {"a": True, "b": True, "c": True}}),
        (LIST, {"items": {"a": True, "b": "yes"}}),
        (LIST, {"items": {"a": True, "b": True}, "note": "x" * 5001}),
        (TABLE, {"rows": []}),
        (TABLE, {"rows": [{"a": 1}] * 3}),
        (TABLE, {"rows": [{"a": "one"}]}),
        (TABLE, {"rows": ["one"]}),
        (TABLE, {"rows": [{"a": 1, "z": 1}]}),
        (FILES, {"files": []}),
        (FILES, {"files": [A_FILE] * 3}),
        (FILES, {"files": [{**A_FILE, "name": "foto.exe"}]}),
        (FILES, {"files": [{**A_FILE, "sha256": "kort"}]}),
        (EVIDENCE, {"items": [], "note": " "}),
        (EVIDENCE, {"items": [{"id": 1}], "note": ""}),
        (PAPER, {"texts": [], **KEPT}),
        (PAPER, {"texts": ["kata"]}),
        (PAPER, {"texts": ["x" * 10_001], **KEPT}),
        (SIGNATURE, {}),
        (SIGNATURE, {**KEPT, "document_id": 0}),
    ],
)
def test_bad_data_are_refused(definition: Output, data: dict[str, Any]) -> None:
    assert faults_of(definition, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([FORM, LIST, LOOSE, TABLE, FILES, EVIDENCE, PAPER, SIGNATURE]), JSON)
def test_no_data_whatsoever_break_the_check(definition: Output, value: Any) -> None:
    for key in ("values", "items", "rows", "files", "texts", "note", "document_id"):
        for fault in faults_of(definition, {key: value}):
            assert fault.reason


def test_every_kind_and_every_type_has_its_words() -> None:
    kinds = {kind.value for kind in SHOWERS}
    assert kinds == {kind.value for kind in type(FORM.kind)}
    assert set(VALUES) == set(VALUE_CHECKS) == set(type(FORM.fields[0].type))


def test_values_are_worded_in_both_languages() -> None:
    number = field("number", decimals=1, unit={"id": "persen", "en": "percent"})
    assert show_value(number, 1234.5, "id") == "1.234,5 persen"
    assert show_value(number, 1234.5, "en") == "1,234.5 percent"
    assert show_value(field("date"), "2026-11-23", "id") == "23 November 2026"
    assert show_value(field("time"), "08:15", "id") == "08.15"
    assert show_value(field("time"), "08:15", "en") == "08:15"
    assert show_value(field("yes_no"), False, "id") == "Tidak"
    assert show_value(field("text", required=False), None) == "–"
