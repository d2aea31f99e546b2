from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    ContextData,
    NotificationType,
    ObjectIdentity,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    send_notification,
)

from network import SnmpCredentials, SnmpV2cCredentials, SnmpV3Credentials, Trap, TrapReceiver
from network.snmp.pysnmp_engine import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from network.trap_kinds import find_trap_kind, list_trap_kinds, object_name
from network.trap_limits import TrapLimits
from network.trap_messages import MalformedMessage, read_outside
from tests.factories.traps import COMMUNITY, IF_DESCR, LINK_DOWN, v1_datagram, v2c_datagram

V2C = SnmpV2cCredentials.of(COMMUNITY)
USER = SnmpV3Credentials.of("operator", "SHA-256", "kunci-auth-1", "AES-128", "kunci-priv-1")
NAMESAKE = SnmpV3Credentials.of("operator", "SHA", "kunci-auth-2", "AES-128", "kunci-priv-2")
OPEN_USER = SnmpV3Credentials.of("terbuka")
SENDER = ("192.0.2.7", 40000)


class Listening:
    """A receiver on loopback and what it got."""

    def __init__(self, receiver: TrapReceiver, got: list[Trap]) -> None:
        self.receiver, self.got = receiver, got

    @property
    def only(self) -> Trap:
        (trap,) = self.got
        return trap


def with_receiver(
    act: Callable[[Listening], Coroutine[Any, Any, None]],
    *credentials: SnmpCredentials,
    **options: Any,
) -> Listening:
    """Run `act` beside a receiver."""

    async def run() -> Listening:
        got: list[Trap] = []
        receiver = TrapReceiver(got.append, credentials or (V2C,), **options)
        await receiver.start("127.0.0.1", 0)
        listening = Listening(receiver, got)
        try:
            await act(listening)
        finally:
            receiver.close()
        return listening

    return asyncio.run(run())


def taking(*datagrams: bytes, credentials: tuple[SnmpCredentials, ...] = (), **options: Any) -> Listening:
    """Hand datagrams to a receiver as if they came from one sender."""

    async def act(listening: Listening) -> None:
        for each in datagrams:
            listening.receiver.take(each, SENDER)

    return with_receiver(act, *credentials, **options)


async def notify(listening: Listening, user: SnmpV3Credentials, how: str) -> Any:
    """Send a linkDown as this user with pysnmp's own sender; return what it says of the acknowledgement."""
    engine = SnmpEngine()
    keys: dict[str, Any] = {}
    if user.auth_protocol and user.auth_key:
        keys |= {"authKey": user.auth_key.reveal(), "authProtocol": AUTH_PROTOCOLS[user.auth_protocol]}
    if user.priv_protocol and user.priv_key:
        keys |= {"privKey": user.priv_key.reveal(), "privProtocol": PRIV_PROTOCOLS[user.priv_protocol]}
    target = await UdpTransportTarget.create(listening.receiver.address, timeout=20, retries=1)
    try:
        indication, *_ = await send_notification(
            engine,
            UsmUserData(user.user, **keys),
            target,
            ContextData(),
            how,
            NotificationType(ObjectIdentity(LINK_DOWN)),
        )
        await until(lambda: sum(listening.receiver.counts.values()) > 0)
    finally:
        engine.close_dispatcher()
    return indication


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.005)


def test_a_v2c_trap_becomes_a_plain_record_without_its_community() -> None:
    trap = taking(v2c_datagram()).only
    assert (trap.version, trap.oid, trap.source, trap.uptime_seconds) == (
        "v2c",
        LINK_DOWN,
        "192.0.2.7",
        12.5,
    )
    assert [(each.oid, each.kind, each.value, each.name) for each in trap.varbinds] == [
        (IF_DESCR, "OctetString", "Gi0/3", "ifDescr.3")
    ]
    assert COMMUNITY not in repr(trap)


