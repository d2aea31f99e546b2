"""Collect the texts of the program, keep the Indonesian catalogue, and tell what is missing.

Usage: python tools/translations.py update   collect, merge translations/parts/*.po, write messages.po and .mo
       python tools/translations.py check    say what is missing, stale or malformed; exit 1 if anything is
The English text is the msgid; so English needs no catalogue.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "helpdesk" / "translations"
PARTS = TRANSLATIONS / "parts"
PO = TRANSLATIONS / "id" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext")),
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
# Modules whose sentences carry both languages themselves, or are read by programmers and administrators only.
OWN_LANGUAGES = re.compile(
    r"(^|/)((?:\w+_)?cli|datafiles|schema|checks|catalogue|devices/reading|demo/.*|documents/rules/.*)\.py$"
)
# Babel's own table gives Indonesian two plural forms; it has one, and a count would fall back to English.
PLURAL_FORMS = ("Plural-Forms", "nplurals=1; plural=0;")
SENTENCE = re.compile(r"^[A-Z“%].*\s.*[.?!]$", re.DOTALL)
# Calls and keywords whose texts no visitor reads.
TECHNICAL_CALLS = {"ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError", "text", "Field"}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def refusals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each class attribute `message = "…"`."""
    for each in ast.walk(tree):
        for statement in each.body if isinstance(each, ast.ClassDef) else ():
            if isinstance(statement, ast.Assign):
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                names = [statement.target.id]
            else:
                continue
            value = statement.value
            if "message" in names and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield statement.lineno, value.value


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each text that reads like a sentence: pure modules hand them out, the web layer translates."""
    skipped = {id(node) for node in _technical(tree)}
    for each in ast.walk(tree):
        if not isinstance(each, ast.Constant) or id(each) in skipped:
            continue
        if isinstance(each.value, str) and SENTENCE.match(each.value):
            yield each.lineno, each.value


def _technical(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are no text of the screens: docstrings, logs, programming errors, f-strings."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Expr):
            yield each.value
        elif isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Call) and _is_technical_call(each)):
            yield from ast.walk(each)


def _is_technical_call(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in LOG_METHODS | TECHNICAL_CALLS
    # A Text holds both languages by itself.
    return isinstance(function, ast.Name) and function.id in TECHNICAL_CALLS | {"Text", "Refused"}


def unmarked_texts(path: Path) -> set[tuple[int, str]]:
    """Return the texts of a module that no gettext call marks: refusals, and sentences of pure modules."""
    tree = ast.parse(path.read_text("utf-8"))
    texts = set(refusals(tree))
    if not OWN_LANGUAGES.search(path.relative_to(ROOT / "helpdesk").as_posix()):
        texts.update(sentences(tree))
    return texts


def collect() -> Catalog:
    """Return every text of the code and the templates."""
    catalogue = Catalog(locale="id", project="Disposisi", version="1", charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# Indonesian texts of Disposisi. Translate here, then run: make messages"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.mime_headers = [PLURAL_FORMS]
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    modules = sorted((ROOT / "helpdesk").rglob("*.py"))
    for path in [*modules, *sorted(templates)]:
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {} if method == "python" else {"extensions": "jinja2.ext.do", "silent": "false"}
        with path.open("rb") as file:
            marked = list(extract(method, file, KEYWORDS, options=options))
        found: list[tuple[int, Any]] = [(line, text) for line, text, _comments, _context in marked]
        known = {form for _line, text in found for form in forms_of(text)}
        if method == "python":
            found += sorted((line, text) for line, text in unmarked_texts(path) if text not in known)
        for line, text in found:
            catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), line)])
    return catalogue


def read_catalogue(path: Path) -> Catalog:
    """Return the catalogue of a file; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale="id", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        catalogue = read_po(file, locale="id", charset="utf-8")
    for message in catalogue:
        # A part has no header that says how many forms there are.
        if message.pluralizable:
            message.string = tuple(forms_of(message.string)[:1])
    return catalogue


def is_translated(message: Message | None) -> bool:
    """Whether each form of the message has a text."""
    if message is None or message.fuzzy:
        return False
    forms = forms_of(message.string)
    return bool(forms) and all(forms)


