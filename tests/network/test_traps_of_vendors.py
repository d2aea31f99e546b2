"""The enterprise traps of the vendors in offices: what each means, in both spellings of its number."""

import pytest

from network.trap_kinds import find_trap_kind, list_trap_kinds, object_name

HUAWEI, H3C, MIKROTIK, FORTINET = (f"1.3.6.1.4.1.{number}" for number in (2011, 25506, 14988, 12356))


@pytest.mark.parametrize(
    ("oid", "code", "english"),
    [
        (f"{HUAWEI}.5.25.129.2.2.1", "hwTempRisingAlarm", "The temperature is too high"),
        (f"{HUAWEI}.5.25.219.2.5.3", "hwPowerFail", "A power supply failed"),
        (f"{HUAWEI}.6.10.2.1", "hwCfgManEventlog", "The configuration was changed"),
        (f"{H3C}.2.6.2.0.13", "hh3cEntityRemove", "A module was removed"),
        (f"{H3C}.8.35.12.1.1", "hh3cpowerfailure", "A power supply failed"),
        (f"{H3C}.2.4.2.1", "hh3cCfgManEventlog", "The configuration was changed"),
        (f"{MIKROTIK}.1.1.9.0.2", "mtxrTemperatureException", "A temperature is out of range"),
        (f"{FORTINET}.101.2.0.302", "fgTrapVpnTunDown", "A VPN tunnel went down"),
        (f"{FORTINET}.101.6.0.1003", "fgFmTrapConfChange", "The configuration was changed"),
        (
            "1.3.6.1.4.1.47196.4.1.1.3.11.2.0.1",
            "arubaWiredPSUStateNotification",
            "The state of a power supply changed",
        ),
        ("1.3.6.1.4.1.11.2.14.12.1.0.5", "hpicfFaultFinderTrap", "A fault was found at a port"),
    ],
)
def test_a_trap_of_a_vendor_is_named_and_makes_the_device_be_read(oid, code, english):
    kind = find_trap_kind(oid)
    assert (kind.code, kind.english, kind.snapshot) == (code, english, True)


@pytest.mark.parametrize("enterprise", [HUAWEI, H3C])
def test_a_trap_without_the_zero_is_known_as_snmpv1_spells_it_too(enterprise):
    numbers = [oid for oid in list_trap_kinds() if oid.startswith(enterprise)]
    plain = [oid for oid in numbers if oid.split(".")[-2] != "0"]
    assert plain
    for oid in plain:
        head, _, last = oid.rpartition(".")
        assert list_trap_kinds()[f"{head}.0.{last}"] == list_trap_kinds()[oid]


def test_a_mere_notice_of_mikrotik_does_not_make_the_device_be_read():
    assert not find_trap_kind(f"{MIKROTIK}.1.1.9.0.1").snapshot


def test_what_a_vendors_trap_carries_has_its_name():
    assert object_name(f"{HUAWEI}.5.25.129.1.2.0") == "hwBaseTrapProbableCause.0"
    assert object_name(f"{MIKROTIK}.1.1.3.10.0") == "mtxrHlTemperature.0"