@pytest.mark.parametrize(
    ("enterprise", "generic", "specific", "oid"),
    [
        ("1.3.6.1.4.1.9.1.5", 2, 0, LINK_DOWN),
        ("1.3.6.1.4.1.9.1.5", 0, 0, "1.3.6.1.6.3.1.1.5.1"),
        ("1.3.6.1.4.1.318", 6, 5, "1.3.6.1.4.1.318.0.5"),
        ("1.3.6.1.4.1.9.9.43.2", 6, 1, "1.3.6.1.4.1.9.9.43.2.0.1"),
    ],
)
def test_a_v1_trap_gets_the_name_that_rfc_3584_gives_it(
    enterprise: str, generic: int, specific: int, oid: str
) -> None:
    trap = taking(v1_datagram(enterprise=enterprise, generic=generic, specific=specific)).only
    assert (trap.version, trap.oid) == ("v1", oid)
    assert COMMUNITY not in repr(trap)
    assert [(each.name, each.value) for each in trap.varbinds] == [("snmpTrapAddress", "192.0.2.77")]


def test_an_inform_is_acknowledged_to_its_sender() -> None:
    async def act(listening: Listening) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            await loop.sock_sendto(sender, v2c_datagram(inform=True), listening.receiver.address)
            async with asyncio.timeout(60):
                answer = await loop.sock_recv(sender, 65_535)
        assert b"\xa2" in answer, "the acknowledgement is a Response"

    assert with_receiver(act).only.oid == LINK_DOWN


def test_a_wrong_community_is_dropped_and_counted_unless_any_is_accepted() -> None:
    wrong = v2c_datagram(community="tebakan")
    refused = taking(wrong)
    assert (refused.got, refused.receiver.counts) == ([], {"unauthorised": 1})
    assert taking(wrong, any_community=True).only.oid == LINK_DOWN


@pytest.mark.parametrize("how", ["trap", "inform"])
@pytest.mark.parametrize("user", [USER, NAMESAKE, OPEN_USER], ids=["sha256-aes", "sha-aes", "open"])
def test_a_v3_notification_is_read_also_where_two_users_share_a_name(
    user: SnmpV3Credentials, how: str
) -> None:
    async def act(listening: Listening) -> None:
        assert await notify(listening, user, how) is None
        await until(lambda: bool(listening.got))

    trap = with_receiver(act, USER, NAMESAKE, OPEN_USER).only
    assert (trap.version, trap.oid) == ("v3", LINK_DOWN)


@pytest.mark.parametrize(
    "user",
    [
        SnmpV3Credentials.of("operator", "SHA-256", "kunci-salah-9", "AES-128", "kunci-priv-1"),
        SnmpV3Credentials.of("orang-lain", "SHA-256", "kunci-auth-1", "AES-128", "kunci-priv-1"),
        SnmpV3Credentials.of("operator"),
        SnmpV3Credentials.of("operator", "SHA-256", "kunci-auth-1"),
    ],
    ids=["wrong key", "unknown user", "no keys at all", "not encrypted"],
)
def test_a_v3_trap_without_the_proof_its_user_owes_is_dropped(user: SnmpV3Credentials) -> None:
    async def act(listening: Listening) -> None:
        await notify(listening, user, "trap")

    listening = with_receiver(act, USER)
    assert (listening.got, listening.receiver.counts) == ([], {"unauthorised": 1})


@pytest.mark.parametrize(
    ("sender", "source"),
    [("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::1"), ("2001:db8::7", "2001:db8::7")],
)
def test_a_source_has_the_spelling_that_devices_are_registered_under(sender: str, source: str) -> None:
    async def act(listening: Listening) -> None:
        listening.receiver.take(v2c_datagram(), (sender, 1))

    assert with_receiver(act).only.source == source


def test_credentials_taken_away_open_nothing_any_more() -> None:
    async def act(listening: Listening) -> None:
        listening.receiver.take(v2c_datagram(), SENDER)
        listening.receiver.use_credentials([USER])
        listening.receiver.take(v2c_datagram(), SENDER)

    assert with_receiver(act).receiver.counts == {"accepted": 1, "unauthorised": 1}


