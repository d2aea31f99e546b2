"""The SSH host keys of the lab: made once, kept, one a device."""

import os
from pathlib import Path

import paramiko


def load_or_make_host_key(folder: Path, name: str) -> paramiko.PKey:
    """Return the host key of a device, making it the first time."""
    file = folder / f"{name}.key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        paramiko.ECDSAKey.generate().write_private_key_file(str(draft))
        draft.chmod(0o600)
        try:
            # Two processes may start at once: the first key stays.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return paramiko.ECDSAKey.from_private_key_file(str(file))
