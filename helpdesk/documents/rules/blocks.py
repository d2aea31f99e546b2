"""The small markdown of the report's sections: read into a tree that a template draws, and escaped into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from helpdesk.documents.rules.references import find_reference, set_apart

# Only what an official report needs: no HTML, links, images or code. What is not here stays literal text.
_PARSER = MarkdownIt("zero").enable(["heading", "list", "table", "emphasis", "escape", "newline"])

_ANYWHERE = re.compile(r"([*|]|\{(?=\{)|\\(?=[!-/:-@\[-`{-~]|$)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LINE_START = re.compile(r"^(\s*)([#+-]|\d{1,9}(?=[.)](?:\s|$)))")


def blocks_from_markdown(text: str) -> list[dict[str, Any]]:
    """Return the markdown as a JSON tree of paragraphs, headings, lists, tables and figures."""
    return list(_blocks(SyntaxTreeNode(_PARSER.parse(set_apart(text)))))


def plain_text(blocks: list[dict[str, Any]]) -> str:
    """Return the words of a block tree, for searching and for tests."""
    words: list[str] = []
    for block in blocks:
        words.extend(span["text"] for span in block.get("spans", []))
        for item in block.get("items", []):
            words.append(plain_text(item))
        for row in [block.get("header", []), *block.get("rows", [])]:
            words.extend("".join(span["text"] for span in cell) for cell in row)
    return " ".join(words)


def escape_markdown(text: str) -> str:
    """Return the text so that the report's markdown shows it literally, on one line."""
    line = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    return _LINE_START.sub(lambda found: _escaped_start(found.group(1), found.group(2)), line)


def _escaped_start(space: str, mark: str) -> str:
    # A number is followed by the "." or ")" that would begin a list; every other mark begins one itself.
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _blocks(parent: SyntaxTreeNode) -> Iterator[dict[str, Any]]:
    for node in parent.children:
        if node.type == "paragraph" and (reference := find_reference(node.children[0].content)):
            yield {"type": "figure", "key": str(reference)}
        elif node.type == "paragraph":
            yield {"type": "paragraph", "spans": _inline(node)}
        elif node.type == "heading":
            yield {"type": "heading", "level": int(node.tag[1:]), "spans": _inline(node)}
        elif node.type in ("bullet_list", "ordered_list"):
            yield _list(node)
        elif node.type == "table":
            yield _table(node)


def _list(node: SyntaxTreeNode) -> dict[str, Any]:
    return {
        "type": "list",
        "ordered": node.type == "ordered_list",
        "start": int(node.attrs.get("start", 1)),
        "items": [list(_blocks(item)) for item in node.children],
    }


def _table(node: SyntaxTreeNode) -> dict[str, Any]:
    rows = [row for part in node.children for row in part.children]
    cells = [[_inline(cell) for cell in row.children] for row in rows]
    return {
        "type": "table",
        "align": [_alignment(cell) for cell in rows[0].children],
        "weights": [_weight(column) for column in zip(*cells, strict=True)],
        "header": cells[0],
        "rows": cells[1:],
    }


def _weight(column: Iterable[list[dict[str, Any]]]) -> int:
    """Return a column's share of the width: its longest text, within reason."""
    longest = max(sum(len(span["text"]) for span in cell) for cell in column)
    return min(max(longest, 5), 40)


def _alignment(cell: SyntaxTreeNode) -> str:
    style = str(cell.attrs.get("style", ""))
    return style.removeprefix("text-align:") or "left"


def _inline(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    return [span for inline in node.children for span in _spans(inline, bold=False, italic=False)]


def _spans(parent: SyntaxTreeNode, *, bold: bool, italic: bool) -> Iterator[dict[str, Any]]:
    for node in parent.children:
        if node.type == "strong":
            yield from _spans(node, bold=True, italic=italic)
        elif node.type == "em":
            yield from _spans(node, bold=bold, italic=True)
        elif node.type in ("softbreak", "hardbreak"):
            yield {"text": " ", "bold": bold, "italic": italic, "break": node.type == "hardbreak"}
        elif node.content:
            yield {"text": node.content, "bold": bold, "italic": italic, "break": False}
