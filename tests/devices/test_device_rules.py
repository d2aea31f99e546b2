from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.devices.importing import (
    TEMPLATE_HEADERS,
    ImportRefused,
    parse_flag,
    parse_port,
    read_rows,
    template,
)
from helpdesk.devices.rules import (
    SNMP_V2C,
    SNMP_V3,
    SSH,
    address_problem,
    credential_problem,
    normalise_address,
    secret_names,
)


@pytest.mark.parametrize(
    "address", ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", "sw-01", "sw_01.kantor.example", "core.example."]
)
def test_an_ip_address_or_a_host_name_is_an_address(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "  ",
        "999.1.1.1",
        "10.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "ff02::1",
        "sw 01",
        "sw-01:161",
        "http://sw-01",
        "user@sw-01",
        "sw-01/24",
        "-sw",
        "sw..01",
        "a" * 64,
        "sw\n01",
        "сервер",
        "1::2::3",
    ],
)
def test_nonsense_is_no_address(address: str) -> None:
    assert address_problem(address) is not None


def test_a_port_in_the_address_is_sent_to_its_own_field() -> None:
    assert address_problem("192.0.2.1:161") == "Write the port in its own field."


@pytest.mark.parametrize(
    ("one", "other"),
    [("SW-01.Example.", "sw-01.example"), ("2001:DB8:0::1", "2001:db8::1"), (" 192.0.2.1 ", "192.0.2.1")],
)
def test_two_spellings_of_an_address_are_one(one: str, other: str) -> None:
    assert normalise_address(one) == normalise_address(other)


@pytest.mark.parametrize(
    ("kind", "public", "secret", "field"),
    [
        (SNMP_V2C, {}, {}, "community"),
        (SSH, {"username": "baca"}, {}, "password"),
        (SSH, {}, {"password": "x"}, "username"),
        (SNMP_V3, {}, {}, "user"),
        (SNMP_V3, {"user": "u", "auth_protocol": "SHA"}, {}, "auth_key"),
        (SNMP_V3, {"user": "u", "auth_protocol": "SHA"}, {"auth_key": "short"}, "auth_key"),
        (SNMP_V3, {"user": "u", "priv_protocol": "AES-128"}, {"priv_key": "long enough"}, "auth_protocol"),
    ],
)
def test_an_incomplete_credential_names_the_field_that_is_missing(
    kind: str, public: dict[str, str], secret: dict[str, str], field: str
) -> None:
    problem = credential_problem(kind, public, secret)
    assert problem is not None
    assert problem[0] == field


def test_an_snmpv3_user_without_protocols_has_no_secrets() -> None:
    assert secret_names(SNMP_V3, {"user": "u"}) == ()
    assert credential_problem(SNMP_V3, {"user": "u"}, {}) is None


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_whatever_its_separator_and_encoding(separator: str, encoding: str) -> None:
    text = separator.join(["Lokasi", "Nama Perangkat", "Alamat IP"]) + "\r\n"
    text += separator.join(["JKT", "sw-é", "192.0.2.1"]) + "\r\n"
    (row,) = read_rows(text.encode(encoding))
    assert (row.line, row.values) == (2, {"site": "JKT", "name": "sw-é", "address": "192.0.2.1"})


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_template_reads_back_with_every_column_understood(language: str) -> None:
    header = template(language).decode("utf-8-sig").splitlines()[0]
    assert header.split(";") == list(TEMPLATE_HEADERS[language])
    filled = header + "\n" + ";".join(["x"] * 10)
    (row,) = read_rows(filled.encode())
    assert len(row.values) == 10


def test_quotes_blank_lines_and_unknown_columns_do_no_harm() -> None:
    content = b'sep=;\nsite;name;color;address\n\n"J;KT";"sw ""1""";red;192.0.2.1\n;;;\n'
    (row,) = read_rows(content)
    assert row.values == {"site": "J;KT", "name": 'sw "1"', "address": "192.0.2.1"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"site;name;address\n",
        b"name;address\nsw;1",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"site;name;name;address\n1;2;3;4",
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_rows(content)
    assert refusal.value.details["reason"]


def test_a_file_with_too_many_rows_is_refused() -> None:
    with pytest.raises(ImportRefused):
        read_rows(b"site;name;address\n" + b"a;b;c\n" * 1001)


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_refusal(content: bytes) -> None:
    try:
        rows = read_rows(content)
    except ImportRefused:
        return
    assert all(row.values.keys() <= set(TEMPLATE_HEADERS["en"]) for row in rows)


def test_ports_and_flags_are_read_in_both_languages() -> None:
    assert [parse_port(text) for text in ("161", "0", "65536", "16a", "²")] == [161, None, None, None, None]
    assert [parse_flag(text) for text in ("Ya", "no", "TIDAK", "yes", "mungkin")] == [
        True,
        False,
        False,
        True,
        None,
    ]
