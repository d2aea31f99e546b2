"""The numbering of the office, read from its file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import ValidationError

from helpdesk.datafiles import Document, findings_of, read_document, read_file
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
    return _numbering_in(read_file(path or DEFAULT_NUMBERING))


def parse_numbering(text: str, name: str) -> Numbering:
    """Return the numbering written in the text; `name` stands in the problems."""
    return _numbering_in(read_document(text, name))


def _numbering_in(document: Document) -> Numbering:
    if document.problems:
        raise NumberingFileInvalid(document.problems)
    try:
        content = NumberingFile.model_validate(document.value)
    except ValidationError as error:
        raise NumberingFileInvalid(document.problems_of(findings_of(error))) from None
    return Numbering(
        series={
            code: Series(code, part.title, part.pattern, dict(part.starts))
            for code, part in content.series.items()
        },
        unit=content.unit,
        classification=content.classification,
    )