def test_hostile_datagrams_never_end_the_receiver() -> None:
    chance = random.Random(20_261_123)
    sound = v2c_datagram()
    hostile = [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", bytes(65_507), b"\x30\x80" + bytes(50)]
    hostile += [sound[:length] for length in range(len(sound))]
    for _ in range(300):
        broken = bytearray(sound)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        hostile.append(bytes(broken))
    hostile += [v1_datagram(enterprise="1.3.6.1.4.1.9", generic=77, specific=0)]
    endless = TrapLimits(1e9, 1e9, 1e9, 1e9, clock=iter(range(10**6)).__next__)
    listening = taking(*hostile, sound, limits=endless, any_community=True)
    assert listening.got[-1].oid == LINK_DOWN
    assert listening.receiver.counts["malformed"] > len(sound)


def test_what_a_trap_carries_is_bounded_and_bytes_become_digits() -> None:
    objects = tuple((f"1.3.6.1.4.1.99999.{number}", b"\x00\xff" * 900) for number in range(80))
    trap = taking(v2c_datagram(objects=objects)).only
    assert (len(trap.varbinds), trap.left_out) == (64, 16)
    assert {len(each.value) for each in trap.varbinds} == {500}
    assert trap.varbinds[0].value.startswith("0x00ff00ff")


def test_a_flood_of_one_source_is_dropped_counted_and_told_once() -> None:
    told: list[str] = []

    async def act(listening: Listening) -> None:
        for _ in range(400):
            listening.receiver.take(v2c_datagram(), SENDER)
        listening.receiver.take(v2c_datagram(), ("192.0.2.8", 1))

    frozen = TrapLimits(per_second=10, burst=20, clock=lambda: 0.0)
    listening = with_receiver(act, limits=frozen, tell_flood=told.append)
    assert listening.receiver.counts == {"accepted": 21, "flood": 380}
    assert listening.got[-1].source == "192.0.2.8", "a flood of one source must not silence another"
    assert told == ["192.0.2.7"]


def test_a_bucket_fills_again_with_time_and_memory_is_bounded_by_the_sources_remembered() -> None:
    moment = [0.0]
    limits = TrapLimits(per_second=1, burst=2, all_burst=1e6, clock=lambda: moment[0])
    assert [limits.allow("a") for _ in range(3)] == [True, True, False]
    moment[0] = 1.0
    assert [limits.allow("a") for _ in range(2)] == [True, False]
    for number in range(6000):
        limits.allow(f"192.0.2.{number}")
    assert len(limits._buckets) == 4096


def test_the_outside_of_a_message_says_no_more_than_is_there() -> None:
    sound = v2c_datagram()
    for length in range(len(sound)):
        with pytest.raises(MalformedMessage):
            read_outside(sound[:length])
    assert COMMUNITY not in repr(read_outside(sound))


def test_every_known_trap_speaks_both_languages_and_no_number_stands_twice() -> None:
    kinds = list_trap_kinds()
    assert len({kind.code for kind in kinds.values()}) >= 40
    for oid, kind in kinds.items():
        assert all(part.isdigit() for part in oid.split(".")), oid
        assert kind.describe("id") != kind.describe("en"), kind.code
    wanted = {
        "1.3.6.1.6.3.1.1.5.1": "coldStart",
        "1.3.6.1.6.3.1.1.5.4": "linkUp",
        "1.3.6.1.6.3.1.1.5.5": "authenticationFailure",
        "1.3.6.1.2.1.15.0.2": "bgpBackwardTransition",
        "1.3.6.1.2.1.14.16.2.2": "ospfNbrStateChange",
        "1.3.6.1.4.1.9.9.43.2.0.1": "ciscoConfigManEvent",
        "1.0.8802.1.1.2.0.0.1": "lldpRemTablesChange",
    }
    assert {oid: kinds[oid].code for oid in wanted} == wanted
    assert find_trap_kind("1.3.6.1.4.1.99999.0.1") is None
    assert object_name("1.3.6.1.2.1.31.1.1.1.1.10101") == "ifName.10101"
    assert object_name("1.3.6.1.4.1.99999.7") == "1.3.6.1.4.1.99999.7"
