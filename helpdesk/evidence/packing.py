"""How the canonical bytes of a snapshot are kept small: whole, or beside an earlier one. Pure.

Most of a device does not change between two readings: Zstandard writes the new one with the earlier one as
its dictionary, so that only what differs takes room. Unpacking gives the canonical bytes again, every one.
"""

from __future__ import annotations

import zlib
from typing import Final

from zstandard import (
    DICT_TYPE_RAWCONTENT,
    ZstdCompressionDict,
    ZstdCompressionParameters,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
    frame_content_size,
)

# The first letters of what needs its base. A whole begins as a Zstandard frame does, one of the first version
# as a stream of zlib.
MARK: Final = b"\xd1\x02"
_FRAME: Final = b"\x28\xb5\x2f\xfd"
# The levels above save a fifth, in several times the time; few are kept whole.
_LEVEL: Final = 3
_WHOLE_LEVEL: Final = 1
# Worth its second read only where it saves this much.
_WORTH: Final = 0.7
# No whole shrinks so far: what is smaller than this part of it is worth keeping without a look.
_DENSEST: Final = 25
# No snapshot is so large: what says it is was spoilt.
_LARGEST: Final = 1 << 28
# The base must lie within what a frame can look back upon.
_WIDEST: Final = 27


def pack(plain: bytes, base: bytes | None = None) -> tuple[bytes, bool]:
    """Return the bytes to keep, and whether they need the base to be read again."""
    if base is not None and len(base) + len(plain) < 1 << _WIDEST:
        beside = MARK + _beside(base, len(plain)).compress(plain)
        if len(beside) * _DENSEST <= len(plain) or len(beside) <= len(_whole(plain)) * _WORTH:
            return beside, True
    return _whole(plain), False


def _whole(plain: bytes) -> bytes:
    return ZstdCompressor(level=_WHOLE_LEVEL).compress(plain)


def _beside(base: bytes, size: int) -> ZstdCompressor:
    wide = (len(base) + size).bit_length()
    parameters = ZstdCompressionParameters.from_level(
        _LEVEL, window_log=max(10, wide), source_size=size, dict_size=len(base)
    )
    return ZstdCompressor(compression_params=parameters, dict_data=_dictionary(base))


def _dictionary(base: bytes) -> ZstdCompressionDict:
    return ZstdCompressionDict(base, dict_type=DICT_TYPE_RAWCONTENT)


def is_difference(content: bytes) -> bool:
    """Tell whether the kept bytes need the base."""
    return content.startswith(MARK)


def unpack(content: bytes, base: bytes | None = None) -> bytes | None:
    """Return the canonical bytes, or None where they cannot be had; the hash says whether they are right."""
    try:
        if content.startswith(_FRAME):
            return _opened(content, ZstdDecompressor())
        if not is_difference(content):
            return zlib.decompress(content)
        if base is None:
            return None
        return _opened(content[len(MARK) :], ZstdDecompressor(dict_data=_dictionary(base)))
    except (zlib.error, ZstdError):
        return None


def _opened(frame: bytes, decompressor: ZstdDecompressor) -> bytes | None:
    if not 0 <= frame_content_size(frame) <= _LARGEST:
        return None
    return decompressor.decompress(frame, allow_extra_data=False)
