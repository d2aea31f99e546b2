"""Packs one ticket whole: papers, evidence, words, acts, its part of the chain, and what checks them."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.accounts.models import Person
from helpdesk.archive.contents import case_facts, conversation_facts, timeline_facts
from helpdesk.audit import queries as audit_queries
from helpdesk.audit.models import Event, SealedFacts
from helpdesk.audit.rules import GENESIS, Act, Head, Link, act_digest, canonical, facts_of
from helpdesk.documents.models import Document
from helpdesk.events import record
from helpdesk.evidence import queries as evidence_queries
from helpdesk.evidence.models import Snapshot
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.office import Office

VERIFIER = Path(__file__).with_name("verify.py")
# A zip made twice of the same case is the same bytes: no file carries the moment of packing.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNFIT = re.compile(r"[^\w. -]+", re.ASCII)
README = """ARSIP TIKET {number} / ARCHIVE OF TICKET {number}

documents/      dokumen dinas, sebagaimana dibuat / the papers, as they were made
outputs/        keluaran setiap langkah (JSON) / what each step yielded
evidence/       bahan: cuplikan jaringan (JSON), berkas, catatan / snapshots, files, notes
attachments/    lampiran pemohon dan kantor / what the requester and the office attached
case.json       tiket, langkah, keluaran, tenggat / the ticket, its steps, outputs and clocks
conversation.json, timeline.json
chain.jsonl     bagian rantai catatan kantor: catatan tiket ini terbaca, catatan lain hanya sidiknya
                this part of the office's chain: the acts of this ticket, of others the digest only
seals.json      isi permohonan dan pesan pemohon, dengan garam segelnya
                what the requester wrote, with the salts of the seals
manifest.json   daftar berkas dengan SHA-256 / every file with its SHA-256
verify.py       pemeriksa, tanpa jaringan dan tanpa program lain / checks all this, offline:

    python3 verify.py
    python3 verify.py --head NOMOR:SHA256     (dari buku register tercetak / from the printed register)

Tanda tangan elektronik dalam berkas PDF diperiksa oleh pembaca PDF, oleh `pdfsig`, atau di {verify_url}
The electronic signature inside a PDF is checked by any PDF reader, by `pdfsig`, or at {verify_url}
"""


@dataclass(frozen=True)
class Packed:
    """An archive: its name, its bytes, and the digest of its manifest."""

    name: str
    content: bytes
    manifest_sha256: str


@dataclass(frozen=True)
class Part:
    """One file of the archive; `in_acts` where an act of the chain holds its digest."""

    path: str
    content: bytes
    in_acts: bool = False


def pack_ticket(
    session: Session,
    ticket: Ticket,
    office: Office,
    *,
    base_url: str,
    by: Person | None,
    role: str,
    now: datetime,
) -> Packed:
    """Return the ticket as one zip, and record that it was handed out."""
    before, links, parts = _collect(session, ticket, office, base_url=base_url, now=now)
    manifest = _json(_manifest(ticket, parts, before, links, by=by, now=now))
    digest = _sha256(manifest)
    record(
        session,
        "archive_handed_out",
        at=now,
        ticket_id=ticket.id,
        by=by,
        in_role=role,
        manifest_sha256=digest,
        files=len(parts),
    )
    return Packed(f"arsip-{ticket.number}.zip", _zip([*parts, Part("manifest.json", manifest)]), digest)


def _collect(
    session: Session, ticket: Ticket, office: Office, *, base_url: str, now: datetime
) -> tuple[Head, list[Link], list[Part]]:
    """Return the part of the chain, and the files that fit it whatever a colleague adds meanwhile."""
    while True:
        before, links = _part_of_chain(session, ticket)
        own = _own_acts(links, ticket)
        parts = _parts(session, ticket, office, links, base_url=base_url, now=now)
        # Whatever joins a case commits with an act: with the same last act all was read as it stood then.
        if audit_queries.last_act_of(session, ticket.id) == (own[-1].id if own else None):
            return before, links, parts
        session.expire_all()


def _parts(
    session: Session, ticket: Ticket, office: Office, links: list[Link], *, base_url: str, now: datetime
) -> list[Part]:
    said = b"\n".join(canonical(facts_of(act)) for act in _own_acts(links, ticket)).decode()
    parts = [*_papers(session, ticket), *_outputs(ticket)]
    parts += [*_evidence(session, ticket), *_attachments(ticket)]
    parts = [Part(one.path, one.content, _sha256(one.content) in said) for one in parts]
    return [
        *parts,
        Part("case.json", _json(case_facts(ticket, office, now=now))),
        Part("conversation.json", _json(conversation_facts(ticket))),
        Part("timeline.json", _json(timeline_facts(session, ticket))),
        Part("seals.json", _json(_seals(session, ticket))),
        Part("chain.jsonl", _chain_lines(links, ticket)),
        Part("verify.py", VERIFIER.read_bytes()),
        Part(
            "BACA-DAHULU.txt", README.format(number=ticket.number, verify_url=f"{base_url}/verify").encode()
        ),
    ]


def _papers(session: Session, ticket: Ticket) -> Iterator[Part]:
    documents = session.scalars(select(Document).where(Document.ticket_id == ticket.id).order_by(Document.id))
    for number, document in enumerate(documents, start=1):
        yield Part(f"documents/{number:02d}-{_file_name(document.title)}.pdf", document.file.content)


def _outputs(ticket: Ticket) -> Iterator[Part]:
    for number, output in enumerate(ticket.run.outputs, start=1):
        yield Part(f"outputs/{number:02d}-{output.code}.json", canonical(output.data))


def _evidence(session: Session, ticket: Ticket) -> Iterator[Part]:
    for number, item in enumerate(ticket.evidence, start=1):
        path = f"evidence/{number:02d}-{_file_name(item.title)}"
        if item.snapshot is not None:
            yield _snapshot(path, item.snapshot)
        elif item.attachment is not None:
            yield Part(f"{path}{_ending(item.attachment.name)}", item.attachment.file.content)
        else:
            yield Part(f"{path}.txt", item.note.encode())


def _snapshot(path: str, snapshot: Snapshot) -> Part:
    """A snapshot that is no longer what was frozen is handed out as that, and not left out."""
    if evidence_queries.is_intact(snapshot):
        return Part(f"{path}.json", evidence_queries.load_canonical(snapshot))
    words = f"Cuplikan ini rusak / This snapshot is broken. SHA-256: {snapshot.sha256}\n"
    return Part(f"{path}-RUSAK.txt", words.encode())


def _attachments(ticket: Ticket) -> Iterator[Part]:
    taken = {item.attachment_id for item in ticket.evidence if item.attachment_id is not None}
    for one in ticket.attachments:
        if one.id not in taken:
            name = f"{one.id}-{_file_name(one.name.rsplit('.', 1)[0])}{_ending(one.name)}"
            yield Part(f"attachments/{name}", one.file.content)


def _part_of_chain(session: Session, ticket: Ticket) -> tuple[Head, list[Link]]:
    """Return the head before the ticket's first act, and the links from there to the end of the chain."""
    own = audit_queries.links_of_ticket(session, ticket.id)
    if not own:
        return audit_queries.chain_head(session), []
    before = own[0].sequence - 1
    digest = audit_queries.digest_at(session, before) or GENESIS
    return Head(before, digest), list(audit_queries.walk_links(session, after=before))


