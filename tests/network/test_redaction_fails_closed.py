"""No secret survives the redaction; harmless lines do."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from network import list_platforms
from network.ssh import redaction, redaction_rules
from network.ssh.redaction import redact
from network.ssh.redaction_rules import BY_PLATFORM, LONG_WORD_LENGTH

HIDDEN_VALUE = "RaHaSiA9x7"


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("cisco_ios", "enable secret 5 $1$abcd$RaHaSiA9x7"),
        ("cisco_ios", "username admin privilege 15 secret 9 RaHaSiA9x7"),
        ("cisco_ios", " password 7 RaHaSiA9x7"),
        ("cisco_ios", "snmp-server community RaHaSiA9x7 RO 10"),
        ("cisco_ios", "snmp-server host 10.1.1.1 version 2c RaHaSiA9x7"),
        ("cisco_ios", "snmp-server  host 10.1.1.1 RaHaSiA9x7"),
        ("cisco_ios", " c\u0131pher RaHaSiA9x7"),
        ("cisco_ios", " C\u0130PHER RaHaSiA9x7"),
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
        ("netgear", 'snmp user "admin" "AUTH" auth md5 encrypted RaHaSiA9x7'),
        (None, "snmp-server host domain trap.example version 2c community RaHaSiA9x7"),
        (None, "onu 1 pri username boss enable admin RaHaSiA9x7 user_control enable user RaHaSiA9x7"),
        (None, '{"proxyPassword":"RaHaSiA9x7","firmwareVersion":"2.3"}'),
        (None, '{"apiKeys":{"token":["RaHaSiA9x7","b"]},"version":1}'),
        (None, '{"pin":{"password":"a\\"RaHaSiA9x7"}}'),
        (None, '{"ca":[{"data":"-----BEGIN CERTIFICATE-----\\nRaHaSiA9x7\\n-----END CERTIFICATE-----"}]}'),
        (None, "username x password RaHaSiA9x7 encryption-type aes level 15 encrypted"),
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
        # redundancy, routing and tunnels: the key follows the way of authenticating
        " standby 1 authentication @",
        " standby 1 authentication text @",
        " vrrp 10 authentication text @",
        "    authentication text @",
        " vrrp vrid 1 authentication-mode md5 @",
        " ntp-service authentication-keyid 1 authentication-mode md5 @",
        " bfd authentication keyed-md5 1 @",
        " ip nhrp authentication @",
        " area 0 authentication ipsec spi 256 sha1 @",
        " ipv6 ospf encryption ipsec spi 256 esp aes-cbc 128 @ sha1 @",
        "ike authentication pre-share @",
        "set ike gateway x address 192.0.2.1 Main preshare @ proposal y",
        # SNMPv3 users
        "snmp-server user u g v3 auth sha @ priv @",
        "snmp-server user u g v3 priv aes128 auth sha 7 @",
        "snmp-server user u auth md5 0x@ priv 0x@ localizedkey",
        "snmpv3 user u auth sha auth-pass ciphertext @ priv aes priv-pass ciphertext @",
        "snmp-agent usm-user v3 u g authentication-mode md5 @ privacy-mode aes128 @",
        'configure snmpv3 add user u authentication sha "@" privacy aes "@"',
        # communities under other names
        "snmp-server mib community-map @ context c",
        "snmp-server group @ v2c read v",
        "create snmp group @ v2c read_view v",
        'communityString "@"',
        "snmp comm-tbl @ @",
        # accounts whose password is known by its place only
        "username u privilege 15 @",
        "username u privilege 15 9 @",
        "mgmt-user u root @",
        "mgmt-user u @ read-only",
        "mobility-manager 192.0.2.1 user u @",
        "user u @ portal",
        "add system user u @ -encrypted",
        'create account admin u encrypted "@"',
        "syscon address 192.0.2.1 @",
        # words that are built of known ones
        "admpw @",
        "pswd @",
        "smtp-pass 4,@",
        "authentication sha1 4,@",
        "encryption aes 4,@",
        'hmackey="@"',
        "authtoken=@",
        "license smart register idtoken @",
        "sap pmk @ mode-list gcm-encrypt",
        "pin verify auto @",
        "set history0 @",
        "localip 0.0.0.0 ipsec @",
        "service unsupported-transceiver Joe @",
        # values that begin as words of the command line do
        "snmp-server user u g v3 auth sha plain@ priv aes@",
        "snmp-server user u g v3 auth sha key-@ priv aes 128 128@",
        "authentication text plain@",
        " standby 1 authentication md5@",
        "username u privilege 15 ssh@",
        "snmp-server host 192.0.2.1 version 2c traps@",
        "snmp-server host 192.0.2.1 informs version 2c @ informs",
    ],
)
def test_a_secret_that_no_word_announces_does_not_survive(line):
    assert HIDDEN_VALUE not in redact(line.replace("@", HIDDEN_VALUE), None)
    assert HIDDEN_VALUE not in redact(line.replace("@", HIDDEN_VALUE), "cisco_ios")


@pytest.mark.parametrize(
    "line",
    [
        "  standby 1 authentication md5 key-chain KUNCI-HSRP",
        " ip ospf authentication message-digest",
        " authentication pre-share",
        " authentication mode md5",
        "snmp-server group pemantau v3 priv read semua",
        "username u privilege 15 role network-admin",
        "aaa authentication login default group tacacs+ local",
        "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac",
        " set security-association lifetime seconds 3600",
        " passive-interface default",
        "logging history size 100",
    ],
)
def test_a_line_that_only_tells_how_to_authenticate_stays(line):
    assert redact(line, "cisco_ios") == line


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
        " police-simple rate-percent 60 64 conform-action transmit",
        "security passwords min-length 8",
        "Build SHA    : 51920eb359caf6584f995926dea7a99242bab059",
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


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("snmp-server community abc ro", "snmp-server community <secret hidden> ro"),
        ("mgmt-user a password hash 0f1e usertype read-only", None),
        (
            "set interfaces wireguard wg0 private-key 'abc='",
            "set interfaces wireguard wg0 private-key '<secret hidden>'",
        ),
        ("aes shared_key abc rekey_interval 0", "aes shared_key <secret hidden> rekey_interval 0"),
        (
            "snmp-server host 10.0.0.1 version 2c abc inform",
            "snmp-server host 10.0.0.1 version 2c <secret hidden> inform",
        ),
        ("<snmp_password>abc</snmp_password>", "<snmp_password><secret hidden></snmp_password>"),
        ('{"password":"abc","version":"1"}', '{"password":"<secret hidden>","version":"1"}'),
        ('{"password":{"minimum":8},"version":"1"}', '{"password":{"minimum":8},"version":"1"}'),
        (
            '{"secret":{"plaintext":null,"held":"a},b\\"c","age":3},"version":"1"}',
            '{"secret":{"plaintext":null,"held":"<secret hidden>","age":3},"version":"1"}',
        ),
        ('  "cyphered": "abc",', '  "cyphered": "<secret hidden>",'),
    ],
)
def test_what_is_understood_stays_readable_around_the_mask(line, masked):
    assert redact(line) == (masked or "mgmt-user a password hash <secret hidden> usertype read-only")


def test_a_make_whose_archives_have_another_mark_keeps_it():
    once = redact("snmp-server community abc ro", "arubaos")
    assert once == "snmp-server community <secret removed> ro"
    assert redact(once, "arubaos") == once


def test_what_the_archive_of_a_make_leaves_out_goes_with_its_name():
    text = '{"passphrase":"abc","a":{"proxyUsername":{"plaintext":null,"cyphered":"def"},"version":"2.2"}}'
    hidden = '"<secret hidden>":"<secret hidden>"'
    assert redact(text, "eatonnetwork") == f'{{{hidden},"a":{{{hidden},"version":"2.2"}}}}'


FORMS = (
    "enable secret {}",
    "username x privilege 15 password 7 {}",
    " neighbor 10.0.0.1 password {}",
    "snmp-server community {} RW 12",
    "snmp-server host 10.1.1.1 traps version 2c {} config",
    "snmp-server user u g v3 auth sha512 {} priv aes 256 {}",
    " ip ospf message-digest-key 1 md5 7 {}",
    "local-user a password irreversible-cipher {}",
    "set psksecret ENC {}",
    "/ppp secret add name=a password={} service=l2tp",
    "set system login user a authentication plain-text-password-value {}",
    'pre-shared-key ascii-text "{}"; ## SECRET-DATA',
    '"{{"wifiPassword": "{}", "band": 5}}"',
    '{{"wifiPassword": "{}", "band": 5}}',
    "tacacs-server host 10.0.0.9 key 7 {}",
    "<password>{}</password>",
    "vpn-psk={}",
)
# A secret that is a word of the language itself cannot be told from it.
_OF_THE_LANGUAGE = re.compile(r"-encrypted.*|community|encrypted|plaintext|localized", re.IGNORECASE)
WORDS = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#%^&*()_+=.,/-", min_size=8, max_size=24
).filter(lambda word: not word.startswith("<") and not _OF_THE_LANGUAGE.fullmatch(word))


@example("snmp-server user u g v3 auth sha512 {} priv aes 256 {}", "00000,00", None)
@example("snmp-server user u g v3 auth sha512 {} priv aes 256 {}", "7,rahasia", None)
@given(st.sampled_from(FORMS), WORDS, st.sampled_from([None, *sorted(BY_PLATFORM)]))
def test_no_planted_secret_of_any_form_survives(form, secret, platform):
    line = form.format(secret, secret)
    assume(secret not in form)
    masked = redact(line, platform)
    assert secret not in masked
    assert redact(masked, platform) == masked


NOISE = st.sampled_from(
    [
        *("interface Gi1", " description ke gedung B", "  5 minute input rate 0 bits/sec", "!", "end", ""),
        *(
            "Encapsulation ARPA, loopback not set",
            "set psksecret ENC rahasia",
            "ENC rahasia",
            "ENCrahasia ENC: rahasia",
            "banner motd ^C",
            "masuk\u017f",
            "^C",
            "config system snmp community",
        ),
        *(
            "    edit 1",
            '        set name "publik"',
            "-----BEGIN CERTIFICATE-----",
            "MIIB",
            "-----END CERTIFICATE-----",
        ),
        *(
            "pa\u017fsword rahasia",
            "PASSWORD rahasia",
            "\u212aEY rahasia",
            "C\u0130PHER rahasia",
            "c\u0131pher rahasia",
            "snmp-server  host 10.0.0.1  rahasia",
            "key-string",
            "  quit",
            "a" * 40 + "1",
            "0f" * 20,
        ),
    ]
)
FILLED = st.builds(lambda form, word: form.format(word, word), st.sampled_from(FORMS), WORDS)


def _tried_everywhere(rules):
    return tuple(rule._replace(needs="") for rule in rules)


def _every_line(text):
    return range(text.count("\n") + 1), "x" * LONG_WORD_LENGTH


TEXTS = st.lists(st.one_of(NOISE, FILLED, st.text(max_size=20)), max_size=12)


@given(TEXTS, st.sampled_from([None, *sorted(BY_PLATFORM)]))
def test_looking_for_what_rules_begin_with_spares_no_line_that_they_would_mask(lines, platform):
    text = "\n".join(lines)
    quick = redact(text, platform)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redaction, "_suspect_lines", _every_line)
        patch.setattr(redaction, "EVERYWHERE", _tried_everywhere(redaction.EVERYWHERE))
        tried = {code: _tried_everywhere(rules) for code, rules in BY_PLATFORM.items()}
        patch.setattr(redaction, "BY_PLATFORM", tried)
        assert redact(text, platform) == quick


def test_nothing_that_rules_begin_with_or_need_holds_a_digit():
    rules = [*redaction_rules.EVERYWHERE, *(rule for rules in BY_PLATFORM.values() for rule in rules)]
    looked_for = [*redaction_rules.TRIGGERS, *(rule.needs for rule in rules)]
    assert [part for part in looked_for if re.search(r"\d", part)] == []


@pytest.mark.parametrize(
    "line",
    [
        "password " * 20_000,
        "key" * 100_000,
        "auth md5 " * 20_000,
        '"key":' * 40_000,
        "-----BEGIN " * 20_000,
        "$1$" * 60_000,
    ],
    ids=["password", "key", "auth", "json", "begin", "hash"],
)
@pytest.mark.timeout(60)
def test_a_long_line_of_almost_secrets_comes_to_an_end(line):
    assert isinstance(redact(line), str)


def test_no_rule_has_a_possessive_quantifier_which_early_python_3_11_matches_wrongly():
    rules = [*redaction_rules.EVERYWHERE, *(rule for rules in BY_PLATFORM.values() for rule in rules)]
    patterns = [rule.pattern.pattern for rule in rules]
    patterns += [value.pattern for value in vars(redaction_rules).values() if isinstance(value, re.Pattern)]
    assert len(patterns) > 40
    assert [pattern for pattern in patterns if re.search(r"[?*+}]\+|\(\?>", pattern)] == []


@pytest.mark.parametrize(("name", "platform"), redaction_rules.ALSO_CALLED.items())
def test_a_platform_is_known_by_the_names_that_other_programs_have_for_it(name, platform):
    text = 'snmp-server community RaHaSiA9x7 ro\n "ftp://u@h/" password "RaHaSiA9x7";\nenable secret x'
    assert redact(text, name) == redact(text, platform)
    assert platform in list_platforms()
