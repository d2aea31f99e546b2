#!/usr/bin/env python3
"""Check an archive of one ticket, offline, with nothing but Python 3.8 or newer.

Pemakaian / usage:   python3 verify.py [FOLDER or ZIP] [--head NUMBER:SHA256 ...]

Without an argument it checks the folder it lies in. What it proves:
  1. every file is the one the manifest names, none is missing, none was added;
  2. every act on the ticket is the one the hash chain of the office holds, and the links follow each other
     without a gap from the first act of this ticket to the head that is named in manifest.json;
  3. papers, results, files and snapshots are the ones whose SHA-256 those acts hold, and none that they name
     was left out; the request, the conversation and the timeline say what the acts say;
  4. with --head: that head, read from a printed register, is in this part of the chain.
Nothing hangs on the manifest alone: whoever changes a file and mends the manifest has the acts against them.
Without --head somebody could have made the whole chain anew: compare its end with the printed register.
case.json repeats for readers what the acts say; of it the results of the steps and the request are checked.
It does not check the electronic signature inside the PDF files: any PDF reader does (or: pdfsig FILE).
Exit code: 0 all is as it was, 1 something was changed, 2 this is no archive, 3 nothing was found changed, but
the files that are named stand in no act (cases of the first version: their results and evidence).
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import sys
import zipfile
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
# Where the files lie whose digests the acts hold; papers were recorded with theirs from the first version on.
PAPERS, CONTENTS = "documents/", ("documents/", "outputs/", "evidence/", "attachments/")
ERASURE = "requester_erased"
# What damaged or made-up bytes raise on their way through zip and JSON.
UNREADABLE = (
    *(OSError, EOFError, MemoryError, RuntimeError, struct.error, zipfile.BadZipFile, zlib.error),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


class Folder:
    """The files of an unpacked archive."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of all files."""
        return sorted(
            each.relative_to(self.path).as_posix() for each in self.path.rglob("*") if each.is_file()
        )

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self.path / name).read_bytes()


class Zip:
    """The files of an archive as it was downloaded."""

    def __init__(self, path: Path) -> None:
        self.file = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        """Return the names of all files."""
        return sorted(each for each in self.file.namelist() if not each.endswith("/"))

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return self.file.read(name)


class Report:
    """What was found, said in both languages."""

    def __init__(self) -> None:
        self.problems = 0
        self.unproven = 0

    def good(self, indonesian: str, english: str) -> None:
        """Say what is as it was."""
        print(f"  ok     {indonesian} / {english}")

    def bad(self, indonesian: str, english: str) -> None:
        """Say what is not."""
        self.problems += 1
        print(f"  RUSAK  {indonesian} / BROKEN {english}")

    def open(self, indonesian: str, english: str) -> None:
        """Say what can be proved neither way."""
        self.unproven += 1
        print(f"  ?      {indonesian} / {english}")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value, as the chain spells it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def check_files(source: Folder | Zip, manifest: dict[str, Any], report: Report) -> None:
    """Compare every file with the manifest."""
    named = {each["path"]: each["sha256"] for each in manifest["files"]}
    names = source.names()
    twice = sorted({name for name in names if names.count(name) > 1})
    for name in twice:
        report.bad("berkas ganda: " + name, "file that is there twice: " + name)
    present = [name for name in names if name != MANIFEST]
    for name in sorted(set(named) - set(present)):
        report.bad("berkas hilang: " + name, "missing file: " + name)
    for name in sorted(set(present) - set(named)):
        report.bad("berkas tambahan: " + name, "file that was added: " + name)
    changed = [name for name in present if name in named and sha256(source.read(name)) != named[name]]
    for name in changed:
        report.bad("berkas berubah: " + name, "changed file: " + name)
    if not changed and not twice and set(named) == set(present):
        report.good(f"{len(named)} berkas utuh", f"{len(named)} files are whole")


class Chain:
    """A part of the office's chain, as far as it holds."""

    def __init__(self, sequence: int, digest: str) -> None:
        self.sequence = sequence
        self.digests = {sequence: digest}
        self.acts: list[dict[str, Any]] = []

    def add(self, link: dict[str, Any]) -> tuple[str, str] | None:
        """Follow one link; return what is wrong with it, in both languages."""
        number = self.sequence + 1
        if link["sequence"] != number:
            return f"mata rantai {number} hilang", f"link {number} is missing"
        digest = link["act_sha256"]
        if "act" in link and sha256(canonical(link["act"])) != digest:
            return f"catatan mata rantai {number} diubah", f"the act of link {number} was changed"
        followed = sha256(f"{self.digests[self.sequence]}\n{digest}".encode("ascii"))
        if followed != link["sha256"]:
            return f"mata rantai {number} diubah", f"link {number} was changed"
        self.sequence = number
        self.digests[number] = followed
        if "act" in link:
            self.acts.append(link["act"])
        return None


