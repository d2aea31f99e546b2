"""What may be asked for follows from the procedures in force."""

from __future__ import annotations

from datetime import date

from flask import Flask

from helpdesk.sop.catalogue import load_catalogue
from helpdesk.tickets.offers import list_offers

MAIN = "OT.01.02-090-097.Set.PO"


def test_the_main_procedure_comes_first_and_keeps_its_three_kinds(app: Flask) -> None:
    with app.test_request_context():
        offers = list_offers(load_catalogue(), MAIN, on=date(2026, 11, 23))
        assert [offer.code for offer in offers[:3]] == [
            "technical_cooperation",
            "operation_consultation",
            "coordination",
        ]
        assert offers[3].procedure.number != MAIN


def test_a_procedure_that_is_not_in_force_yet_is_not_offered(app: Flask) -> None:
    with app.test_request_context():
        offers = list_offers(load_catalogue(), MAIN, on=date(2026, 1, 31))
        assert {offer.procedure.number for offer in offers} == {MAIN}
