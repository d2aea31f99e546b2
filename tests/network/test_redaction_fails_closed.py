"""No secret survives the redaction; harmless lines do."""

import pytest

from network.ssh.redaction import redact

HIDDEN_VALUE = "RaHaSiA9x7"


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("cisco_ios", "enable secret 5 $1$abcd$RaHaSiA9x7"),
        ("cisco_ios", "username admin privilege 15 secret 9 RaHaSiA9x7"),
        ("cisco_ios", " password 7 RaHaSiA9x7"),
        ("cisco_ios", "snmp-server community RaHaSiA9x7 RO 10"),
        ("cisco_ios", "snmp-server host 10.1.1.1 version 2c RaHaSiA9x7"),
        ("cisco_ios", "snmp-server user u g v3 auth sha RaHaSiA9x7 priv aes 128 RaHaSiA9x7"),
        ("cisco_ios", " key-string RaHaSiA9x7"),
        ("cisco_ios", "tacacs-server key RaHaSiA9x7"),
        ("cisco_ios", "radius server X key 7 RaHaSiA9x7"),
        ("cisco_ios", "crypto isakmp key RaHaSiA9x7 address 10.0.0.1"),
        ("cisco_ios", " neighbor 10.0.0.1 password RaHaSiA9x7"),
        ("cisco_ios", " ip ospf message-digest-key 1 md5 RaHaSiA9x7"),
        ("cisco_ios", "archive path ftp://backup:RaHaSiA9x7@10.0.0.9/x"),
        ("huawei_vrp", " local-user a password irreversible-cipher RaHaSiA9x7"),
        ("huawei_vrp", "snmp-agent community read cipher %^%#RaHaSiA9x7%^%#"),
        ("hp_comware", " password hash $h$6$RaHaSiA9x7"),
        ("hp_comware", "snmp-agent community read RaHaSiA9x7"),
        ("juniper_junos", 'set system root-authentication encrypted-password "$6$RaHaSiA9x7"'),
        ("juniper_junos", '    pre-shared-key ascii-text "RaHaSiA9x7"; ## SECRET-DATA'),
        ("fortinet", "    set psksecret ENC RaHaSiA9x7"),
        (
            "fortinet",
            'config system snmp community\n    edit 1\n        set name "RaHaSiA9x7"\n    next\nend',
        ),
        ("mikrotik_routeros", "/ppp secret add name=a password=RaHaSiA9x7"),
        ("mikrotik_routeros", "/interface wireless security-profiles set wpa2-pre-shared-key=RaHaSiA9x7"),
        ("mikrotik_routeros", "/snmp community\nset [ find default=yes ] name=RaHaSiA9x7"),
        ("mikrotik_routeros", "/ip ipsec identity add secret=a\\\n    RaHaSiA9x7"),
        ("hp_procurve", 'snmp-server community "RaHaSiA9x7" unrestricted'),
        ("aruba_aoscx", "snmp-server host 10.0.0.1 trap version v2c community RaHaSiA9x7"),
        ("arista_eos", "snmp-server community RaHaSiA9x7 ro"),
        ("linux_netsnmp", "rocommunity: community RaHaSiA9x7"),
        ("linux_netsnmp", "wpa-psk RaHaSiA9x7"),
        (None, "-----BEGIN RSA PRIVATE KEY-----\nRaHaSiA9x7\n-----END RSA PRIVATE KEY-----"),
        (None, "-----BEGIN RSA PRIVATE KEY-----\nRaHaSiA9x7\nnever ends"),
        (None, "Authorization: Bearer RaHaSiA9x7"),
        (None, "banner motd ^C\nsandi: RaHaSiA9x7\n^C"),
        (None, "some-vendor new-secret-option RaHaSiA9x7"),
    ],
)
def test_a_planted_secret_does_not_survive(platform, line):
    assert HIDDEN_VALUE not in redact(line, platform)
    # Neither when the platform is not known, nor with Windows line ends.
    assert HIDDEN_VALUE not in redact(line, None)
    assert HIDDEN_VALUE not in redact(line.replace("\n", "\r\n"), platform)


@pytest.mark.parametrize(
    "line",
    [
        "hostname sw-inti-jkt",
        "service password-encryption",
        "interface GigabitEthernet1/0/1",
        " description ke rt-wan-jkt ge-0/0/1",
        " ip address 10.20.0.2 255.255.255.0",
        "GigabitEthernet1/0/1 is up, line protocol is up",
        "     1234 packets input, 5678 bytes, 0 no buffer",
        "aaa authentication login default local",
        " neighbor 10.0.0.1 send-community both",
        "ip community-list 1 permit 65000:1",
        "crypto key generate rsa modulus 2048",
        "end",
        "System serial number            : LAB1929J01A",
        "uptime is 4 weeks, 2 days",
    ],
)
def test_a_harmless_line_is_left_alone(line):
    assert redact(line, "cisco_ios") == line


def test_a_line_is_kept_up_to_the_sensitive_word():
    assert redact("username budi privilege 1 secret 5 xyz", "cisco_ios") == (
        "username budi privilege 1 secret <secret hidden>"
    )
    assert redact("snmp-server community abc RO", "cisco_ios") == "snmp-server community <secret hidden> RO"


def test_redacting_twice_changes_nothing_more():
    text = "snmp-server community abc RO\nenable secret 5 xyz\nftp://a:b@c/d\n"
    once = redact(text, "cisco_ios")
    assert redact(once, "cisco_ios") == once