def known_translations() -> dict[Any, Any]:
    """Return msgid → translation from the parts and, where they have none, from the catalogue."""
    known: dict[Any, Any] = {}
    # A part comes later than the catalogue and knows better: so a wording is changed.
    for path in [*sorted(PARTS.glob("*.po")), PO]:
        for message in read_catalogue(path):
            if message.id and is_translated(message):
                key = key_of(message)
                if key in known and known[key] != message.string:
                    print(f"{path.name}: {key!r}: kept {known[key]!r}, not {message.string!r}")
                known.setdefault(key, message.string)
    return known


def key_of(message: Message) -> str:
    """Return the singular msgid."""
    return message.id if isinstance(message.id, str) else message.id[0]


def update() -> int:
    """Write messages.po with every text of the program, and compile it."""
    known, catalogue = known_translations(), collect()
    for message in catalogue:
        if message.id:
            # A text of placeholders only reads the same in every language.
            same = (
                key_of(message) if not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", key_of(message))) else None
            )
            message.string = fitting(message, known.get(key_of(message), same))
    old = read_catalogue(PO) if PO.exists() else catalogue
    catalogue.creation_date = catalogue.revision_date = old.creation_date
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=False)
    with MO.open("wb") as file:
        write_mo(file, catalogue)
    problems = list(problems_of(catalogue, catalogue))
    print(f"{PO.relative_to(ROOT)}: {len(catalogue)} texts, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems else 0


def fitting(message: Message, translation: Any) -> Any:
    """Return the translation in the shape the message asks for (Indonesian has one plural form)."""
    if isinstance(message.id, str):
        return translation[0] if isinstance(translation, (list, tuple)) else translation or ""
    forms = [translation] if isinstance(translation, str) else list(translation or [""])
    return tuple(forms[:1])


def problems_of(wanted: Catalog, present: Catalog) -> Iterator[str]:
    """Yield what is wrong with the catalogue, each with where the text stands."""
    for message in wanted:
        if not message.id:
            continue
        place = ":".join(str(part) for part in (message.locations or [("?", 0)])[0])
        translated = present.get(key_of(message))
        if translated is None or not is_translated(translated):
            yield f"{place}: not translated: {key_of(message)!r}"
        elif not same_placeholders(translated):
            yield f"{place}: placeholders differ: {key_of(message)!r}"


def same_placeholders(message: Message) -> bool:
    """Whether the translation holds the same %(name)s as the text; a plural form may leave one out."""
    wanted = {placeholder for text in forms_of(message.id) for placeholder in PLACEHOLDER.findall(text)}
    present = [set(PLACEHOLDER.findall(text)) for text in forms_of(message.string)]
    return all(each == wanted if isinstance(message.id, str) else each <= wanted for each in present)


def forms_of(text: Any) -> list[str]:
    """Return the forms of a text: one, or one for each plural."""
    return [text] if isinstance(text, str) else list(text or ())


def problems() -> list[str]:
    """Return everything wrong with the translations as they are in the checkout."""
    wanted, present = collect(), read_catalogue(PO)
    found = list(problems_of(wanted, present))
    texts = {key_of(message) for message in wanted}
    found += [f"{PO.name}: no longer used: {key_of(m)!r}" for m in present if m.id and key_of(m) not in texts]
    if not MO.exists():
        return [*found, f"{MO.name} is missing"]
    with MO.open("rb") as file:
        compiled = {key_of(message): forms_of(message.string) for message in read_mo(file) if message.id}
    written = {
        key_of(message): forms_of(message.string)
        for message in present
        if message.id and is_translated(message)
    }
    if compiled != written:
        found.append(f"{MO.name} is older than {PO.name}")
    return found


def check() -> int:
    """Print what is wrong; the fix is one command."""
    found = problems()
    print("\n".join(found) if found else "every text is translated")
    if found:
        print("Translate in helpdesk/translations/id/LC_MESSAGES/messages.po, then: make messages")
    return 1 if found else 0


def main() -> int:
    """Do what the argument says."""
    jobs = {"update": update, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in jobs:
        print(__doc__, file=sys.stderr)
        return 2
    return jobs[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
