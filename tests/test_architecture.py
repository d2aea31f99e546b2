"""The house rules that import-linter cannot see. Each message says what to do."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("helpdesk", "network")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "lib"}
STATEMENTS = {"select", "insert", "update", "delete", "text", "exists", "func", "or_", "and_"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def functions_of(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length_of(function: Function) -> int:
    """Return the lines of the body; a signature with an argument a line is no reading."""
    return (function.end_lineno or 0) - function.body[0].lineno + 1


def imports_of(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def is_view_side(path: Path) -> bool:
    """Whether the file is a view, a form or a command."""
    return path.stem in ("views", "forms", "cli") or "views" in path.parent.parts


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: tree_of(path) for path in FILES}


def test_no_file_has_a_name_that_says_nothing() -> None:
    found = [name_of(path) for path in FILES if path.stem in NAMELESS]
    assert found == [], "name the file after what is in it"


def test_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    found = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert found == {}, "make it a folder of the same name"


def test_no_function_is_longer_than_a_screen(trees: dict[Path, ast.Module]) -> None:
    found = {
        f"{name_of(path)}:{function.name}": length
        for path, tree in trees.items()
        for function in functions_of(tree)
        if (length := length_of(function)) > LONGEST_FUNCTION
    }
    assert found == {}, "cut it where a comment would say what the next part does"


def test_every_module_and_public_function_says_what_it_does(trees: dict[Path, ast.Module]) -> None:
    found = [name_of(path) for path, tree in trees.items() if not ast.get_docstring(tree)]
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                found += [] if ast.get_docstring(node) else [f"{name_of(path)}:{node.name}"]
    assert found == [], "write one line that says what it is or does"


def test_no_import_hides_in_a_function(trees: dict[Path, ast.Module]) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees.items()
        for function in functions_of(tree)
        for node in imports_of(function)
    ]
    assert found == [], "move the import to the top; where that makes a circle, move the code"


def test_nobody_catches_everything(trees: dict[Path, ast.Module]) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    assert found == [], "catch what can happen, by name"


def test_views_forms_and_commands_write_no_statements(trees: dict[Path, ast.Module]) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees.items()
        if is_view_side(path)
        for node in imports_of(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("sqlalchemy")
        and STATEMENTS & {alias.name for alias in node.names}
    ]
    assert found == [], "put the statement into the subject's queries.py"


def test_only_the_clock_looks_at_the_clock(trees: dict[Path, ast.Module]) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees.items()
        if path.is_relative_to(ROOT / "helpdesk") and name_of(path) != "helpdesk/clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date")
    ]
    assert found == [], "take the moment as an argument, or helpdesk.clock.now() in a view, job or command"


def test_no_service_commits(trees: dict[Path, ast.Module]) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in trees.items()
        if path.stem == "service" or path.parent.name == "service"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == [], "the caller opens the transaction: with transaction() as session"


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules a fresh interpreter holds after the statement."""
    script = f"{statement}\nimport sys; print(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(result.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["helpdesk", "helpdesk.calendars.rules", "helpdesk.sop.rules", "helpdesk.permissions", "helpdesk.errors"],
)
def test_a_rule_loads_neither_the_web_framework_nor_the_database(module: str) -> None:
    assert not {"flask", "sqlalchemy", "wtforms"} & modules_after(f"import {module}")


def test_the_collectors_load_nothing_of_the_desk() -> None:
    assert not {"helpdesk", "flask", "sqlalchemy", "config"} & modules_after("import network.command_line")
