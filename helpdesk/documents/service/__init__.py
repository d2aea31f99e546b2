"""Use cases of papers: sheets of the steps, the report as draft and signed."""

from helpdesk.documents.service.dispositions import make_disposition_sheet
from helpdesk.documents.service.drafts import keep_drafts
from helpdesk.documents.service.keeping import PDF, Stationery, keep, signature_of
from helpdesk.documents.service.numbers import agenda_number, number_paper
from helpdesk.documents.service.receipts import keep_receipt
from helpdesk.documents.service.reports import draw_report, first_sections, sign_report
from helpdesk.documents.service.sheets import make_sheets, steps_without_sheets

__all__ = [
    "PDF",
    "Stationery",
    "agenda_number",
    "draw_report",
    "first_sections",
    "keep",
    "keep_drafts",
    "keep_receipt",
    "make_disposition_sheet",
    "make_sheets",
    "number_paper",
    "sign_report",
    "signature_of",
    "steps_without_sheets",
]
