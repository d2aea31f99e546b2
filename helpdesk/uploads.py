"""Files that people hand in: what is taken, told from the content, and under which name it is kept.

Pure. The list is closed: what the office can read on any computer and what cannot run anything. Old binary
Office files and archives stay outside: the one may carry macros, the other anything.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import filetype

from helpdesk.errors import DomainError

NAME_MAX_LETTERS = 120
NAME_MAX_BYTES = 200
FALLBACK_NAME = "lampiran"
TEXT_TYPE = "text/plain; charset=utf-8"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ODF = "application/vnd.oasis.opendocument."

# Names that Windows keeps for devices, and inner extensions that a "double extension" is made for.
_DEVICE_NAMES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
_RUNNABLE = re.compile(
    r"\.(?=(?:exe|com|bat|cmd|scr|pif|msi|js|jse|vbs|vbe|wsf|hta|jar|ps1|sh|php\d?|phtml|asp|aspx|jsp|html?"
    r"|xhtml|svg|lnk|dll|apk|py|pl|cgi)(?:\.|$))",
    re.IGNORECASE,
)
# Letters that no text has: control characters, except what logs of network devices are full of
# (tab, line ends, form feed, backspace after "--More--", escape of colours).
_NOT_TEXT = re.compile(r"[\x00-\x07\x0b\x0e-\x1a\x1c-\x1f]")
_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"\x1f\x8b")


class FileRefused(DomainError):
    """A file cannot be taken; `name` says which."""

    code = "file_refused"
    status = 422
    message = "The file “%(name)s” cannot be taken."


class FileEmpty(FileRefused):
    """The file holds nothing."""

    code = "file_empty"
    message = "The file “%(name)s” is empty. Choose it again."


class FileTooLarge(FileRefused):
    """The file is larger than the office takes."""

    code = "file_too_large"
    message = "The file “%(name)s” is larger than %(limit)s MB. Send a smaller one, or split it."


class FilesTooMany(FileRefused):
    """More files at a time than the office takes."""

    code = "files_too_many"
    message = "At most %(limit)s files are taken at a time. Choose fewer, then send again."


class FileTypeUnknown(FileRefused):
    """The name's extension is not on the list."""

    code = "file_type_unknown"
    message = "The file “%(name)s” is of a kind that is not taken. Taken are: %(kinds)s."


class FileContentDiffers(FileRefused):
    """The content is not what the extension says."""

    code = "file_content_differs"
    message = (
        "The content of “%(name)s” is not a %(kind)s file, or it is damaged. "
        "Save it again in that form, for instance as PDF."
    )


class FileHasMacros(FileRefused):
    """An Office file carries a program."""

    code = "file_has_macros"
    message = "The file “%(name)s” holds macros. Save it without macros or as PDF."


@dataclass(frozen=True)
class CheckedFile:
    """A file whose content was checked, under a name that is safe to keep and to give out."""

    name: str
    content: bytes
    content_type: str


def check_file(name: str, content: bytes, *, max_bytes: int) -> CheckedFile:
    """Return the file under a safe name with the type its content has, or say why it is refused."""
    shown = safe_name(name)
    if not content:
        raise FileEmpty(name=shown)
    if len(content) > max_bytes:
        raise FileTooLarge(name=shown, limit=f"{max_bytes / 1024 / 1024:.0f}")
    extension = extension_of(shown)
    kind = KINDS.get(extension)
    if kind is None:
        raise FileTypeUnknown(name=shown, kinds=taken_kinds())
    content_type, looks_right = kind
    if _has_macros(extension, content):
        raise FileHasMacros(name=shown)
    if not looks_right(content):
        raise FileContentDiffers(name=shown, kind=extension.upper())
    return CheckedFile(shown, content, content_type)


def safe_name(name: str) -> str:
    """Return the last part of a name without anything that could lead elsewhere or deceive the eye."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Category C: control characters, NUL, marks that turn the direction of writing (“gpj.exe” backwards).
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    words = re.sub(r'[<>:"|?*\s]+', " ", seen).strip(" .")
    stem, dot, extension = words.rpartition(".")
    if not dot:
        stem, extension = words, ""
    stem = _RUNNABLE.sub("_", _DEVICE_NAMES.sub(r"_\1", stem)) if stem else FALLBACK_NAME
    extension = extension[:10]
    stem = _shortened(stem, len(extension) + 1)
    return f"{stem}.{extension}" if extension else stem


def _shortened(stem: str, reserved: int) -> str:
    stem = stem[: NAME_MAX_LETTERS - reserved]
    room = NAME_MAX_BYTES - reserved * 4
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") or FALLBACK_NAME


def extension_of(name: str) -> str:
    """Return the extension in small letters, without the dot."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def taken_kinds() -> str:
    """Return the extensions that are taken, as people read them."""
    return ", ".join(sorted({"jpg" if each == "jpeg" else each for each in KINDS}))


def accept_attribute() -> str:
    """Return the value of a file input's `accept`."""
    return ",".join(f".{extension}" for extension in KINDS)


def _is_pdf(content: bytes) -> bool:
    # A file that an old scanner cut off has no end mark; readers open it all the same.
    return content.startswith(b"%PDF-1.") or content.startswith(b"%PDF-2.")


def _is_image(extension: str) -> Callable[[bytes], bool]:
    def check(content: bytes) -> bool:
        found = filetype.image_match(content)
        return found is not None and found.extension == extension

    return check


def _is_text(content: bytes) -> bool:
    if content.startswith(_BINARY_STARTS):
        return False
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        # Older programs of the office write Windows-1252.
        text = content.decode("cp1252", errors="replace")
    return _NOT_TEXT.search(text) is None


def _is_ooxml(main_part: str) -> Callable[[bytes], bool]:
    def check(content: bytes) -> bool:
        names = _zip_names(content)
        return "[Content_Types].xml" in names and any(name.startswith(main_part) for name in names)

    return check


def _is_odf(kind: str) -> Callable[[bytes], bool]:
    wanted = f"{_ODF}{kind}".encode()

    def check(content: bytes) -> bool:
        # The standard puts the type first and uncompressed: it can be read without opening the archive.
        return content[38 : 38 + len(wanted)] == wanted and "content.xml" in _zip_names(content)

    return check


def _zip_names(content: bytes) -> frozenset[str]:
    """Return the names inside a zip archive; none where it cannot be read. Nothing is unpacked."""
    if not content.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, OverflowError):
        return frozenset()


def _has_macros(extension: str, content: bytes) -> bool:
    if extension not in ("docx", "xlsx", "pptx", "odt", "ods"):
        return False
    return any(
        name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in _zip_names(content)
    )


# Extension → the type it is given out with, and how its content is recognised.
KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _is_pdf),
    "png": ("image/png", _is_image("png")),
    "jpg": ("image/jpeg", _is_image("jpg")),
    "jpeg": ("image/jpeg", _is_image("jpg")),
    "webp": ("image/webp", _is_image("webp")),
    "docx": (_WORD, _is_ooxml("word/")),
    "xlsx": (_EXCEL, _is_ooxml("xl/")),
    "pptx": (_SLIDES, _is_ooxml("ppt/")),
    "odt": (f"{_ODF}text", _is_odf("text")),
    "ods": (f"{_ODF}spreadsheet", _is_odf("spreadsheet")),
    "txt": (TEXT_TYPE, _is_text),
    "log": (TEXT_TYPE, _is_text),
    "csv": ("text/csv; charset=utf-8", _is_text),
}
