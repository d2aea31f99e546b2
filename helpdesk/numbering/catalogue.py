"""The numbering of the office, read from its file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from helpdesk.datafiles import Problem, Text, findings_of, read_document
from helpdesk.numbering.errors import NumberingFileInvalid
from helpdesk.numbering.rules import Numbering, Series
from helpdesk.numbering.schema import NumberingFile

DEFAULT_NUMBERING = Path(__file__).parent / "data" / "numbering.yaml"


@cache
def default_numbering() -> Numbering:
    """Return the numbering as it is shipped."""
    return load_numbering(DEFAULT_NUMBERING)


def load_numbering(path: Path | None = None) -> Numbering:
    """Return the numbering of the YAML or JSON file, or the shipped one; raise with all that is wrong."""
    path = path or DEFAULT_NUMBERING
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = Text(
            id=f"berkas tidak dapat dibaca ({error.strerror})",
            en=f"the file cannot be read ({error.strerror})",
        )
        raise NumberingFileInvalid([Problem(str(path), 1, None, reason)]) from None
    except UnicodeDecodeError:
        reason = Text(id="berkas bukan teks UTF-8", en="the file is not UTF-8 text")
        raise NumberingFileInvalid([Problem(str(path), 1, None, reason)]) from None
    return parse_numbering(text, str(path))


def parse_numbering(text: str, name: str) -> Numbering:
    """Return the numbering written in the text; `name` stands in the problems."""
    document = read_document(text, name)
    if document.problems:
        raise NumberingFileInvalid(document.problems)
    try:
        content = NumberingFile.model_validate(document.value)
    except ValidationError as error:
        raise NumberingFileInvalid(
            [
                Problem(document.name, document.line_of(location), None, reason)
                for location, reason in findings_of(error)
            ]
        ) from None
    return Numbering(
        series={
            code: Series(code, part.title, part.pattern, dict(part.starts))
            for code, part in content.series.items()
        },
        unit=content.unit,
        classification=content.classification,
    )
