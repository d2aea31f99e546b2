"""Data files (YAML or JSON) read with their line numbers, so that every problem can say where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Location = tuple[str | int, ...]


class Text(BaseModel):
    """A text in both languages of the product."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, description="Indonesian")
    en: str = Field(min_length=1, description="English")

    def in_language(self, language: str) -> str:
        """Return the text in the language; Indonesian unless English is asked for."""
        return self.en if language.startswith("en") else self.id

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a data file: where, in which part (for instance a step), and why."""

    file: str
    line: int
    part: Text | None
    reason: Text

    def worded(self, language: str = "id") -> str:
        """Return `file:line: part: reason` in the language."""
        part = f"{self.part.in_language(language)}: " if self.part else ""
        return f"{self.file}:{self.line}: {part}{self.reason.in_language(language)}"

    def __str__(self) -> str:
        return self.worded()


@dataclass(frozen=True, slots=True)
class Document:
    """The plain value of a data file, and the line of every place in it."""

    name: str
    value: Any
    lines: Mapping[Location, int]
    problems: tuple[Problem, ...]

    def line_of(self, location: Iterable[str | int]) -> int:
        """Return the line of the place, or of the nearest place around it."""
        path = tuple(location)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problems_of(self, findings: Iterable[tuple[Location, Text]]) -> list[Problem]:
        """Return what was found wrong in the document, each with its line."""
        return [Problem(self.name, self.line_of(location), None, reason) for location, reason in findings]


class FileUnreadable(Exception):
    """A data file that gives no text; the reason is for people."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class _CoreLoader(yaml.SafeLoader):
    """A safe loader that guesses little: `NO` is a country and `10:30` a time, not false and 630."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,18})$"), list("-0123456789")
)


class _Reader:
    """Turns the node tree into plain values while it notes lines and duplicate keys."""

    def __init__(self, name: str, loader: _CoreLoader) -> None:
        self.name = name
        self.loader = loader
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, path: Location = ()) -> Any:
        """Return the plain value of the node."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._read_scalar(node)

    def _read_scalar(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node)
        except yaml.constructor.ConstructorError as error:
            self._refuse(
                node,
                f"jenis nilai {node.tag!r} tidak dikenal",
                f"the kind of value {node.tag!r} is not known ({error.problem})",
            )
            return None

    def _read_mapping(self, node: yaml.MappingNode, path: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._refuse(key_node, "kunci harus berupa kata", "a key must be a word")
                continue
            if key in values:
                self._refuse(key_node, f"kunci '{key}' tertulis dua kali", f"the key '{key}' is given twice")
                continue
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            values[key] = self.read(value_node, (*path, key))
        return values

    def _refuse(self, node: yaml.Node, indonesian: str, english: str) -> None:
        reason = Text(id=indonesian, en=english)
        self.problems.append(Problem(self.name, node.start_mark.line + 1, None, reason))


def read_text(path: Path) -> str:
    """Return what a file of UTF-8 says, with its own ends of lines, or raise FileUnreadable."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        cause = error.strerror
        reason = Text(id=f"berkas tidak dapat dibaca ({cause})", en=f"the file cannot be read ({cause})")
    except UnicodeDecodeError:
        reason = Text(id="berkas bukan teks UTF-8", en="the file is not UTF-8 text")
    raise FileUnreadable(reason)


def read_file(path: Path) -> Document:
    """Read a YAML or JSON file; what cannot be read stands in `problems`, never as an exception."""
    try:
        return read_document(read_text(path), str(path))
    except FileUnreadable as error:
        return _unreadable(str(path), 1, error.reason)


@lru_cache(maxsize=32)
def read_document(text: str, name: str) -> Document:
    """Read a YAML or JSON text; what cannot be read stands in `problems`, never as an exception.

    The same text gives the same document, which is read and never changed: every application of a process and
    every check of the files asks for the same few, and reading them is most of an application's start.
    """
    try:
        text = _without_tabs(text)
        alias = next((event for event in yaml.parse(text) if isinstance(event, yaml.AliasEvent)), None)
        if alias is not None:
            reason = Text(id="acuan (*nama) tidak diperbolehkan", en="references (*name) are not allowed")
            return _unreadable(name, _line_of(alias.start_mark), reason)
        loader = _CoreLoader(text)
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        return _unreadable(name, _line_of_error(error), _reason_of_error(error))
    except RecursionError:
        reason = Text(id="susunan berkas terlalu dalam", en="the file is nested too deeply")
        return _unreadable(name, 1, reason)
    if node is None:
        return _unreadable(name, 1, Text(id="berkas kosong", en="the file is empty"))
    reader = _Reader(name, loader)
    value = reader.read(node)
    return Document(name, value, reader.lines, tuple(reader.problems))


def _without_tabs(text: str) -> str:
    # JSON may be indented by tabs, which YAML refuses; inside its strings no bare tab is allowed anyway.
    return text.replace("\t", " ") if text.lstrip().startswith(("{", "[")) else text


def _line_of(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1


def _unreadable(name: str, line: int, reason: Text) -> Document:
    return Document(name, None, {}, (Problem(name, line, None, reason),))


def _line_of_error(error: yaml.YAMLError) -> int:
    return _line_of(getattr(error, "problem_mark", None) or getattr(error, "context_mark", None))


def _reason_of_error(error: yaml.YAMLError) -> Text:
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Text(id=f"bukan YAML atau JSON yang sah ({what})", en=f"not valid YAML or JSON ({what})")


# What pydantic finds, in words for the author of a file. {…} come from the error's context.
_REASONS: dict[str, tuple[str, str]] = {
    "missing": ("wajib diisi", "is required"),
    "extra_forbidden": ("kunci ini tidak dikenal", "this key is not known"),
    "string_type": ("harus berupa teks (beri tanda kutip bila perlu)", "must be text (quote it if need be)"),
    "string_too_short": ("tidak boleh kosong", "must not be empty"),
    "string_pattern_mismatch": ("bentuknya harus {pattern}", "must look like {pattern}"),
    "int_type": ("harus berupa bilangan bulat", "must be a whole number"),
    "bool_type": ("harus true atau false", "must be true or false"),
    "greater_than": ("harus lebih besar dari {gt}", "must be greater than {gt}"),
    "greater_than_equal": ("harus paling sedikit {ge}", "must be at least {ge}"),
    "less_than_equal": ("harus paling banyak {le}", "must be at most {le}"),
    "literal_error": ("harus salah satu dari {expected}", "must be one of {expected}"),
    "enum": ("harus salah satu dari {expected}", "must be one of {expected}"),
    "too_short": ("harus memuat paling sedikit {min_length} butir", "must hold at least {min_length} items"),
    "tuple_type": ("harus berupa daftar", "must be a list"),
    "list_type": ("harus berupa daftar", "must be a list"),
    "dict_type": ("harus berupa pasangan kunci dan nilai", "must be keys with values"),
    "model_type": ("harus berupa pasangan kunci dan nilai", "must be keys with values"),
    "model_attributes_type": ("harus berupa pasangan kunci dan nilai", "must be keys with values"),
    "date_type": ("harus tanggal tahun-bulan-hari", "must be a date, year-month-day"),
    "date_parsing": ("harus tanggal yang ada, tahun-bulan-hari", "must be a real date, year-month-day"),
    "date_from_datetime_parsing": (
        "harus tanggal yang ada, tahun-bulan-hari",
        "must be a real date, year-month-day",
    ),
    "date_from_datetime_inexact": ("harus tanggal tanpa jam", "must be a date without a time"),
}


def findings_of(error: ValidationError) -> list[tuple[Location, Text]]:
    """Return every finding of pydantic as its place and a reason in both languages."""
    return [
        (tuple(item["loc"]), _worded(item["type"], tuple(item["loc"]), item["msg"], item.get("ctx", {})))
        for item in error.errors(include_url=False)
    ]


def _worded(kind: str, location: Location, message: str, context: Mapping[str, Any]) -> Text:
    cause = context.get("error")
    if isinstance(cause, Refused):
        reason = cause.reason
    elif kind in _REASONS:
        reason = Text(id=_REASONS[kind][0].format(**context), en=_REASONS[kind][1].format(**context))
    else:
        reason = Text(id=message, en=message)
    # What a whole item of a list is refused for is no fault of the key that holds the list.
    is_of_item = isinstance(cause, Refused) and bool(location) and isinstance(location[-1], int)
    named = () if is_of_item else reversed(location)
    field = next((part for part in named if isinstance(part, str)), "")
    prefix = f"'{field}' " if field else ""
    return Text(id=prefix + reason.id, en=prefix + reason.en)


class Refused(ValueError):
    """Raised by a validator of a data file's model, with the reason in both languages."""

    def __init__(self, *, id: str, en: str) -> None:
        self.reason = Text(id=id, en=en)
        super().__init__(en)
