"""Fetch the browser libraries into helpdesk/static with a manifest of versions, hashes and licences.

Run by hand when a version or the list of icons changes: `python tools/vendor.py` (needs npm). The product
itself needs neither npm nor the network; tests/test_static_manifest.py compares the files with the manifest.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "helpdesk" / "static"
MANIFEST = STATIC / "vendor" / "manifest.json"
SPRITE = "icons/sprite.svg"

ICON_NAMES = (
    "activity archive arrow-clockwise arrow-counterclockwise arrow-down-right arrow-left arrow-left-right "
    "arrow-repeat arrow-right arrow-return-left bell box-arrow-in-right box-arrow-right building calendar3 "
    "calendar-event camera card-checklist caret-down-fill caret-up-fill chat-left-text check-circle "
    "check-circle-fill check-lg chevron-down chevron-expand chevron-left chevron-right circle circle-half "
    "clipboard clipboard-check clock clock-fill clock-history cpu dash-circle diagram-3 download envelope "
    "ethernet exclamation-circle-fill exclamation-diamond-fill exclamation-octagon-fill "
    "exclamation-triangle-fill eye file-earmark-text file-earmark-pdf fingerprint funnel gear geo-alt globe2 "
    "hdd-network hourglass-split inbox info-circle-fill journal-text key list lock-fill memory moon-stars "
    "paperclip patch-check pause-circle-fill pen pencil people person person-badge person-circle plus-lg "
    "printer question-circle reply router search send shield-check shield-lock sliders sticky sun telephone "
    "thermometer-half ticket-detailed translate trash3 upload x-circle x-circle-fill x-lg"
)


# Parts of Bootstrap that need its script, which is not shipped, and parts that no page uses.
UNUSED = re.compile(
    r"\.(carousel|accordion|offcanvas|toast|tooltip|bs-tooltip|popover|bs-popover|modal|navbar|dropdown|dropup|"
    r"dropstart|dropend|form-floating|placeholder|form-range|btn-check|collaps|nav-tabs|nav-pills|text-bg-|"
    r"btn-outline-(?!primary)|btn-(success|info|warning|light|dark|close)|spinner|progress|ratio|figure|"
    r"link-(primary|secondary|success|info|warning|danger|light|dark|opacity|underline|offset)|"
    r"[a-z-]*-xxl(-|\b))"
)


@dataclass(frozen=True)
class Library:
    """A package of the npm registry and the files of it that are shipped: source in the package → target."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


LIBRARIES = (
    Library(
        "bootstrap",
        "5.3.9",
        "MIT",
        {
            "dist/css/bootstrap.min.css": "vendor/bootstrap/bootstrap.min.css",
            "LICENSE": "vendor/bootstrap/LICENSE.txt",
        },
    ),
    Library(
        "htmx.org",
        "4.0.1",
        "0BSD",
        {"dist/htmx.min.js": "vendor/htmx/htmx.min.js", "LICENSE": "vendor/htmx/LICENSE.txt"},
    ),
    Library(
        "@fontsource-variable/source-sans-3",
        "5.3.0",
        "OFL-1.1",
        {
            "files/source-sans-3-latin-wght-normal.woff2": (
                "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2"
            ),
            "LICENSE": "vendor/source-sans-3/LICENSE.txt",
        },
    ),
    Library("bootstrap-icons", "1.13.2", "MIT", {"LICENSE": "icons/LICENSE.txt"}),
    Library(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        {
            "axe.min.js": "../../tests/e2e/vendor/axe.min.js",
            "LICENSE": "../../tests/e2e/vendor/LICENSE.txt",
            "LICENSE-3RD-PARTY.txt": "../../tests/e2e/vendor/LICENSE-3RD-PARTY.txt",
        },
    ),
)


def sha256(content: bytes) -> str:
    """Return the hash as the manifest writes it."""
    return hashlib.sha256(content).hexdigest()


def without_source_map(content: bytes) -> bytes:
    """Drop the pointer to a source map that is not shipped: browsers would ask for it and get a 404."""
    return re.sub(rb"\n?/[/*]# sourceMappingURL=[^\n*]*(?:\*/)?\s*$", b"\n", content)


def split_rules(css: str) -> list[tuple[str, str]]:
    """Split a minified style sheet into (selector, body) at the outermost braces."""
    rules, start, depth, opened = [], 0, 0, 0
    for match in re.finditer(r"[{}]", css):
        if match.group() == "{":
            opened = match.start() if depth == 0 else opened
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            rules.append((css[start:opened], css[opened + 1 : match.start()]))
            start = match.end()
    return rules


def subset(css: str) -> str:
    """Drop the rules whose every selector belongs to an unused part; the others stay as they are."""
    kept = []
    for selector, body in split_rules(css):
        if selector.lstrip().startswith(("@media", "@supports")):
            inner = subset(body)
            kept.append(f"{selector}{{{inner}}}" if inner else "")
        elif selector.startswith("@keyframes"):
            name = selector.split()[1]
            kept.append(
                "" if name.startswith(("placeholder", "spinner", "progress")) else f"{selector}{{{body}}}"
            )
        else:
            wanted = [part for part in split_selectors(selector) if not UNUSED.search(part)]
            kept.append(f"{','.join(wanted)}{{{body}}}" if wanted else "")
    return "".join(kept)


def split_selectors(selectors: str) -> list[str]:
    """Split a list of selectors at the commas outside of parentheses."""
    return re.split(r",(?![^(]*\))", selectors)


def prepare(library: Library, target: str, content: bytes) -> bytes:
    """Return a file as it is shipped."""
    content = without_source_map(content)
    if library.name == "bootstrap" and target.endswith(".css"):
        licence, _, css = content.decode().partition("*/")
        return f"{licence}*/\n{subset(css)}\n".encode()
    return content


def draw_sprite(icons: dict[str, bytes]) -> bytes:
    """Return one SVG file that holds each icon as a symbol of its name."""
    symbols = []
    for name, source in sorted(icons.items()):
        body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", source.decode().strip()).strip()
        body = re.sub(r">\s+<", "><", body)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{body}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def unpack(library: Library, folder: Path) -> dict[str, bytes]:
    """Return the files of the package, as the registry serves it, by their path in it."""
    packed = subprocess.run(  # noqa: S603  # fixed arguments, no shell
        ["npm", "pack", "--silent", f"{library.name}@{library.version}"],  # noqa: S607  # npm of the PATH
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = folder / packed.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as opened:
        return {
            member.name.partition("/")[2]: file.read()
            for member in opened.getmembers()
            if (file := opened.extractfile(member)) is not None
        }


def place(target: str, content: bytes) -> dict[str, str]:
    """Write one shipped file and return its line of the manifest."""
    path = STATIC / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"path": target, "sha256": sha256(content)}


def main() -> int:
    """Fetch all libraries, draw the sprite, write the manifest."""
    manifest = []
    with tempfile.TemporaryDirectory() as folder:
        for library in LIBRARIES:
            content = unpack(library, Path(folder))
            files = [
                place(target, prepare(library, target, content[source]))
                for source, target in library.files.items()
            ]
            if library.name == "bootstrap-icons":
                drawn = draw_sprite({name: content[f"icons/{name}.svg"] for name in ICON_NAMES.split()})
                files.append(place(SPRITE, drawn))
            files.sort(key=lambda file: file["path"])
            manifest.append(
                {
                    "name": library.name,
                    "version": library.version,
                    "licence": library.licence,
                    "files": files,
                }
            )
    MANIFEST.write_text(json.dumps({"libraries": manifest}, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
