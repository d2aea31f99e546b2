"""No paper prints a code where the page has a word."""

from __future__ import annotations

from helpdesk.documents import wording
from helpdesk.evidence import presentation
from helpdesk.tickets import presenters


def test_every_change_between_snapshots_has_a_word_on_the_page_and_on_paper():
    assert wording.CHANGES.keys() == presentation.WHAT.keys()


def test_a_port_state_of_the_annex_is_a_word():
    change = {"object": "Gi1/0/1", "what": "oper_status", "before": "up", "after": "lowerLayerDown"}
    worded = wording.worded_change(change, str)
    assert (worded["before"], worded["after"]) == ("aktif", "lapis bawah mati")


def test_kinds_and_channels_of_requests_have_a_word_on_the_page_and_on_paper():
    assert wording.REQUEST_KINDS.keys() == presenters.KIND_LABELS.keys()
    assert wording.CHANNELS.keys() == presenters.CHANNEL_LABELS.keys()
