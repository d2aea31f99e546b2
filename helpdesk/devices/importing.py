"""Rules of the device list as a CSV file: from bytes to rows of plain words. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from helpdesk.errors import DomainError

MAXIMUM_BYTES: Final = 1024 * 1024
MAXIMUM_ROWS: Final = 1_000

# Column of the device → the headers that mean it, as `_plain` spells them.
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "site": ("site", "site code", "lokasi", "kode lokasi", "kode site", "situs"),
    "name": ("name", "device", "device name", "hostname", "nama", "nama perangkat", "perangkat"),
    "address": ("address", "ip", "ip address", "host", "alamat", "alamat ip"),
    "snmp_port": ("snmp port", "port snmp"),
    "ssh_port": ("ssh port", "port ssh"),
    "platform": ("platform", "jenis", "jenis perangkat", "tipe"),
    "description": ("description", "note", "notes", "keterangan", "deskripsi", "catatan"),
    "snmp_credential": ("snmp credential", "snmp", "kredensial snmp", "credential snmp"),
    "ssh_credential": ("ssh credential", "ssh", "kredensial ssh", "credential ssh"),
    "allow_old_ciphers": ("allow old ciphers", "old ciphers", "sandi lama", "izinkan sandi lama"),
}
REQUIRED: Final = ("site", "name", "address")
TEMPLATE_HEADERS: Final = {
    "id": (
        "lokasi",
        "nama",
        "alamat",
        "port_snmp",
        "port_ssh",
        "platform",
        "keterangan",
        "kredensial_snmp",
        "kredensial_ssh",
        "izinkan_sandi_lama",
    ),
    "en": tuple(HEADERS),
}
_YES: Final = frozenset({"1", "y", "yes", "true", "ya", "x"})
_NO: Final = frozenset({"0", "n", "no", "false", "tidak", "-"})


class ImportRefused(DomainError):
    """The file as a whole cannot be read as a list of devices."""

    code = "import_refused"
    status = 422
    message = "%(reason)s"


@dataclass(frozen=True)
class ImportRow:
    """One line of the file: its number and its filled cells, by the device's column."""

    line: int
    values: dict[str, str]


def read_rows(content: bytes) -> list[ImportRow]:
    """Return the rows of a CSV file; tolerant of separators, byte order marks and the header's language."""
    if len(content) > MAXIMUM_BYTES:
        raise ImportRefused(reason="The file is too large: at most 1 MB.")
    text = _decode(content)
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise ImportRefused(reason="The file is empty.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), skipinitialspace=True)
    try:
        rows = list(_rows(reader))
    except csv.Error:
        raise ImportRefused(reason="The file is not a CSV file.") from None
    if not rows:
        raise ImportRefused(reason="The file has a header and no device.")
    if len(rows) > MAXIMUM_ROWS:
        raise ImportRefused(reason="The file has too many rows: at most 1000 at a time.")
    return rows


def parse_port(text: str) -> int | None:
    """Return the port that the cell names, or None."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) and 1 <= int(text) <= 65535 else None


def parse_flag(text: str) -> bool | None:
    """Return what a yes or no in either language means, or None."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None


def template(language: str) -> bytes:
    """Return an empty list with its header and one example, as a spreadsheet in Indonesia opens it."""
    headers = TEMPLATE_HEADERS["id" if language.startswith("id") else "en"]
    example = ("PUSAT", "sw-contoh-01", "192.0.2.10", "161", "22", "cisco_ios", "", "", "", "")
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerow(example)
    return output.getvalue().encode("utf-8-sig")


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        # Older spreadsheets on Windows write the code page of Western Europe.
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportRefused(reason="The file is not a CSV file.")


def _delimiter(header: str) -> str:
    return max(";,\t", key=header.count)


def _rows(reader: Iterator[list[str]]) -> Iterator[ImportRow]:
    columns: list[str | None] | None = None
    lines = enumerate(reader, start=1)
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            # A spreadsheet may begin with "sep=;" to tell itself the separator.
            if not cells[0].lower().startswith("sep="):
                columns = _columns(cells)
            continue
        yield ImportRow(line, _values(columns, cells))


def _columns(header: Sequence[str]) -> list[str | None]:
    columns = [_column(cell) for cell in header]
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise ImportRefused(reason="The header needs at least the columns site, name and address.")
    known = [column for column in columns if column is not None]
    if len(known) != len(set(known)):
        raise ImportRefused(reason="A column stands twice in the header.")
    return columns


def _column(header: str) -> str | None:
    plain = re.sub(r"[\s_\-./]+", " ", header.strip().strip("\ufeff")).strip().lower()
    return next((column for column, words in HEADERS.items() if plain in words), None)


def _values(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    pairs = zip(columns, cells, strict=False)
    return {column: cell.strip() for column, cell in pairs if column is not None and cell.strip()}
