"""What the browser is sent: known files only, of known origin, small, and readable in both themes."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "helpdesk" / "static"
VENDORED = (STATIC / "vendor", STATIC / "icons", ROOT / "tests" / "e2e" / "vendor")
MANIFEST = STATIC / "vendor" / "manifest.json"
LIBRARIES = json.loads(MANIFEST.read_text("utf-8"))["libraries"]
TOKENS = (STATIC / "css" / "tokens.css").read_text("utf-8")
FIRST_LOAD = (
    "vendor/bootstrap/bootstrap.min.css",
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2",
    "css/tokens.css",
    "css/layout.css",
    "css/components.css",
    "css/records.css",
    "css/print.css",
    "js/theme.js",
    "js/forms.js",
    "js/menus.js",
    "icons/sprite.svg",
    "img/mark.svg",
)
# What is left of 100 KB is for the page itself.
FIRST_LOAD_BUDGET = 80_000
ICON_USES = (
    r"\bicon\(\"([a-z0-9-]+)\"",
    r"\bicon_name=\"([a-z0-9-]+)\"",
    r"\(\"(?:done|near|late|paused|info|neutral)\", \"([a-z0-9-]+)\"\)",
    r"\), \"(?:done|near|late|paused|info|neutral)\", \"([a-z0-9-]+)\"\)",
)


def test_every_vendored_file_is_in_the_manifest_with_its_hash():
    listed = {
        (STATIC / file["path"]).resolve(): file["sha256"] for each in LIBRARIES for file in each["files"]
    }
    found = {path.resolve() for folder in VENDORED for path in folder.rglob("*") if path.is_file()}
    assert found - {MANIFEST.resolve()} == set(listed), "run tools/vendor.py: files and manifest differ"
    for path, sha256 in listed.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256, f"{path.name} was changed by hand"


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["name"])
def test_every_library_has_a_pinned_version_a_licence_and_its_text(library):
    assert re.fullmatch(r"\d+\.\d+\.\d+", library["version"])
    assert library["licence"]
    assert any(Path(file["path"]).name.startswith("LICENSE") for file in library["files"])


def test_no_stylesheet_or_script_loads_anything_from_elsewhere():
    for path in (*STATIC.rglob("*.css"), *STATIC.rglob("*.js")):
        text = path.read_text("utf-8")
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", text), path
        assert not re.search(r"@import|sourceMappingURL", text), path


def test_the_scripts_of_our_own_need_no_eval_and_write_no_markup():
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\.style\b", text), path


def test_the_first_load_fits_its_budget():
    sizes = {
        name: len(content) if name.endswith("woff2") else len(gzip.compress(content, 6))
        for name, content in ((name, (STATIC / name).read_bytes()) for name in FIRST_LOAD)
    }
    assert sum(sizes.values()) <= FIRST_LOAD_BUDGET, sizes


def test_every_icon_that_a_page_asks_for_is_shipped():
    shipped = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons" / "sprite.svg").read_text("utf-8")))
    sources = [*(ROOT / "templates").rglob("*.html")]
    used = {
        (name, path.name)
        for path in sources
        for pattern in ICON_USES
        for name in re.findall(pattern, path.read_text("utf-8"))
    }
    navigation = (ROOT / "helpdesk" / "web" / "navigation.py").read_text("utf-8")
    used |= {(name, "navigation.py") for name in re.findall(r'\), "([a-z0-9-]+)", Permission', navigation)}
    assert len(used) > 20
    missing = {use for use in used if use[0] not in shipped}
    assert not missing, f"add to ICON_NAMES in tools/vendor.py and run it: {sorted(missing)}"


def declarations(block: str) -> dict[str, str]:
    """Return the custom properties of a block."""
    return {name: value.strip() for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", block)}


def theme_block(start: str) -> dict[str, str]:
    """Return the tokens of the block that begins with the given selector."""
    return declarations(TOKENS.split(start, 1)[1].split("}", 1)[0])


LIGHT = theme_block('[data-bs-theme="light"] {')
DARK = theme_block('\n[data-bs-theme="dark"] {')
TONES = ("done", "near", "late", "paused", "info", "neutral")


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_system_theme_without_javascript_is_the_dark_theme():
    assert theme_block(":root:not([data-bs-theme]) {") == DARK


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reaches_the_contrast_of_wcag_aa(theme):
    grounds = ("paper", "surface", "surface-sunken")
    pairs = [(ink, ground) for ink in ("ink", "ink-muted", "link", "late-ink") for ground in grounds]
    pairs += [(f"{tone}-ink", f"{tone}-soft") for tone in TONES]
    pairs += [(f"{tone}-ink", "surface") for tone in TONES]
    pairs += [("ink", f"{tone}-soft") for tone in TONES]
    pairs += [("primary-ink", "primary"), ("primary-ink", "primary-hover"), ("danger-ink", "danger")]
    pairs += [("brand-ink", "brand"), ("brand-ink-muted", "brand"), ("brand-ink-muted", "brand-deep")]
    pairs += [("link", "primary-soft"), ("ink-muted", "primary-soft"), ("done-ink", "surface")]
    poor = {
        pair: round(contrast(theme[f"--{pair[0]}"], theme[f"--{pair[1]}"]), 2)
        for pair in pairs
        if contrast(theme[f"--{pair[0]}"], theme[f"--{pair[1]}"]) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_borders_of_controls_and_focus_are_seen(theme):
    pairs = [("line-strong", "surface"), ("focus", "surface"), ("focus", "paper"), ("late-line", "surface")]
    pairs += [(f"{tone}-line", "surface") for tone in TONES if tone != "near"]
    poor = {pair for pair in pairs if contrast(theme[f"--{pair[0]}"], theme[f"--{pair[1]}"]) < 3}
    assert not poor
