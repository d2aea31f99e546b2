"""Targets are checked, and their secrets are never shown."""

import pickle

import pytest

from network.targets import (
    InvalidTarget,
    Secret,
    SnmpV2cCredentials,
    SnmpV3Credentials,
    SshCredentials,
    Target,
    parse_address,
    parse_auth_protocol,
    parse_host_key,
    parse_priv_protocol,
)


def test_a_secret_is_in_no_text_of_what_holds_it():
    target = Target(
        address="10.0.0.1",
        snmp=SnmpV3Credentials.of("user", "SHA-256", "auth-key-hidden", "AES-128", "priv-key-hidden"),
        ssh=SshCredentials.of("user", "password-hidden"),
    )
    community = SnmpV2cCredentials.of("community-hidden")
    for shown in (repr(target), str(target), repr(community), f"{community.community}"):
        assert "hidden" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hidden"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.1.2.3", ("10.1.2.3", 161)),
        ("10.1.2.3:1161", ("10.1.2.3", 1161)),
        ("sw-inti.kantor.go.id:162", ("sw-inti.kantor.go.id", 162)),
        ("[2001:db8::1]:1161", ("2001:db8::1", 1161)),
        ("2001:db8::1", ("2001:db8::1", 161)),
    ],
)
def test_an_address_may_carry_a_port(text, expected):
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10.1.2", "300.1.1.1", "host:0", "host:70000", "a b", "host:x", "-h", "h;ls"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidTarget):
        parse_address(text)


def test_protocol_names_are_known_in_their_usual_spellings():
    assert {parse_auth_protocol(name).value for name in ("sha256", "SHA-256", "Sha_256")} == {"SHA-256"}
    assert parse_auth_protocol("sha1").value == "SHA"
    assert {parse_priv_protocol(name).value for name in ("aes", "AES128", "aes-128")} == {"AES-128"}
    with pytest.raises(InvalidTarget):
        parse_priv_protocol("rot13")


def test_an_impossible_v3_profile_is_refused():
    with pytest.raises(InvalidTarget, match="authentication as well"):
        SnmpV3Credentials.of("user", None, None, "AES-128", "long-enough")
    with pytest.raises(InvalidTarget, match="both a protocol and a key"):
        SnmpV3Credentials.of("user", "SHA", None)
    with pytest.raises(InvalidTarget, match="8 characters"):
        SnmpV3Credentials.of("user", "SHA", "short")


def test_a_fingerprint_is_one_of_openssh():
    print_43 = "SHA256:" + "a" * 43
    assert parse_host_key(print_43[7:]) == print_43
    with pytest.raises(InvalidTarget):
        parse_host_key("MD5:aa:bb")
