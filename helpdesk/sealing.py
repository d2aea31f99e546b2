"""Secrets at rest: AES-GCM, tied to the row they belong to, under a ring of keys with ids."""

from __future__ import annotations

import json
import secrets as random_source
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from helpdesk.errors import SecretUnreadable

NONCE_BYTES = 12
# What a sealed row is of: a ciphertext of one subject never opens as one of another.
CREDENTIAL = "credential"
KeyRing = Mapping[str, bytes]


@dataclass(frozen=True)
class Sealed:
    """A ciphertext and the id of the key that opens it."""

    key_id: str
    ciphertext: bytes = field(repr=False)


def new_binding() -> str:
    """Return the random name of a row, which its ciphertext is tied to."""
    return random_source.token_hex(24)


def seal(
    ring: KeyRing, values: Mapping[str, str], *, binding: str, kind: str, subject: str = CREDENTIAL
) -> Sealed:
    """Encrypt the values with the newest key of the ring; they open as the same kind of row only."""
    key_id = next(iter(ring))
    nonce = random_source.token_bytes(NONCE_BYTES)
    plain = json.dumps(dict(values), sort_keys=True, ensure_ascii=False).encode()
    return Sealed(key_id, nonce + AESGCM(ring[key_id]).encrypt(nonce, plain, _row(subject, binding, kind)))


def unseal(
    ring: KeyRing, sealed: Sealed, *, binding: str, kind: str, subject: str = CREDENTIAL
) -> dict[str, str]:
    """Decrypt what `seal` made for this very row, or raise SecretUnreadable."""
    key = ring.get(sealed.key_id)
    if key is None:
        raise SecretUnreadable(key_id=sealed.key_id)
    nonce, ciphertext = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
    try:
        plain = AESGCM(key).decrypt(nonce, ciphertext, _row(subject, binding, kind))
    except (InvalidTag, ValueError):
        # ValueError: the nonce is cut off. The cause is dropped, so that no traceback shows key or text.
        raise SecretUnreadable(key_id=sealed.key_id) from None
    values: dict[str, str] = json.loads(plain)
    return values


def _row(subject: str, binding: str, kind: str) -> bytes:
    return f"{subject}:{binding}:{kind}".encode()
