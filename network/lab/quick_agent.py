"""Hundreds of devices that answer from ready-made bytes: a lab for sweeps, and no brake for what is measured.

It understands SNMPv1, SNMPv2c and SNMPv3 (SHA or SHA-256 with AES-128) as far as a well-behaved reader asks.
"""

import bisect
import hashlib
import hmac
import os
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

try:
    from cryptography.hazmat.decrepit.ciphers.modes import CFB
except ImportError:  # older releases of the library keep it where it was
    from cryptography.hazmat.primitives.ciphers.modes import CFB

from network.lab.definition import SnmpUser
from network.snmp.reader import Oid

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
NO_SUCH_INSTANCE, END_OF_MIB = b"\x81\x00", b"\x82\x00"
_MISSING: Final = (NO_SUCH_INSTANCE, END_OF_MIB)
_NO_SUCH_NAME: Final = 2
_COUNTER_64: Final = 0x46
_VERSION_3: Final = 3
_ROOM_FOR_HEADERS: Final = 300
_LARGEST_ANSWER: Final = 65_507 - _ROOM_FOR_HEADERS
_UNKNOWN_USER: Final = (1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0)
_UNKNOWN_ENGINE: Final = (1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0)
_AUTHENTICATED, _ENCRYPTED = 0x01, 0x02
_DIGESTS: Final = {"SHA": ("sha1", 12), "SHA-256": ("sha256", 24)}