def _own_acts(links: list[Link], ticket: Ticket) -> list[Act]:
    return [link.act for link in links if link.act is not None and link.act.ticket_id == ticket.id]


def _chain_lines(links: list[Link], ticket: Ticket) -> bytes:
    lines = []
    for link in links:
        if link.act is None:
            continue
        line = {"sequence": link.sequence, "act_sha256": act_digest(link.act), "sha256": link.sha256}
        if link.act.ticket_id == ticket.id:
            line["act"] = facts_of(link.act)
        lines.append(canonical(line) + b"\n")
    return b"".join(lines)


def _seals(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(SealedFacts)
        .join(Event, Event.id == SealedFacts.event_id)
        .where(Event.ticket_id == ticket.id)
        .order_by(SealedFacts.event_id)
    )
    return [{"event_id": row.event_id, "salt": row.salt, "facts": row.facts} for row in rows]


def _manifest(
    ticket: Ticket, parts: list[Part], before: Head, links: list[Link], *, by: Person | None, now: datetime
) -> dict[str, Any]:
    head = Head(links[-1].sequence, links[-1].sha256) if links else before
    return {
        "format": 1,
        "product": "Disposisi",
        "ticket": {"number": ticket.number, "status": ticket.status},
        "made_at": now.isoformat(),
        "made_by": by.name if by else "",
        "chain": {
            "before": {"sequence": before.sequence, "sha256": before.sha256},
            "head": {"sequence": head.sequence, "sha256": head.sha256},
        },
        "files": [
            {
                "path": part.path,
                "sha256": _sha256(part.content),
                "bytes": len(part.content),
                "in_acts": part.in_acts,
            }
            for part in parts
        ],
    }


def _zip(parts: list[Part]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part in sorted(parts, key=lambda one: one.path):
            archive.writestr(zipfile.ZipInfo(part.path, _ZIP_DATE), part.content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file_name(title: str) -> str:
    """Return a name every system can unpack: letters, digits, dots, spaces and dashes, and not too long."""
    return _UNFIT.sub("-", title).strip(" .-")[:80] or "berkas"


def _ending(name: str) -> str:
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    return f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