def check_chain(source: Folder | Zip, manifest: dict[str, Any], report: Report) -> Chain:
    """Follow the links from the one before the ticket's first act to the head of the manifest."""
    before, head = manifest["chain"]["before"], manifest["chain"]["head"]
    chain = Chain(before["sequence"], before["sha256"])
    for line in source.read("chain.jsonl").decode("utf-8").splitlines():
        problem = chain.add(json.loads(line))
        if problem is not None:
            report.bad(*problem)
            return chain
    if chain.sequence != head["sequence"] or chain.digests[chain.sequence] != head["sha256"]:
        report.bad("ujung rantai tidak cocok", "the head of the chain does not match")
        return chain
    count = len(chain.acts)
    report.good(f"rantai utuh, {count} catatan tiket ini", f"the chain is whole, {count} acts of this ticket")
    print("         {}:{}".format(head["sequence"], head["sha256"]))
    return chain


def check_heads(chain: Chain, heads: list[tuple[int, str]], report: Report) -> None:
    """Compare the chain with heads from a printed register."""
    for number, digest in heads:
        if number not in chain.digests:
            report.bad(
                f"sidik tercetak {number} di luar bagian rantai ini",
                f"the printed head {number} lies outside of this part of the chain",
            )
        elif chain.digests[number] != digest:
            report.bad(f"sidik tercetak {number} tidak cocok", f"the printed head {number} does not match")
        else:
            report.good(f"sidik tercetak {number} cocok", f"the printed head {number} matches")


def check_contents(
    source: Folder | Zip, manifest: dict[str, Any], acts: list[dict[str, Any]], report: Report
) -> None:
    """Compare papers, results, files and snapshots with the digests that the acts hold, both ways."""
    said = set(re.findall(r"\b[0-9a-f]{64}\b", json.dumps(acts)))
    # Where a file lies decides what must be proved of it: the manifest's own word for it proves nothing.
    contents = [each for each in manifest["files"] if each["path"].startswith(CONTENTS)]
    foreign = [each for each in contents if each["sha256"] not in said]
    for each in foreign:
        path = each["path"]
        if path.startswith(PAPERS) or each.get("in_acts"):
            report.bad(f"{path} bukan yang tercatat di rantai", f"{path} is not what the chain holds")
        else:
            report.open(f"{path} tidak tercatat di rantai", f"{path}: no act of the chain names it")
    missing = named_by_acts(acts) - {each["sha256"] for each in contents}
    for digest in sorted(missing):
        report.bad(
            f"tidak disertakan: yang tercatat sebagai {digest}", f"left out: what is named as {digest}"
        )
    count = len(contents) - len(foreign)
    if count and not missing:
        report.good(
            f"{count} dokumen, keluaran, dan bukti cocok dengan rantai",
            f"{count} papers, results and pieces of evidence are what the chain holds",
        )


def named_by_acts(acts: list[dict[str, Any]]) -> set[str]:
    """Return the digests of everything that the acts say belongs to the case."""
    digests: set[str] = set()
    is_erased = any(act["kind"] == ERASURE for act in acts)
    for act in acts:
        data = act["data"]
        if act["kind"] in ("document_made", "evidence_added"):
            digests.update(each for each in [data.get("sha256")] if each)
        digests.update(data.get("outputs_sha256", {}).values())
        # What the requester sent may have been erased; what the office took as evidence is named above.
        if not is_erased or act["actor_id"] is not None:
            digests.update(data.get("files", []) if isinstance(data.get("files"), list) else [])
    return digests


def check_seals(
    source: Folder | Zip, acts: list[dict[str, Any]], report: Report
) -> dict[int, dict[str, Any]]:
    """Compare the sealed facts with the digests that the acts hold; return act -> facts of the good ones."""
    seals = {each["event_id"]: each for each in load(source, "seals.json")}
    erased_at = max((act["id"] for act in acts if act["kind"] == ERASURE), default=0)
    facts, erased, problems = {}, 0, report.problems
    for act in acts:
        seal, number = seals.pop(act["id"], None), act["id"]
        if seal is not None:
            digest = sha256(seal["salt"].encode("ascii") + b"\n" + canonical(seal["facts"]))
            facts[number] = seal["facts"]
            if digest != act["sealed_sha256"]:
                report.bad(
                    f"isi tersegel catatan {number} diubah", f"the sealed facts of act {number} were changed"
                )
        elif act["sealed_sha256"] is not None and number < erased_at:
            erased += 1
        elif act["sealed_sha256"] is not None:
            report.bad(
                f"isi tersegel catatan {number} hilang", f"the sealed facts of act {number} are missing"
            )
    for number in seals:
        report.bad(f"isi tersegel {number} tanpa catatan", f"the sealed facts {number} belong to no act")
    if problems == report.problems and (facts or erased):
        report.good(
            f"{len(facts)} isi tersegel cocok dengan rantai, {erased} dihapus dengan catatan",
            f"{len(facts)} sealed facts are what the chain holds, {erased} were erased on record",
        )
    return facts


