#!/usr/bin/env python3
"""Check an archive of one ticket, offline, with nothing but Python 3.8 or newer.

Pemakaian / usage:   python3 verify.py [FOLDER or ZIP] [--head NUMBER:SHA256 ...]

Without an argument it checks the folder it lies in. What it proves:
  1. every file is the one the manifest names, none is missing, none was added;
  2. every act on the ticket is the one the hash chain of the office holds, and the links follow each other
     without a gap from the first act of this ticket to the head that is named in manifest.json;
  3. papers, files and snapshots are the ones whose SHA-256 those acts hold; the requester's words too;
  4. with --head: that head, read from a printed register, is in this part of the chain.
It does not check the electronic signature inside the PDF files: any PDF reader does (or: pdfsig FILE).
Exit code: 0 all is as it was, 1 something was changed, 2 this is no archive.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class Folder:
    """The files of an unpacked archive."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of all files."""
        return sorted(
            each.relative_to(self.path).as_posix()
            for each in self.path.rglob("*")
            if each.is_file() and "__pycache__" not in each.parts
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

    def good(self, indonesian: str, english: str) -> None:
        """Say what is as it was."""
        print(f"  ok     {indonesian} / {english}")

    def bad(self, indonesian: str, english: str) -> None:
        """Say what is not."""
        self.problems += 1
        print(f"  RUSAK  {indonesian} / BROKEN {english}")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value, as the chain spells it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def check_files(source: Folder | Zip, manifest: dict[str, Any], report: Report) -> None:
    """Compare every file with the manifest."""
    named = {each["path"]: each["sha256"] for each in manifest["files"]}
    present = [name for name in source.names() if name != MANIFEST]
    for name in sorted(set(named) - set(present)):
        report.bad("berkas hilang: " + name, "missing file: " + name)
    for name in sorted(set(present) - set(named)):
        report.bad("berkas tambahan: " + name, "file that was added: " + name)
    changed = [name for name in present if name in named and sha256(source.read(name)) != named[name]]
    for name in changed:
        report.bad("berkas berubah: " + name, "changed file: " + name)
    if not changed and set(named) == set(present):
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
    """Compare papers, files and snapshots with the digests that the acts hold."""
    said = json.dumps(acts)
    contents = [each for each in manifest["files"] if each.get("in_acts")]
    foreign = [each["path"] for each in contents if each["sha256"] not in said]
    for path in foreign:
        report.bad(f"{path} bukan yang tercatat di rantai", f"{path} is not what the chain holds")
    if contents and not foreign:
        count = len(contents)
        report.good(
            f"{count} dokumen dan bukti cocok dengan rantai",
            f"{count} papers and pieces of evidence are what the chain holds",
        )


def check_seals(source: Folder | Zip, acts: list[dict[str, Any]], report: Report) -> None:
    """Compare the request and the requester's words with the digests that the acts hold."""
    digests = {act["id"]: act["sealed_sha256"] for act in acts}
    seals = json.loads(source.read("seals.json").decode("utf-8"))
    broken = [
        each["event_id"]
        for each in seals
        if sha256(each["salt"].encode("ascii") + b"\n" + canonical(each["facts"]))
        != digests.get(each["event_id"])
    ]
    for number in broken:
        report.bad(f"isi tersegel catatan {number} diubah", f"the sealed facts of act {number} were changed")
    if seals and not broken:
        report.good(
            f"permohonan dan {len(seals) - 1} pesan pemohon cocok dengan rantai",
            f"the request and {len(seals) - 1} messages of the requester are what the chain holds",
        )


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
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        print(f"Ini bukan arsip tiket / This is not an archive of a ticket: {place}")
        return 2
    report = Report()
    try:
        check_files(source, manifest, report)
        chain = check_chain(source, manifest, report)
        check_heads(chain, heads, report)
        check_contents(source, manifest, chain.acts, report)
        check_seals(source, chain.acts, report)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as problem:
        report.bad(f"arsip tidak terbaca: {problem}", "the archive cannot be read")
    if report.problems:
        print(f"TIDAK UTUH / NOT WHOLE: {report.problems}")
        return 1
    print("UTUH / WHOLE")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
