"""Deviations in words, in both languages: the page and the paper say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpdesk.datafiles import Text
from helpdesk.sop.schema import Procedure
from helpdesk.tickets.deviations.rules import Deviation, DeviationKind

TITLES: dict[DeviationKind, Text] = {
    DeviationKind.LATE: Text(id="Terlambat", en="Late"),
    DeviationKind.RETURNED: Text(id="Dikembalikan", en="Returned"),
    DeviationKind.TAKEN_OVER: Text(id="Diambil alih", en="Taken over"),
    DeviationKind.ESCALATED: Text(id="Dieskalasi", en="Escalated"),
    DeviationKind.ACTING: Text(id="Pejabat pelaksana", en="Acting officer"),
    DeviationKind.UNQUALIFIED: Text(id="Kualifikasi tidak terpenuhi", en="Unqualified"),
    DeviationKind.OWN_DRAFT: Text(id="Menandatangani konsep sendiri", en="Own draft signed"),
    DeviationKind.LONG_PAUSE: Text(id="Jeda panjang", en="Long pause"),
}
# A return has no sentence: its reason says all.
SENTENCES: dict[DeviationKind, Text] = {
    DeviationKind.LATE: Text(
        id="Dipakai %(used)s menit kerja dari %(allowed)s menit yang ditetapkan",
        en="%(used)s working minutes were used of the %(allowed)s allowed",
    ),
    DeviationKind.TAKEN_OVER: Text(
        id="%(official)s mengambil alih dari %(before)s",
        en="%(official)s took the step over from %(before)s",
    ),
    DeviationKind.ESCALATED: Text(
        id="%(official)s mengambil alih dari %(before)s karena waktu langkah telah habis",
        en="%(official)s took the step over from %(before)s because its time was used up",
    ),
    DeviationKind.ACTING: Text(
        id="Dilaksanakan oleh %(official)s selaku %(form)s %(title)s, berdasarkan %(decree)s",
        en="Done by %(official)s as %(form)s %(title)s, by decree %(decree)s",
    ),
    DeviationKind.UNQUALIFIED: Text(
        id="%(assignee)s ditugaskan tanpa kualifikasi yang tercatat: %(lacking)s",
        en="%(assignee)s was assigned without these qualifications on record: %(lacking)s",
    ),
    DeviationKind.OWN_DRAFT: Text(
        id="%(official)s menandatangani konsep yang disusunnya sendiri",
        en="%(official)s signed a draft that they had written themself",
    ),
    DeviationKind.LONG_PAUSE: Text(
        id="Waktu dihentikan %(minutes)s menit kerja (%(who)s), melebihi waktu langkah %(allowed)s menit",
        en="The clock stood still for %(minutes)s working minutes (%(who)s); the step has %(allowed)s",
    ),
}
WAITING = {
    "requester": Text(id="menunggu pemohon", en="waiting for the requester"),
    "agency": Text(id="menunggu instansi terkait", en="waiting for the agency"),
}
AGAIN = Text(id=" (pelaksanaan ke-%s)", en=" (pass %s)")
IN_PLACE = Text(id=", menggantikan %s", en=", in the place of %s")
GOES_ON = Text(id="; langkah belum selesai", en="; the step is not finished yet")


@dataclass(frozen=True)
class WordedDeviation:
    """A deviation as it is read."""

    deviation: Deviation
    title: str
    sentence: str
    reason: str


def word_deviation(deviation: Deviation, procedure: Procedure, language: str) -> WordedDeviation:
    """Return the deviation in words; titles of offices and qualifications are those of the procedure."""
    facts: dict[str, Any] = {**deviation.facts, "official": deviation.official or "–"}
    if deviation.kind is DeviationKind.ACTING:
        role = procedure.find_role(facts["office"])
        facts["title"] = role.title.in_language(language) if role else facts["office"]
    if deviation.kind is DeviationKind.UNQUALIFIED:
        facts["lacking"] = "; ".join(_qualification(procedure, code, language) for code in facts["codes"])
    if deviation.kind is DeviationKind.LONG_PAUSE:
        who = WAITING.get(facts["waiting_for"])
        facts["who"] = who.in_language(language) if who else facts["waiting_for"]
    found = SENTENCES.get(deviation.kind)
    sentence = found.in_language(language) % facts if found else ""
    return WordedDeviation(
        deviation,
        TITLES[deviation.kind].in_language(language),
        _finished(sentence, deviation, language),
        deviation.reason,
    )


def _finished(sentence: str, deviation: Deviation, language: str) -> str:
    if not sentence:
        return ""
    if deviation.facts.get("place"):
        sentence += IN_PLACE.in_language(language) % deviation.facts["place"]
    attempt = deviation.facts.get("attempt", 1)
    if attempt > 1:
        sentence += AGAIN.in_language(language) % attempt
    if deviation.at is None:
        sentence += GOES_ON.in_language(language)
    # A name may end with the stop of a degree.
    return sentence if sentence.endswith(".") else f"{sentence}."


def _qualification(procedure: Procedure, code: str, language: str) -> str:
    found = next((one for one in procedure.qualifications if one.code == code), None)
    return found.title.in_language(language) if found else code
