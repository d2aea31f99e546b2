"""Make .venv from the hashed locks, with nothing but the standard library and pip.

Usage: bootstrap.py run|pg|test|e2e …   A second start compares stamps and takes a moment.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
KINDS = ("run", "pg", "test", "e2e")
# What a larger lock also holds: a stamp of "test" is good for "run", too.
HOLDS = {"run": ("run",), "pg": ("run", "pg"), "test": ("run", "pg", "test"), "e2e": KINDS}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
# The command reads its folder at every start, so that a checkout may be moved and have spaces in its path.
COMMAND = """#!/bin/sh
exec "$(dirname -- "$(readlink -f -- "$0")")/python" -P -c 'from helpdesk.cli import main; main()' "$@"
"""


def say(indonesian: str, english: str) -> None:
    """Tell the person at the terminal, in both languages."""
    print(f"{indonesian}\n{english}", flush=True)


def refuse(indonesian: str, english: str) -> NoReturn:
    """Stop with one sentence in each language."""
    print(f"{indonesian}\n{english}", file=sys.stderr, flush=True)
    sys.exit(1)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let two `make` at the same time wait for each other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Menunggu pemasangan lain selesai …", "Waiting for another installation to finish …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks: go on
        yield
    finally:
        os.close(folder)


def stamp_of(kind: str) -> str:
    """Return what the stamp holds when the lock of the kind is installed here and now."""
    lock = (ROOT / "requirements" / f"{kind}.lock").read_bytes()
    tool = Path(__file__).read_bytes()
    return f"{hashlib.sha256(lock + tool).hexdigest()} {VENV}\n"


def is_installed(kind: str) -> bool:
    """Whether the environment holds the lock as it now is."""
    stamp = STAMPS / kind
    return PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == stamp_of(kind)


def environment_state() -> str:
    """Tell whether .venv is `missing`, `broken` (moved, or its Python is gone or too old) or `good`."""
    if not VENV.exists():
        return "missing"
    moved = any(stamp.read_text("utf-8").strip().split(" ", 1)[-1] != str(VENV) for stamp in STAMPS.glob("*"))
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        works = subprocess.run([PYTHON, "-I", "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        works = False
    return "good" if works and not moved else "broken"


def make_environment() -> None:
    """Make .venv where there is none that works."""
    state = environment_state()
    if state == "good":
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        refuse(
            "Bagian sistem python3-venv belum terpasang. Pasang dengan: sudo apt install python3-venv",
            "The system part python3-venv is missing. Install it with: sudo apt install python3-venv",
        )
    if state == "broken":
        say(
            "Membuat ulang .venv (dipindahkan atau rusak) …",
            "Making .venv again (it was moved or is broken) …",
        )
        shutil.rmtree(VENV)
    else:
        say("Membuat .venv …", "Making .venv …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:] or ["?"]
        refuse(f".venv tidak dapat dibuat: {reason[0]}", f".venv cannot be made: {reason[0]}")


def pip_arguments(kind: str) -> list[str]:
    """Return the command that installs a lock: every file checked against its hash, nothing built."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-warn-script-location"]
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        command.append("--no-cache-dir")
    return [*command, "--requirement", str(ROOT / "requirements" / f"{kind}.lock")]


def install(kind: str) -> None:
    """Install the lock of the kind, with a line of progress a package."""
    total = len(
        {name for name, _ in PINNED.findall((ROOT / "requirements" / f"{kind}.lock").read_text("utf-8"))}
    )
    say(
        f"Memasang {total} paket ({kind}.lock); pertama kali satu sampai beberapa menit …",
        f"Installing {total} packages ({kind}.lock); the first time takes a minute or a few …",
    )
    lines: list[str] = []
    with subprocess.Popen(
        pip_arguments(kind), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            show_progress(lines, total)
    print("\r\x1b[K" if sys.stdout.isatty() else "", end="", flush=True)
    if process.returncode != 0:
        print("\n".join(lines[-15:]), file=sys.stderr)
        refuse(
            "Pemasangan gagal; sebabnya tertulis di atas. Periksa jaringan, lalu ulangi perintah yang sama.",
            "The installation failed for the reason above. Check the network, then give the command again.",
        )


def show_progress(lines: list[str], total: int) -> None:
    """Show how far pip is: on a terminal one moving line, elsewhere a line every twenty packages."""
    met = [line for line in lines if line.startswith(("Collecting ", "Requirement already satisfied: "))]
    last = lines[-1].strip()
    if last.startswith("Installing collected"):
        text = "membongkar … / unpacking …"
    elif lines[-1].startswith("Collecting "):
        text = f"{len(met)}/{total} {last.removeprefix('Collecting ').split(' ')[0]}"
    else:
        return
    if sys.stdout.isatty():
        print(f"\r\x1b[K  {text}", end="", flush=True)
    elif text[0] == "m" or len(met) % 20 == 0:
        print(f"  {text}", flush=True)


def connect_checkout() -> None:
    """Make the checkout importable and the `helpdesk` command present, without building anything."""
    purelib = subprocess.run(
        [PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (Path(purelib) / "disposisi.pth").write_text(f"{ROOT}\n", "utf-8")
    command = VENV / "bin" / "helpdesk"
    command.unlink(missing_ok=True)
    command.write_text(COMMAND, "utf-8")
    command.chmod(0o755)


def bootstrap(kinds: list[str]) -> None:
    """Bring .venv to what the kinds of lock ask for."""
    if all(is_installed(kind) for kind in kinds):
        return
    if not os.access(ROOT, os.W_OK):
        refuse_unwritable(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    with alone():
        make_environment()
        for kind in kinds:
            if not is_installed(kind):
                install(kind)
        connect_checkout()
        STAMPS.mkdir(exist_ok=True)
        for kind in sorted({held for asked in kinds for held in HOLDS[asked]}):
            (STAMPS / kind).write_text(stamp_of(kind), "utf-8")
    say("Lingkungan siap.", "The environment is ready.")


def main() -> None:
    """Check the folder, then install."""
    kinds = sys.argv[1:]
    if not kinds or not set(kinds) <= set(KINDS):
        refuse(f"Pemakaian: bootstrap.py {'|'.join(KINDS)}", f"Usage: bootstrap.py {'|'.join(KINDS)}")
    try:
        bootstrap(kinds)
    except PermissionError as error:
        refuse_unwritable(error)
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        refuse_unwritable(error)
    except KeyboardInterrupt:
        refuse("\nDihentikan. Perintah yang sama melanjutkan.", "Stopped. The same command goes on.")


def refuse_unwritable(error: OSError) -> NoReturn:
    """Say that the folder cannot be written."""
    refuse(
        f"Folder {ROOT} tidak dapat ditulisi ({error.strerror}). Salin ke folder Anda sendiri, lalu ulangi.",
        f"{ROOT} cannot be written ({error.strerror}). Copy it to a folder of your own and try there.",
    )


if __name__ == "__main__":
    main()
