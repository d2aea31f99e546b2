from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.audit.models import Event
from helpdesk.devices.importing import ImportRefused
from helpdesk.devices.models import Device
from helpdesk.devices.netbox import client as netbox
from helpdesk.devices.netbox.rules import MAXIMUM_BYTES, devices_to_rows, parse_export
from tests.factories.network import make_device, make_site
from tests.factories.people import Office

TOKEN = "rahasia0123456789abcdef"
PLATFORMS = ("cisco_ios", "juniper_junos", "linux_netsnmp")


def entry(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a device as NetBox's API lists it."""
    return {
        "id": number,
        "name": f"sw-{number}",
        "site": {"slug": "jkt", "name": "Jakarta"},
        "status": {"value": "active", "label": "Active"},
        "primary_ip": {"address": f"192.0.2.{number % 250 + 1}/24"},
        "platform": {"slug": "cisco-ios", "name": "Cisco IOS"},
        "device_type": {"model": "C2960", "manufacturer": {"slug": "cisco"}},
        "serial": "FOC1",
        **fields,
    }


def rows_of(*devices: Any, **options: Any) -> Any:
    given: dict[str, Any] = {"sites": {"jkt"}, "default_site": "PUSAT", "platforms": PLATFORMS}
    return devices_to_rows(devices, **{**given, **options})


# Rules


def test_a_device_of_netbox_becomes_a_row_of_the_import() -> None:
    rows, left_out = rows_of(entry())
    assert left_out == []
    assert rows[0].values == {
        "name": "sw-1",
        "address": "192.0.2.2",
        "site": "jkt",
        "platform": "cisco_ios",
        "description": "C2960, SN FOC1",
    }


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"site": {"slug": "sby", "name": "Surabaya"}}, "site", "PUSAT"),
        ({"site": {"slug": "x", "name": "JKT"}}, "site", "JKT"),
        ({"platform": {"slug": "ios", "name": "IOS"}}, "platform", "cisco_ios"),
        (
            {"platform": None, "device_type": {"manufacturer": {"slug": "juniper"}}},
            "platform",
            "juniper_junos",
        ),
        ({"platform": {"slug": "cumulus"}}, "platform", None),
        ({"platform": {"slug": "routeros"}}, "platform", None),
        ({"primary_ip": None, "primary_ip6": {"address": "2001:db8::7/64"}}, "address", "2001:db8::7"),
        ({"serial": "", "device_type": None}, "description", None),
        ({"serial": "A\x00B\nC"}, "description", "C2960, SN A B C"),
    ],
)
def test_what_netbox_spells_its_own_way_is_understood(
    fields: dict[str, Any], column: str, value: str | None
) -> None:
    ((row,), left_out) = rows_of(entry(**fields))
    assert left_out == []
    assert row.values.get(column) == value


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (entry(name=None), "The device has no name in NetBox."),
        (entry(primary_ip=None), "The device has no primary IP address in NetBox."),
        (entry(primary_ip={"address": "sw-1.example"}), "The device has no primary IP address in NetBox."),
        (entry(status={"value": "planned"}), "NetBox does not list it as in service."),
        (entry(status="decommissioning"), "NetBox does not list it as in service."),
        ("text", "This entry is not a device."),
    ],
)
def test_what_cannot_be_read_is_left_out_with_the_reason(device: Any, why: str) -> None:
    rows, left_out = rows_of(entry(7), device)
    assert [row.values["name"] for row in rows] == ["sw-7"]
    assert [reason for _, reason in left_out] == [why]


