"""What files are taken, and under which names."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import uploads
from helpdesk.uploads import check_file, safe_name

LIMIT = 1024 * 1024


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def archive(*names: str, first: tuple[str, str] | None = None) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        if first is not None:
            file.writestr(*first)
        for name in names:
            file.writestr(name, "<x/>")
    return kept.getvalue()


GOOD = {
    "pdf": b"%PDF-1.7\n%%EOF\n",
    "png": png(),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64,
    "jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif\x00" + b"\x00" * 64,
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 32,
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "odt": archive("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
    "ods": archive("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.spreadsheet")),
    "txt": "BMKG: jaringan padam, suhu 27 °C\r\n".encode(),
    "log": b"GE0/0/1 down\r\n --More-- \x08\x08\x08\x1b[31mred\x1b[0m\n",
    "csv": "nama;alamat\nÉcole;x\n".encode("cp1252"),
}


def test_every_kind_that_is_taken_has_an_example_here():
    assert set(GOOD) == set(uploads.KINDS)


@pytest.mark.parametrize("extension", sorted(GOOD))
def test_a_file_whose_content_agrees_with_its_name_is_taken(extension):
    checked = check_file(f"Surat.{extension.upper()}", GOOD[extension], max_bytes=LIMIT)
    assert checked.content_type == uploads.KINDS[extension][0]
    assert checked.content == GOOD[extension]


@pytest.mark.parametrize("extension", sorted(GOOD))
def test_a_program_under_the_name_of_a_document_is_refused(extension):
    program = b"MZ\x90\x00\x03\x00\x00\x00\x04" + b"\x00" * 200
    with pytest.raises(uploads.FileContentDiffers):
        check_file(f"surat.{extension}", program, max_bytes=LIMIT)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", GOOD["jpg"]),
        ("a.docx", GOOD["xlsx"]),
        ("a.docx", GOOD["odt"]),
        ("a.odt", GOOD["ods"]),
        ("a.txt", GOOD["pdf"]),
        ("a.txt", b"text with a \x00 inside"),
        ("a.csv", GOOD["docx"]),
        ("a.pdf", b"<html>%PDF-1.4</html>"),
        ("a.docx", b"PK\x03\x04 but no archive"),
        ("a.odt", archive("content.xml")),
    ],
)
def test_content_of_another_kind_than_the_extension_is_refused(name, content):
    with pytest.raises(uploads.FileContentDiffers):
        check_file(name, content, max_bytes=LIMIT)


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.exe", "a.html", "a.svg", "a.zip", "a.doc", "a", ".pdf", ""])
def test_an_extension_that_is_not_on_the_list_is_refused(name):
    with pytest.raises(uploads.FileTypeUnknown):
        check_file(name, b"%PDF-1.4\n", max_bytes=LIMIT)


def test_macros_are_refused_even_under_a_harmless_extension():
    hidden = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    with pytest.raises(uploads.FileHasMacros):
        check_file("surat.docx", hidden, max_bytes=LIMIT)


def test_an_empty_file_is_refused():
    with pytest.raises(uploads.FileEmpty):
        check_file("a.pdf", b"", max_bytes=LIMIT)


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_taken():
    content = b"a" * 2048
    assert check_file("a.txt", content, max_bytes=2048).name == "a.txt"
    with pytest.raises(uploads.FileTooLarge):
        check_file("a.txt", content + b"a", max_bytes=2048)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Budi\\Surat Dinas.pdf", "Surat Dinas.pdf"),
        ("surat\x00.pdf", "surat.pdf"),
        ("laporan\u202efdp.exe.pdf", "laporanfdp_exe.pdf"),
        ("surat.exe.pdf", "surat_exe.pdf"),
        ("index.php.pdf", "index_php.pdf"),
        ("Laporan v1.2.pdf", "Laporan v1.2.pdf"),
        ("CON.txt", "_CON.txt"),
        ("  . surat \r\n baru .pdf", "surat baru.pdf"),
        ('a"b<c>.pdf', "a b c.pdf"),
        ("...", "lampiran"),
    ],
)
def test_a_name_keeps_what_people_read_and_loses_what_could_harm(given_name, kept):
    assert safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_any_name_becomes_a_short_one_without_path_or_control_characters(name):
    kept = safe_name(name)
    assert kept
    assert len(kept) <= uploads.NAME_MAX_LETTERS + 1
    assert len(kept.encode()) <= 255
    assert not any(unicodedata.category(letter).startswith("C") for letter in kept)
    assert not set(kept) & set('/\\\x00\r\n"')
    assert not kept.startswith(".")


@given(st.binary(max_size=2000), st.sampled_from(sorted(GOOD)))
def test_no_bytes_break_the_check(content, extension):
    start = GOOD[extension][:60]
    for hostile in (content, start + content):
        with suppress(uploads.FileRefused):
            check_file(f"a.{extension}", hostile, max_bytes=LIMIT)
