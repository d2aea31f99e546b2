"""The rules of health are data: checked when read, judged with hysteresis, silent about what was not read."""

from dataclasses import replace

import pytest

from network import BadRules, Failure, judge, load_rules, shipped_rules
from network.facts import Alarm, BgpPeer, OspfNeighbour, PowerSupply, UpsStatus
from network.health.rulebook import parse_rules
from network.observations import Interface, Neighbour, Processor, Snapshot, SystemFacts, TargetSummary
from tests.factories.moments import MORNING


def port(name="Gi1", index=1, **values):
    defaults = {"admin_status": "up", "oper_status": "up", "speed_bps": 1_000_000_000, "counter_bits": 64}
    counters = {"in_octets": 0, "out_octets": 0, "in_errors": 0, "out_errors": 0}
    return Interface(index=index, name=name, **{**defaults, **counters, **values})


def snapshot(*ports, uptime=1000, failures=(), **parts):
    return Snapshot(
        target=TargetSummary(name="sw1", address="192.0.2.1", snmp_port=161, ssh_port=None),
        taken_at=MORNING,
        duration_ms=1,
        complete=not failures,
        platform="cisco_ios",
        system=SystemFacts(description="x", uptime_seconds=uptime, agent_uptime_seconds=uptime),
        interfaces=ports,
        failures=tuple(failures),
        **parts,
    )


def keys(judgement):
    return {(one.rule, one.object) for one in judgement.bad}


def busy(percent):
    return snapshot(port(), processors=(Processor(name="CPU", usage_percent=percent),))


def test_a_value_between_the_two_limits_changes_nothing():
    rule = shipped_rules()["processor"]
    assert (rule.threshold, rule.clear) == (85, 75)
    was_bad = frozenset({("processor", "CPU")})
    assert not keys(judge(busy(80)))
    assert keys(judge(busy(80), is_open=was_bad)) == was_bad
    assert judge(busy(75), is_open=was_bad).is_over("processor", "CPU")


def test_what_was_not_read_is_neither_bad_nor_over():
    blind = replace(
        snapshot(port(), failures=(Failure.of("truncated", "processors", stopped_by="deadline"),)),
        processors=(),
    )
    was_bad = frozenset({("processor", "CPU")})
    judgement = judge(blind, is_open=was_bad)
    assert ("processor", "CPU") not in keys(judgement)
    assert not judgement.is_over("processor", "CPU")


def test_a_silent_device_is_judged_by_its_silence_alone():
    silent = replace(snapshot(failures=(Failure.of("unreachable", "snmp"),)), system=SystemFacts())
    judgement = judge(silent, snapshot(port()), is_open=frozenset({("port_went_down", "Gi1")}))
    assert keys(judgement) == {("unreachable", "sw1")}
    assert judgement.judged == {"unreachable"}


def test_a_port_stays_down_until_it_is_up_or_shut_by_a_person():
    down = snapshot(port(oper_status="down"))
    fell = frozenset({("port_went_down", "Gi1")})
    assert keys(judge(down, snapshot(port(), uptime=900))) == fell
    assert keys(judge(down, down)) == set()
    assert keys(judge(down, down, is_open=fell)) == fell
    shut = snapshot(port(oper_status="down", admin_status="down"))
    assert judge(shut, down, is_open=fell).is_over("port_went_down", "Gi1")


def test_errors_are_not_over_where_the_counters_were_reset():
    before = snapshot(port(in_errors=900), uptime=5000)
    after = snapshot(port(in_errors=3), uptime=10)
    assert not judge(after, before, is_open=frozenset({("errors", "Gi1")})).is_over("errors", "Gi1")


def test_peers_neighbours_power_battery_and_alarms_are_judged():
    before = snapshot(
        port(),
        bgp_peers=(BgpPeer(address="10.0.0.1", state="established"),),
        ospf_neighbours=(OspfNeighbour(address="10.0.0.2", router_id="2.2.2.2", state="full"),),
        neighbours=(Neighbour(protocol="lldp", local_interface="Gi1", remote_name="rt", remote_port="1"),),
    )
    after = snapshot(
        port(),
        uptime=1300,
        bgp_peers=(BgpPeer(address="10.0.0.1", state="active"),),
        power=(PowerSupply(name="PSU 1", status="failed"), PowerSupply(name="PSU 2", status="ok")),
        ups=UpsStatus(source="battery"),
        alarms=(Alarm(name="Fan", severity="major"),),
    )
    found = judge(after, before)
    assert keys(found) == {
        ("bgp_peer_lost", "10.0.0.1"),
        ("ospf_neighbour_lost", "2.2.2.2"),
        ("neighbour_lost", "Gi1 → rt"),
        ("power", "PSU 1"),
        ("on_battery", "sw1"),
        ("alarm", "Fan"),
    }
    for one in found.bad:
        assert one.object in one.describe("id")
        assert one.object in one.describe("en")
    again = judge(replace(after, taken_at=MORNING), after, is_open=frozenset(keys(found)))
    assert keys(again) == keys(found)


def test_an_office_replaces_rules_one_by_one(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n"
        "- {code: processor, severity: critical, threshold: 50, only: '^CPU$',\n"
        "   title: {id: Beban, en: Load}, text: {id: 'Beban {object}', en: 'Load of {object}'}}\n"
        "- {code: incomplete, severity: information, enabled: false,\n"
        "   title: {id: a, en: b}, text: {id: a, en: b}}\n"
    )
    book = load_rules(file)
    assert set(book) == set(shipped_rules())
    assert keys(judge(busy(60), rules=book)) == {("processor", "CPU")}
    other = snapshot(port(), processors=(Processor(name="line card", usage_percent=99),))
    assert not keys(judge(other, rules=book))
    partial = snapshot(port(), failures=(Failure.of("truncated", "arp"),))
    assert not keys(judge(partial, rules=book))


WORDS = "title: {id: a, en: b}, text: {id: a, en: b}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rules: 3", "a list named `rules` is missing"),
        ("rules: [", "x.yaml"),
        (f"rules: [{{code: processor, severity: loud, {WORDS}}}]", "rule 1: severity"),
        (f"rules: [{{code: processor, severity: warning, hold: 0, {WORDS}}}]", "hold"),
        (f"rules: [{{code: processor, severity: warning, threshold: 1, clear: 2, {WORDS}}}]", "better side"),
        (f"rules: [{{code: processor, severity: warning, only: '(', {WORDS}}}]", "regular expression"),
        (
            "rules: [{code: processor, severity: warning, title: {id: a, en: b},"
            " text: {id: '{object.x}', en: b}}]",
            "may hold only",
        ),
        (f"rules: [{{code: storage, severity: warning, colour: red, {WORDS}}}]", "colour"),
    ],
)
def test_a_bad_file_of_rules_says_where_and_why(text, reason):
    with pytest.raises(BadRules, match=r"x\.yaml") as refused:
        parse_rules(text, "x.yaml")
    assert reason in str(refused.value)


def test_a_rule_that_nothing_judges_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(f"rules: [{{code: moon_phase, severity: warning, {WORDS}}}]")
    with pytest.raises(BadRules, match="no snapshot is judged by moon_phase"):
        load_rules(file)