def test_an_export_is_read_with_and_without_the_envelope_and_a_first_page_says_so() -> None:
    assert parse_export(json.dumps([entry()]).encode()) == ([entry()], False)
    page = {"count": 9, "next": "https://x/?offset=1", "results": [entry()]}
    devices, more = parse_export(json.dumps(page).encode())
    assert more
    assert "first page" in rows_of(*devices, more_follow=more)[1][-1][1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nama;alamat\n", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"detail": "x"}', "not a list of devices"),
        (b'"text"', "not a list of devices"),
        (b" " * (MAXIMUM_BYTES + 1), "too large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        parse_export(content)


def test_a_list_of_other_things_and_one_too_long_are_refused() -> None:
    with pytest.raises(ImportRefused, match="not a list of devices"):
        rows_of({"id": 1, "slug": "jkt"})
    with pytest.raises(ImportRefused, match="at most 1000"):
        rows_of(*(entry(number) for number in range(1001)))
    with pytest.raises(ImportRefused, match="no devices"):
        rows_of()


@pytest.mark.parametrize(
    ("url", "addresses", "words"),
    [
        ("ftp://netbox.example", ["10.0.0.1"], "Write the address"),
        ("netbox.example", ["10.0.0.1"], "Write the address"),
        ("https://user:word@netbox.example", ["10.0.0.1"], "Write the address"),
        ("https://netbox.example:99999", ["10.0.0.1"], "Write the address"),
        ("https://netbox.example/?q=1", ["10.0.0.1"], "without question mark"),
        ("http://netbox.example", ["10.0.0.1"], "readable on the way"),
        ("http://netbox.example", ["127.0.0.1", "10.0.0.1"], "readable on the way"),
        ("https://metadata.example", ["169.254.169.254"], "cannot be a NetBox"),
        ("https://metadata.example", ["::ffff:169.254.169.254"], "cannot be a NetBox"),
        ("https://multicast.example", ["224.0.0.1"], "cannot be a NetBox"),
        ("https://any.example", ["0.0.0.0"], "cannot be a NetBox"),
        ("https://nowhere.example", [], "not found"),
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(url: str, addresses: list[str], words: str) -> None:
    with pytest.raises(ImportRefused, match=words):
        netbox.check_address(url, resolve=lambda _host, _port: addresses)


def test_a_name_is_asked_for_its_address_once_so_that_it_cannot_change_in_between() -> None:
    found = netbox.check_address(
        "https://netbox.example/dcim/api/dcim/devices/", resolve=lambda _h, _p: ["10.0.0.1", "10.0.0.2"]
    )
    assert (found.pinned, found.host, found.port, found.path) == ("10.0.0.1", "netbox.example", 443, "/dcim")


# A NetBox of our own


class FakeNetbox(ThreadingHTTPServer):
    """Lists devices page by page, or behaves as told."""

    devices: list[Any]
    behave: Callable[[BaseHTTPRequestHandler], bool]
    asked: list[str]
    tokens: list[str | None]


class _Handler(BaseHTTPRequestHandler):
    server: FakeNetbox

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.tokens.append(self.headers.get("Authorization"))
        if self.server.behave(self):
            return
        query = parse_qs(urlsplit(self.path).query)
        offset = int(query["offset"][0])
        # Its administrator allows pages of three only, and its own links name another host.
        page = self.server.devices[offset : offset + 3]
        more = offset + 3 < len(self.server.devices)
        link = "http://192.0.2.66/api/dcim/devices/?offset=3" if more else None
        answer(self, 200, {"count": len(self.server.devices), "next": link, "results": page})

    def log_message(self, *_arguments: Any) -> None:
        """Keep quiet."""


def answer(handler: BaseHTTPRequestHandler, status: int, data: Any, **headers: str) -> bool:
    body = json.dumps(data).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
    return True


@contextmanager
def running(
    *devices: Any, behave: Callable[[BaseHTTPRequestHandler], bool] = lambda _handler: False
) -> Iterator[tuple[str, FakeNetbox]]:
    server = FakeNetbox(("127.0.0.1", 0), _Handler)
    server.devices, server.behave, server.asked, server.tokens = list(devices), behave, [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_every_page_is_read_from_the_host_that_was_typed() -> None:
    devices = [entry(number) for number in range(8)]
    with running(*devices) as (url, server):
        assert netbox.fetch_devices(url, TOKEN, site="jkt") == devices
        assert [path.partition("?")[2] for path in server.asked] == [
            "limit=200&offset=0&site=jkt",
            "limit=200&offset=3&site=jkt",
            "limit=200&offset=6&site=jkt",
        ]
        assert set(server.tokens) == {f"Token {TOKEN}"}


def test_the_new_tokens_of_netbox_are_sent_as_bearer_tokens() -> None:
    with running(entry()) as (url, server):
        netbox.fetch_devices(url, "nbt_abc.def")
        assert server.tokens == ["Bearer nbt_abc.def"]


@pytest.mark.parametrize(
    ("behave", "words"),
    [
        (lambda it: answer(it, 401, {"detail": "no"}), "refuses this token"),
        (lambda it: answer(it, 403, {"detail": "no"}), "refuses this token"),
        (lambda it: answer(it, 404, {}), "no API of NetBox"),
        (lambda it: answer(it, 500, {}), "error of its own"),
        (lambda it: answer(it, 302, {}, Location="http://127.0.0.1:1/steal"), "sends on to another"),
        (lambda it: answer(it, 200, ["not", "an", "envelope"] * 400), "at most 1000"),
        (lambda it: answer(it, 200, {"results": "x"}), "not a list"),
        (lambda it: answer(it, 200, {"count": 5000, "next": None, "results": [entry()]}), "at most 1000"),
        (lambda it: bool(it.wfile.write(b"SSH-2.0-OpenSSH_9\r\n")), "cannot be reached"),
    ],
)
def test_an_answer_that_is_not_the_list_is_refused_in_words(
    behave: Callable[[BaseHTTPRequestHandler], bool], words: str
) -> None:
    with running(behave=behave) as (url, server):
        with pytest.raises(ImportRefused, match=words) as refused:
            netbox.fetch_devices(url, TOKEN)
        assert len(server.asked) == 1
    assert TOKEN not in repr(refused.value)


def test_a_huge_answer_is_not_swallowed() -> None:
    def pour(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(200):
                handler.wfile.write(b" " * 1_000_000)
        except OSError:
            pass
        return True

    with running(behave=pour) as (url, _), pytest.raises(ImportRefused, match="too large"):
        netbox.fetch_devices(url, TOKEN)


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\n"], ids=["silent", "in the middle of the head"])
def test_a_slow_netbox_is_given_up(drip: bytes) -> None:
    released = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> bool:
        handler.wfile.write(drip)
        handler.wfile.flush()
        released.wait(20)
        return True

    with running(behave=stall) as (url, _):
        try:
            with pytest.raises(ImportRefused, match="does not answer in time"):
                netbox.fetch_devices(url, TOKEN, seconds=0.3)
        finally:
            released.set()


@pytest.mark.parametrize("token", ["", " ", "a\nX-Evil: 1", "tökén", "a\x00"])
def test_a_token_that_would_break_the_request_is_refused(token: str) -> None:
    with running(entry()) as (url, server):
        with pytest.raises(ImportRefused, match="token"):
            netbox.fetch_devices(url, token)
        assert server.asked == []


# Pages


@pytest.fixture
def official(client: FlaskClient, sign_in: Callable[..., None], office: Office) -> FlaskClient:
    """The browser of an official who keeps devices."""
    sign_in(client, office.pelaksana)
    return client


def _payload(page: str) -> str:
    return page.partition('name="payload" value="')[2].partition('"')[0]


def test_only_what_was_ticked_is_added(official: FlaskClient, session: Session) -> None:
    make_site(session, code="JKT")
    content = json.dumps({"results": [entry(1), entry(2), entry(3, primary_ip=None)]}).encode()
    page = official.post(
        "/devices/import/netbox/file", data={"site": "JKT", "file": (io.BytesIO(content), "devices.json")}
    ).text
    assert "no primary IP address" in page
    assert session.scalars(select(Device)).all() == []
    sent = {"payload": _payload(page), "choosing": "1", "line": ["2"]}
    assert official.post("/devices/import/confirm", data=sent).status_code == 302
    assert [device.name for device in session.scalars(select(Device))] == ["sw-2"]


def test_a_known_name_is_changed_and_keeps_its_credentials(official: FlaskClient, session: Session) -> None:
    site = make_site(session, code="JKT")
    device = make_device(session, site=site, name="sw-1", address="192.0.2.99", snmp_port=161)
    content = json.dumps([entry(1)]).encode()
    page = official.post(
        "/devices/import/netbox/file", data={"site": "JKT", "file": (io.BytesIO(content), "x.json")}
    ).text
    official.post("/devices/import/confirm", data={"payload": _payload(page), "choosing": "1", "line": "1"})
    session.refresh(device)
    assert (device.address, device.platform) == ("192.0.2.2", "cisco_ios")


def test_the_api_is_read_and_its_token_is_kept_nowhere(
    official: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    make_site(session, code="JKT")
    with running(entry(1), entry(2)) as (url, _):
        page = official.post(
            "/devices/import/netbox/api", data={"site": "JKT", "url": url, "token": TOKEN}
        ).text
    assert "192.0.2.3" in page
    act = session.scalars(select(Event).where(Event.kind == "netbox_read")).one()
    assert act.data == {"host": "127.0.0.1", "devices": 2}
    assert TOKEN not in page
    assert TOKEN not in caplog.text


def test_a_refusal_stands_on_the_page_without_the_token(official: FlaskClient, session: Session) -> None:
    make_site(session, code="JKT")
    with running(behave=lambda it: answer(it, 401, {})) as (url, _):
        page = official.post(
            "/devices/import/netbox/api", data={"site": "JKT", "url": url, "token": TOKEN}
        ).text
    assert "refuses this token" in page
    assert TOKEN not in page
    broken = official.post(
        "/devices/import/netbox/file", data={"site": "JKT", "file": (io.BytesIO(b"x"), "x.json")}
    ).text
    assert "not JSON" in broken


@pytest.mark.parametrize("letter", ["\ud800", "\x00", "\u202e", "\x1b"])
def test_letters_that_no_text_has_break_no_preview(
    official: FlaskClient, session: Session, letter: str
) -> None:
    make_site(session, code="JKT")
    devices = [entry(1, name=f"sw{letter}1"), entry(2, name=f"x{letter}", primary_ip=None)]
    devices.append(entry(3, serial=f"A{letter}B", name="sw-3"))
    answer = official.post(
        "/devices/import/netbox/file",
        data={"site": "JKT", "file": (io.BytesIO(json.dumps(devices).encode()), "x.json")},
    )
    assert answer.status_code == 200
    assert letter not in answer.text
    sent = {"payload": _payload(answer.text), "choosing": "1", "line": ["1", "3"]}
    assert official.post("/devices/import/confirm", data=sent).status_code == 302
    added = {device.name for device in session.scalars(select(Device))}
    assert "sw-3" in added
    assert not any(letter in name for name in added)