def check_messages(
    source: Folder | Zip, acts: list[dict[str, Any]], sealed: dict[int, dict[str, Any]], report: Report
) -> None:
    """Compare the conversation with what the acts hold: no message changed, left out or added."""
    messages = {each["id"]: each for each in load(source, "conversation.json")}
    count, problems = len(messages), report.problems
    for act in acts:
        number = act["data"].get("message_id")
        if number is None:
            continue
        message = messages.pop(number, None)
        if message is None or not is_message_of(act, message, sealed.get(act["id"])):
            report.bad(f"pesan {number} bukan yang tercatat", f"message {number} is not what the chain holds")
        elif "body_sha256" not in act["data"] and act["sealed_sha256"] is None:
            report.open(
                f"kata-kata pesan {number} tidak tercatat", f"no act holds the words of message {number}"
            )
    for number in messages:
        report.bad(f"pesan {number} tidak tercatat", f"message {number} stands in no act")
    if count and problems == report.problems:
        report.good(f"{count} pesan sesuai catatan", f"{count} messages are what the chain holds")


def is_message_of(act: dict[str, Any], message: dict[str, Any], facts: dict[str, Any] | None) -> bool:
    """Tell whether the message is the one that the act records: its words, its author, its moment."""
    if moment(message["created_at"]) != act["at"] or message["author_id"] != act["actor_id"]:
        return False
    if facts is not None and "body" in facts:
        return bool(message["body"] == facts["body"])
    # Words that were erased, as the seals told, and those of the first version cannot be compared.
    digest = act["data"].get("body_sha256")
    return digest is None or sha256(message["body"].encode("utf-8")) == digest


def check_readable(
    source: Folder | Zip, acts: list[dict[str, Any]], sealed: dict[int, dict[str, Any]], report: Report
) -> None:
    """Compare what is there to be read, the timeline and the case, with what the acts say."""
    problems = report.problems
    timeline = [{**each, "at": moment(each["at"])} for each in load(source, "timeline.json")]
    if timeline != sorted(acts, key=lambda act: int(act["id"])):
        report.bad("linimasa bukan yang tercatat", "the timeline is not what the chain holds")
    case = load(source, "case.json")
    results = {digest for act in acts for digest in act["data"].get("outputs_sha256", {}).values()}
    for output in case["outputs"]:
        if results and sha256(canonical(output["data"])) not in results:
            report.bad(f"keluaran {output['code']} diubah", f"the result {output['code']} was changed")
    opened = next((act["id"] for act in acts if act["kind"] == "ticket_opened"), None)
    for name, words in sealed.get(opened, {}).items() if opened is not None else ():
        if case["ticket"].get(name, words) != words:
            report.bad(f"permohonan diubah: {name}", f"the request was changed: {name}")
    if problems == report.problems:
        report.good("linimasa dan permohonan sesuai catatan", "timeline and request say what the acts say")


def moment(text: str) -> str:
    """Return the one text of a moment, as the chain spells it."""
    return datetime.fromisoformat(text).astimezone(timezone.utc).isoformat(timespec="microseconds")  # noqa: UP017  # Python 3.8


def load(source: Folder | Zip, name: str) -> Any:
    """Return what a JSON file says."""
    return json.loads(source.read(name).decode("utf-8"))


def read_arguments(arguments: list[str]) -> tuple[Path, list[tuple[int, str]]] | None:
    """Return what to check, and the heads from the register."""
    heads, places, expects_head = [], [], False
    for each in arguments:
        if each == "--head":
            expects_head = True
        elif expects_head or each.startswith("--head="):
            found = re.match(r"^([0-9]+):([0-9a-fA-F]{64})$", each.replace("--head=", "").strip())
            if not found:
                return None
            heads.append((int(found.group(1)), found.group(2).lower()))
            expects_head = False
        else:
            places.append(Path(each))
    if expects_head or len(places) > 1:
        return None
    return (places[0] if places else Path(__file__).resolve().parent), heads


def main(arguments: list[str]) -> int:
    """Check the archive and say what was found."""
    read = read_arguments(arguments)
    if read is None:
        print(__doc__)
        return 2
    place, heads = read
    try:
        source = Folder(place) if place.is_dir() else Zip(place)
        manifest = json.loads(source.read(MANIFEST).decode("utf-8"))
        print("{}  {}  {}".format(manifest["ticket"]["number"], manifest["made_at"], place))
    except UNREADABLE:
        print(f"Ini bukan arsip tiket / This is not an archive of a ticket: {place}")
        return 2
    report = Report()
    try:
        check_files(source, manifest, report)
        chain = check_chain(source, manifest, report)
        check_heads(chain, heads, report)
        check_contents(source, manifest, chain.acts, report)
        sealed = check_seals(source, chain.acts, report)
        check_messages(source, chain.acts, sealed, report)
        check_readable(source, chain.acts, sealed, report)
    except UNREADABLE as problem:
        report.bad(f"arsip tidak terbaca: {problem}", "the archive cannot be read")
    if report.problems:
        print(f"TIDAK UTUH / NOT WHOLE: {report.problems}")
        return 1
    if not heads:
        print("Cocokkan ujung rantai dengan buku register / Compare the head with the printed register")
    if report.unproven:
        print(f"UTUH, {report.unproven} BERKAS TANPA BUKTI / WHOLE, {report.unproven} FILES UNPROVEN")
        return 3
    print("UTUH / WHOLE")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
