"""Acts in words, for the page of the record; those of a ticket have their words on its timeline."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.tickets.presenters import SENTENCES

_WORDS: dict[str, Any] = {
    "acting_appointed": _l("Acting officer appointed"),
    "acting_withdrawn": _l("Acting appointment withdrawn"),
    "appointment_added": _l("Appointment added"),
    "appointment_ended": _l("Appointment ended"),
    "authority_made": _l("Certificate authority made"),
    "calendar_day_added": _l("Calendar day entered"),
    "calendar_day_withdrawn": _l("Calendar day withdrawn"),
    "calendar_file_read": _l("Calendar file read anew"),
    "deadlines_reckoned": _l("Deadlines reckoned anew"),
    "device_group_added": _l("Device group added"),
    "device_group_changed": _l("Device group changed"),
    "device_group_deleted": _l("Device group deleted"),
    "device_grouped": _l("Groups of a device changed"),
    "document_signed": _l("Document signed"),
    "health_report_asked": _l("Health report asked for"),
    "health_report_made": _l("Health report made"),
    "holidays_confirmed": _l("Holidays of a year confirmed"),
    "password_changed": _l("Password changed"),
    "person_added": _l("Person added"),
    "person_changed": _l("Person corrected"),
    "person_deactivated": _l("Person deactivated"),
    "person_reactivated": _l("Person reactivated"),
    "qualification_recorded": _l("Qualification recorded"),
    "qualification_withdrawn": _l("Qualification withdrawn"),
    "recovery_code_used": _l("Recovery code used"),
    "recovery_codes_renewed": _l("Recovery codes renewed"),
    "report_version_restored": _l("Version of the report restored"),
    "report_version_saved": _l("Version of the report saved"),
    "roles_changed": _l("Offices of a person changed"),
    "schedule_added": _l("Schedule added"),
    "schedule_changed": _l("Schedule changed"),
    "schedule_deleted": _l("Schedule deleted"),
    "schedule_paused": _l("Schedule paused"),
    "schedule_resumed": _l("Schedule resumed"),
    "second_factor_off": _l("Second factor turned off"),
    "second_factor_on": _l("Second factor turned on"),
    "signed_in": _l("Came in with the password"),
    "signing_key_added": _l("Signing key added"),
    "signing_key_retired": _l("Signing key retired"),
    "signing_key_revoked": _l("Signing key revoked"),
    "configuration_changed": _l("Configuration of a device changed"),
    "configuration_kept": _l("First configuration of a device kept"),
    "snapshot_taken": _l("Snapshot taken"),
    "finding_opened": _l("Finding on a device"),
    "finding_recovered": _l("Finding is over"),
    "finding_bad_again": _l("Finding bad again before it was over"),
    "finding_flapping": _l("Finding goes up and down"),
    "maintenance_planned": _l("Maintenance planned"),
    "maintenance_ended": _l("Maintenance ended early"),
    "step_opened": _l("Step opened"),
    "work_programme_added": _l("Item of the work programme added"),
    "work_programme_changed": _l("Item of the work programme changed"),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def act_in_words(kind: str) -> str:
    """Return what an act of the kind is called; a kind of an older version is called by its code."""
    if kind in _WORDS:
        return str(_WORDS[kind])
    if kind in SENTENCES:
        # A kind stands for many acts: what a sentence names of one of them is left open.
        return _PLACEHOLDER.sub("…", str(SENTENCES[kind][0]))
    return kind
