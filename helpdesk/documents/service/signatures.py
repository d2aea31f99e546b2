"""Signing a drawn paper and keeping it: the same for the report and for the papers of any procedure."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.documents import signing
from helpdesk.documents.models import Document
from helpdesk.documents.service.keeping import keep
from helpdesk.documents.signing import Mark
from helpdesk.signing.service import Wish


def sign_and_keep(
    session: Session,
    document: Document,
    pdf: bytes,
    signer: Person,
    mark: Mark,
    *,
    office_title: str,
    in_role: str,
    wish: Wish,
    now: datetime,
) -> Document:
    """Sign the PDF that carries the mark, keep it as the document, and record the signature."""
    signed = signing.sign_pdf_of(
        session,
        signer,
        pdf,
        office_title=office_title,
        reason=document.title,
        now=now,
        pin=wish.pin,
        without_stamp=wish.without_stamp,
    )
    kept = keep(session, document, signed.content, by=signer)
    signing.keep_signature(
        session, kept, signer, signed, mark, office_title=office_title, now=now, in_role=in_role
    )
    return kept
