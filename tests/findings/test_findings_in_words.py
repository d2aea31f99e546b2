from __future__ import annotations

import pytest

from helpdesk.findings.models import FindingRecord
from helpdesk.findings.wording import sentence_in
from network import shipped_rules


def words(rule: str, language: str, **values: str) -> str:
    finding = FindingRecord(rule=rule, object="Gi1.5", values=values)
    return sentence_in(finding, shipped_rules(), language)


@pytest.mark.parametrize(("language", "shown"), [("id", "67,6 °C"), ("en", "67.6 °C")])
def test_a_measured_number_is_written_as_the_language_writes_it(language: str, shown: str) -> None:
    told = words("temperature", language, celsius="67.6")
    assert shown in told
    assert "Gi1.5" in told


@pytest.mark.parametrize("language", ["id", "en"])
def test_why_a_device_was_not_read_is_said_in_words_and_not_in_codes(language: str) -> None:
    told = words("unreachable", language, reason="connection_refused, wrong_credentials")
    assert "_" not in told
    assert told.endswith(").")
    assert "; " in told


@pytest.mark.parametrize(
    ("rule", "status", "shown"),
    [("power", "failed", "gagal"), ("alarm", "major", "mayor"), ("bgp_peer_lost", "idle", "idle")],
)
def test_a_state_is_said_in_indonesian_where_it_is_a_word_and_no_term_of_a_protocol(
    rule: str, status: str, shown: str
) -> None:
    assert shown in words(rule, "id", status=status)
    assert status in words(rule, "en", status=status)
    assert status == shown or status not in words(rule, "id", status=status)