def element(tag: int, content: bytes) -> bytes:
    """Return one BER element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int, tag: int = 0x02) -> bytes:
    """Return an INTEGER, or with another tag a counter, a gauge or a time."""
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def text(value: str | bytes) -> bytes:
    """Return an OCTET STRING."""
    return element(0x04, value.encode() if isinstance(value, str) else value)


def identifier(oid: Oid) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    content = bytearray((oid[0] * 40 + oid[1],))
    for number in oid[2:]:
        content += _septets(number)
    return element(0x06, bytes(content))


def _septets(number: int) -> bytes:
    content = bytearray((number & 0x7F,))
    while number := number >> 7:
        content.insert(0, 0x80 | number & 0x7F)
    return bytes(content)


def _parse_identifier(content: bytes) -> Oid:
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - first * 40, *numbers[1:])


def _contents(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, int, int, int]]:
    """Return tag, begin of the element, begin and end of its contents for each element of a range."""
    found, position, end = [], start, len(data) if end is None else end
    while position < end:
        begin, length, first = position, data[position + 1], position + 2
        if length & 0x80:
            count = length & 0x7F
            length, first = int.from_bytes(data[first : first + count]), first + count
        position = first + length
        found.append((data[begin], begin, first, position))
    return found


@dataclass
class QuickTable:
    """What a kind of device answers; the same requests of all its devices are answered from memory."""

    values: Mapping[Oid, bytes]
    order: list[Oid] = field(init=False)
    _answers: dict[bytes, bytes] = field(init=False, default_factory=dict)
    _varbinds: dict[Oid, bytes] = field(init=False)
    _narrow: "QuickTable | None" = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.order = sorted(self.values)
        self._varbinds = {oid: element(0x30, identifier(oid) + self.values[oid]) for oid in self.order}

    def without_64_bits(self) -> "QuickTable":
        """Return the table as SNMPv1 knows it."""
        if self._narrow is None:
            known = {oid: value for oid, value in self.values.items() if value[0] != _COUNTER_64}
            self._narrow = QuickTable(known)
        return self._narrow

    def respond(self, data: bytes, start: int, *, version_1: bool = False) -> bytes:
        """Return the response to the PDU that begins here."""
        tag, _, first, end = _contents(data, start)[0]
        number, one, two, asked = _contents(data, first, end)
        key = bytes((tag, version_1)) + data[one[1] : end]
        answer = self._answers.get(key)
        if answer is None:
            oids = [
                _parse_identifier(data[name[2] : name[3]])
                for _, _, inner, inner_end in _contents(data, asked[2], asked[3])
                for name in _contents(data, inner, inner_end)[:1]
            ]
            if tag == GET_BULK:
                found = self._following(oids, int.from_bytes(data[two[2] : two[3]]))
            else:
                found = self._following(oids, 1) if tag == GET_NEXT else self._instances(oids)
            answer = integer(0) + integer(0) + element(0x30, b"".join(found))
            missing = next((n for n, varbind in enumerate(found, 1) if varbind[-2:] in _MISSING), None)
            if version_1 and missing is not None:
                answer = integer(_NO_SUCH_NAME) + integer(missing) + data[asked[1] : end]
            self._answers[key] = answer
        return element(RESPONSE, data[number[1] : number[3]] + answer)

    def _instances(self, oids: list[Oid]) -> list[bytes]:
        return [self._varbinds.get(oid) or element(0x30, identifier(oid) + NO_SUCH_INSTANCE) for oid in oids]

    def _following(self, oids: list[Oid], repetitions: int) -> list[bytes]:
        found: list[bytes] = []
        size, current = 0, list(oids)
        for _ in range(repetitions):
            for place, oid in enumerate(current):
                position = bisect.bisect_right(self.order, oid)
                if position < len(self.order):
                    current[place] = self.order[position]
                    varbind = self._varbinds[current[place]]
                else:
                    varbind = element(0x30, identifier(oid) + END_OF_MIB)
                size += len(varbind)
                if size > _LARGEST_ANSWER:
                    return found
                found.append(varbind)
        return found


class QuickAgent:
    """One device: a table, a community or a user, and an engine id of its own."""

    def __init__(self, table: QuickTable, number: int, community: str, user: SnmpUser | None = None) -> None:
        self._table, self._community, self._user = table, community.encode(), user
        self._engine_id = b"\x80\x00\x4f\xb8\x04" + number.to_bytes(8)
        self._narrow = table.without_64_bits()  # SNMPv1 has no Counter64
        self._salt, self._begun = 0, time.monotonic()
        if user is not None:
            self._digest, self._digest_size = _DIGESTS[user.auth_protocol]
            self._auth_key = _localized(self._digest, user.auth_key, self._engine_id)
            self._priv_key = _localized(self._digest, user.priv_key, self._engine_id)[:16]

    def answer(self, datagram: bytes) -> bytes | None:
        """Return the answer to a datagram, None for what is ignored."""
        try:
            _, _, first, end = _contents(datagram)[0]
            version, *rest = _contents(datagram, first, end)
            if datagram[version[2]] == _VERSION_3:
                return self._answer_version_3(datagram, rest)
            community, pdu = rest
        except (IndexError, ValueError):
            return None
        if datagram[community[2] : community[3]] != self._community:
            return None
        is_first = datagram[version[2]] == 0
        table = self._narrow if is_first else self._table
        response = table.respond(datagram, pdu[1], version_1=is_first)
        return element(0x30, datagram[first : community[3]] + response)

    def _answer_version_3(self, data: bytes, rest: list[tuple[int, int, int, int]]) -> bytes | None:
        header, security, scoped = rest
        message_id, _, flags, _ = _contents(data, header[2], header[3])
        _, _, first, end = _contents(data, security[2], security[3])[0]
        engine, boots, ticks, name, _, salt = _contents(data, first, end)
        number = data[message_id[1] : message_id[3]]
        if self._user is None:
            return None
        if data[engine[2] : engine[3]] != self._engine_id:
            return self._report(number, _UNKNOWN_ENGINE)
        if data[name[2] : name[3]] != self._user.user.encode():
            return self._report(number, _UNKNOWN_USER)
        asked, start = data, scoped[1]
        if data[flags[2]] & _ENCRYPTED:
            vector = data[boots[2] : boots[3]].rjust(4, b"\0")[-4:]
            vector += data[ticks[2] : ticks[3]].rjust(4, b"\0")[-4:] + data[salt[2] : salt[3]]
            cipher = Cipher(AES(self._priv_key), CFB(vector)).decryptor()
            asked, start = cipher.update(data[scoped[2] : scoped[3]]) + cipher.finalize(), 0
        _, _, first, end = _contents(asked, start)[0]
        _, _, pdu = _contents(asked, first, end)
        return self._seal(number, data[flags[2]] & 3, self._scoped(self._table.respond(asked, pdu[1])))

    def _report(self, number: bytes, reason: Oid) -> bytes:
        varbind = element(0x30, identifier(reason) + integer(1, 0x41))
        body = integer(0) + integer(0) + integer(0) + element(0x30, varbind)
        return self._seal(number, 0, self._scoped(element(REPORT, body)))

    def _scoped(self, pdu: bytes) -> bytes:
        return element(0x30, text(self._engine_id) + text(b"") + pdu)

    def _seal(self, number: bytes, flags: int, scoped: bytes) -> bytes:
        """Encrypt and sign as far as the flags say."""
        assert self._user is not None
        seconds, salt = int(time.monotonic() - self._begun) + 1, b""
        if flags & _ENCRYPTED:
            self._salt += 1
            salt = self._salt.to_bytes(8)
            vector = (1).to_bytes(4) + seconds.to_bytes(4) + salt
            cipher = Cipher(AES(self._priv_key), CFB(vector)).encryptor()
            scoped = text(cipher.update(scoped) + cipher.finalize())
        header = element(0x30, number + integer(65_507) + text(bytes((flags,))) + integer(3))
        user = self._user.user if flags else ""
        digest = bytes(self._digest_size) if flags & _AUTHENTICATED else b""
        before = text(self._engine_id) + integer(1) + integer(seconds) + text(user)
        parameters = text(element(0x30, before + text(digest) + text(salt)))
        message = element(0x30, integer(3) + header + parameters + scoped)
        if not digest:
            return message
        place = message.index(text(digest) + text(salt), len(header)) + 2
        signed = hmac.digest(self._auth_key, message, self._digest)[: self._digest_size]
        return message[:place] + signed + message[place + self._digest_size :]


@lru_cache
def _master_key(digest: str, phrase: str) -> bytes:
    repeated = phrase.encode() * (1_048_576 // len(phrase.encode()) + 1)
    return hashlib.new(digest, repeated[:1_048_576]).digest()


def _localized(digest: str, phrase: str, engine_id: bytes) -> bytes:
    key = _master_key(digest, phrase)
    return hashlib.new(digest, key + engine_id + key).digest()


def serve(agents: Mapping[tuple[str, int], QuickAgent]) -> None:
    """Answer for all agents in this thread until the process ends."""
    poll, answering = select.epoll(), {}
    for address, agent in agents.items():
        wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        wire.bind(address)
        wire.setblocking(False)
        poll.register(wire, select.EPOLLIN)
        answering[wire.fileno()] = (wire, agent)
    os.write(1, b"ready\n")
    while True:
        for number, _ in poll.poll():
            wire, agent = answering[number]
            datagram, client = wire.recvfrom(65_535)
            reply = agent.answer(datagram)
            if reply is not None:
                wire.sendto(reply, client)
