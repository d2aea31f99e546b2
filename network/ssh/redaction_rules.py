"""The tables of the redaction: what is masked where."""

import re
from typing import Final, NamedTuple

HIDDEN: Final = "<secret hidden>"
REMOVED: Final = "<secret removed>"


class Rule(NamedTuple):
    """What is masked and what of it stays; tried on lines that hold what it needs, in small letters."""

    pattern: re.Pattern[str]
    replacement: str
    needs: str


_JSON_TEXT: Final = r'"(?:[^"\\]|\\.)*"'
_IN_JSON: Final = rf'{_JSON_TEXT}|\{{[^{{}}]*\}}|[^\s,"{{}}\[\]]+'
# What looks like a key is told by nothing that must stand in it.
_ANYWHERE: Final = ""


def _rules(*given: tuple[str, str, str]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern, re.IGNORECASE), shown, needs) for pattern, shown, needs in given)


# How the value that follows is written down: such a word counts when something follows it.
# No possessive quantifiers here: with them Python before 3.11.5 misses what it should find.
_FORM: Final = r"encrypted|cipher|simple|plaintext|localized|\d"
_WRITTEN: Final = rf"(?: +(?:{_FORM})(?= ))?"
_VALUE: Final = rf"(?!<|(?:{_FORM}|128|192|256) )\S+"
_AUTH: Final = rf"(?:md5|sha\S*){_WRITTEN}"
_PRIV: Final = rf"(?:des\S*|3des|aes\S*)(?: +(?:128|192|256)(?= ))?{_WRITTEN}"
_PRIV_NAME: Final = r"(?:3?des|aes)(?:-?(?:cfb)?-?\d+)?(?:-[a-z])?"
_TRAP_WORD: Final = r"traps?|informs?|version +v?(?:1|2c|3)|(?:no)?auth|priv|(?:use-)?vrf +\S+|udp-port +\d+"
_TRAP_WORDS: Final = rf"(?:(?:{_TRAP_WORD}|community) +)*"
_TRAP_VALUE: Final = rf"(?!<|(?:{_TRAP_WORD}|community) +)\S"

# Not the value of an authentication but the word before its key, which the sensitive words know.
_KEY_WORD: Final = (
    r"<|(?:\d+ +)?key(?:-?(?:string|chain|id))? "
    r"|(?:cipher|simple|plain(?:text)?|auth-pass|priv(?:acy)?|hmac\S*) "
)

# Values that no word of a secret announces: of routing and tunnels, and of accounts by their place.
UNANNOUNCED: Final = _rules(
    (
        r"(\bauthentication(?:-mode)? +(?:text|simple|(?:meticulous-)?keyed-(?:md5|sha1))(?: +\d+)? +)"
        r"(?!<|(?:cipher|plain(?:text)?) )\S+",
        rf"\1{HIDDEN}",
        "authentication",
    ),
    (
        rf"(\b(?:standby|glbp|vrrp)(?: +\d+)? +authentication +)(?!md5\b|text\b|{_KEY_WORD})\S+",
        rf"\1{HIDDEN}",
        "authentication",
    ),
    (r"(\bnhrp +authentication +)(?!<)\S+", rf"\1{HIDDEN}", "nhrp"),
    (r"(\bspi +(?:0x)?[\da-f]+ +)(?!<)\S.*$", rf"\1{HIDDEN}", "spi"),
    (r"(\bencryption +\S+ +\d,)(?!<)\S+", rf"\1{HIDDEN}", "encryption"),
    (r"(\b(?:auth|priv)-pass +(?:(?:cipher|plain)text +)?)(?!<)\S+", rf"\1{HIDDEN}", "-pass"),
    (rf"^(\s*snmp-server +user +\S+.* priv +)(?!<|{_PRIV_NAME} )\S+", rf"\1{HIDDEN}", " priv "),
    (r"^(\s*(?:create +snmp|snmp-server) +group +)(?!<)\S+(?= +v[12]c?\b)", rf"\1{HIDDEN}", "snmp"),
    (
        r"^(\s*user(?:name| +name)? +\S+ +privilege +\S+ +(?:\d +)?)"
        r"(?!<|\d +|(?:secret|password|view|role|autocommand|access-class|one-time)\b)"
        r"(?!(?:nopassword|algorithm-type|ssh-?key)\b)\S+",
        rf"\1{HIDDEN}",
        "privilege",
    ),
    (r"^(\s*(?:local-user|user) +\S+ +)(?!<)\S+(?= +(?:portal|radius)\s*$)", rf"\1{HIDDEN}", "user "),
    (
        r"((?<![\w-])mgmt-user +(?!ssh-pubkey |webui-cacert )\S+ +(?!password\b)"
        r"(?:(?:root|guest-\S+|network-\S+|read-only|location-\S+) +)?)(?!<)\S+",
        rf"\1{HIDDEN}",
        "mgmt-user",
    ),
    (r"(\bmobility-manager +\S+ +user +\S+ +)(?!<)\S+", rf"\1{HIDDEN}", "mobility-manager"),
    (
        r"^(\s*(?:(?:master|local|conductor)ip +.*)?ipsec +)(?!<)(?=\S*\d)\S{6,}(?=\s*$| +interface\b)",
        rf"\1{HIDDEN}",
        "ipsec",
    ),
    (r"(\bservice +unsupported-transceiver +\S+ +)(?!<)\S+", rf"\1{HIDDEN}", "unsupported-transceiver"),
    (r"(\bset +(?:history\d|rsso) +)(?!<|(?:enable|disable)\b)\S.*$", rf"\1{HIDDEN}", "set"),
    (r"(\bpin +verify +(?:auto +)?)(?!<|auto\b)\S+", rf"\1{HIDDEN}", "verify"),
    (r"(\bsyscon +address +\S+ +)(?!<)\S+", rf"\1{HIDDEN}", "syscon"),
    (r"(?<=\s)(?![-<])\S+(?= +-encrypted\b)", HIDDEN, "-encrypted"),
)

# Masked inside a line, so that the rest of it stays readable.
EVERYWHERE: Final = UNANNOUNCED + _rules(
    (r"(\b[a-z][a-z0-9+.-]*://[^\s:/@\"]*):[^\s@/\"]+@", rf"\1:{REMOVED}@", "://"),
    (
        rf"(\bauth(?:entication(?:-mode)?)? +{_AUTH} +(?:\d,)?)(?!{_KEY_WORD}|\d,<){_VALUE}",
        rf"\1{HIDDEN}",
        "auth",
    ),
    (rf"(\bpriv +{_PRIV} +){_VALUE}", rf"\1{HIDDEN}", "priv "),
    (rf"(\bprivacy(?:-mode)? +{_PRIV} +){_VALUE}", rf"\1{HIDDEN}", "privacy"),
    (
        rf"^(\s*snmp-server +host +(?:domain +)?\S+ +{_TRAP_WORDS}){_TRAP_VALUE}+( +informs?\s*)$",
        rf"\1{HIDDEN}\2",
        "snmp-server",
    ),
    (
        rf"^(\s*snmp-server +host +(?:domain +)?\S+ +{_TRAP_WORDS}){_TRAP_VALUE}.*$",
        rf"\1{HIDDEN}",
        "snmp-server",
    ),
    (r"(/snmp community .*\bname=)(\"[^\"]*\"|\S+)", rf"\1{HIDDEN}", "snmp community"),
    # accounts of terminals behind an OLT: no word says that the third one is the password
    (r"(\busername +\S+ +enable +\S+ +)(?!<)\S+", rf"\1{HIDDEN}", " enable "),
    (r"(\buser_control +enable +\S+ +)(?!<)\S+", rf"\1{HIDDEN}", "user_control"),
    (r"(\bauthorization: *(?:basic|bearer) +)\S+", rf"\1{HIDDEN}", "authorization"),
    (
        r"(<[\w.:-]*(?:passw(?:or)?d|passphrase|secret|psk|key|community|token)[\w.:-]*(?: [^<>]*)?>)"
        r"(?!<)[^<>]+(?=</)",
        rf"\1{HIDDEN}",
        "</",
    ),
    # what looks like a hash, a cipher text or a key, wherever it stands
    (r"%\^%#.*?%\^%#|%@%@.*?%@%@|%\$%\$.*?%\$%\$|@%@%.*?@%@%", HIDDEN, "%"),
    (r"\$(?:1|1a|2[aby]?|5|6|8|9|14|sha\d+|y|[chi]\$\d)\$[^\s\";]+", HIDDEN, "$"),
    (r"(?<![\w:.])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{32,}(?![\w:.])", HIDDEN, _ANYWHERE),
    (r"\b(ssh-(?:rsa|dss|ed25519)) +[a-z0-9+/=]{40,}", rf"\1 {HIDDEN}", "ssh-"),
    (r"\b(ecdsa-\S+) +[a-z0-9+/=]{40,}", rf"\1 {HIDDEN}", "ecdsa-"),
    (r"(?<![\w/.+=-])(?=[a-z0-9+/=]*\d)[a-z0-9+]{20,}[a-z0-9+/]{20,}={0,2}(?![\w/.-])", HIDDEN, _ANYWHERE),
)

BY_PLATFORM: Final[dict[str, tuple[Rule, ...]]] = {
    "arista_eos": _rules((r"^(\s*snmp-server community ).*$", r"\1<configuration removed>", "snmp-server")),
    "cisco_ios": _rules((r"^(\s*snmp-server community +)(?!<)\S+(?= |$)", rf"\1{HIDDEN}", "snmp-server")),
    "juniper_junos": _rules((r"(\bpassword +)(?!<)(?:\"[^\"]*\"|[^\s;]+);.*$", rf"\1{REMOVED};", "password")),
    "tnsr": _rules(
        (r"^(\s*snmp community +)community-name +\S+", r"\1<configuration removed>", "community-name")
    ),
    # The archive of these cards leaves such settings out, names and all: a history goes on without a break.
    "eatonnetwork": _rules(
        (
            rf'"(?:passphrase|proxyPassword|defaultPassword)"(\s*:\s*)(?:{_IN_JSON})',
            rf'"{HIDDEN}"\1"{HIDDEN}"',
            "pass",
        ),
        (rf'"proxyUsername"(\s*:\s*)(?:{_IN_JSON})', rf'"{HIDDEN}"\1"{HIDDEN}"', "proxyusername"),
    ),
    "tplink": _rules((r"^(\s*user name +\S+ +privilege +\S+ +)(?!<).*$", rf"\1{HIDDEN}", "user name")),
}
for _same_as_ios in ("cisco_iosxe", "cisco_nxos", "cisco_asa", "ruijie"):
    BY_PLATFORM[_same_as_ios] = BY_PLATFORM["cisco_ios"]

# After one of these words the rest of the line is masked, understood or not.
SENSITIVE_WORD: Final = re.compile(
    r"(?<![A-Za-z0-9<])(?<!</)(?:"
    r"[\w-]{0,40}(?:passw(?:or)?d|secret|psk)[\w-]*|[\w-]{0,40}pass-?phrase[\w-]*|[\w-]{1,40}[-_]pass|passcode|pwd|ppk|pmk"
    r"|pswd|admpw|authstring|pre-?shared?|(?:[\w-]{0,40}-)?encrypted|ciphertext|(?:plain|clear)text"
    r"|community(?:-?(?:name|string|map))?|comm-tbl|(?:hmac|md5-?|aes-?|wep|auth|priv|e)key"
    r"|key-?string|keystring|(?:pre-?shared|shared|private|auth(?:entication)?|priv(?:acy)?|encryption|master|session|api"
    r"|access|wep|wpa|server|ntp|host|peer|radius|tacacs|ike|isakmp|local|remote|md5|cookie|crypto)-?_?keys?"
    r"|message-digest-key|plaintext-\w+|irreversible-cipher|cipher|c[iy]phered|cypher(?:text)?|(?<!-)simple|(?<!-)plain|ENC|localizedkey|[\w-]{0,20}token|credentials?"
    r"|key|hash(?:ed)?|target-host|trap-?community|snmp-agent community"
    r")(?=[\s=:\"'<>;,\]]|$)",
    re.IGNORECASE,
)
# Names that archives of configurations and monitors have for a platform: people type those.
ALSO_CALLED: Final[dict[str, str]] = {
    "ios": "cisco_ios",
    "iosxe": "cisco_iosxe",
    "nxos": "cisco_nxos",
    "asa": "cisco_asa",
    "eos": "arista_eos",
    "junos": "juniper_junos",
    "rgos": "ruijie",
    "aosw": "arubaos",
    "arubainstant": "arubaos",
}
# Lines that speak about secrets and hold none.
HARMLESS_LINE: Final = re.compile(
    r"^\s*(?:no |undo |unset |set )?(?:"
    r"service password-encryption|password[- ](?:encryption|control|policy|recovery|aging|strength)\b[\w -]*"
    r"|crypto key (?:generate|zeroize)\b.*|ip (?:ssh|http)\b(?!.*(?:passw|secret|key-?string|key-?hash)).*"
    r"|aaa (?:authentication|authorization|accounting)\b.*"
    r"|key[- ]?chain [\w-]+"
    r"|security passwords [\w-]+ \d+"
    r"|ssh (?:server|client) \S+ [\w, -]+"
    r"|key \d{1,3}"
    r")\s*$",
    re.IGNORECASE,
)
# Communities of routes are no secrets.
OF_ROUTES: Final = re.compile(r"\b(?:community-list|send-community|ip community)\b", re.IGNORECASE)
# The name of a program's build looks like a hash and is none.
BUILD_LINE: Final = re.compile(
    r"^\s*!?\s*build (?:sha|commit id|uuid)\s*:\s*[0-9a-f-]+(?:dirty)?\s*$", re.IGNORECASE
)
# What may follow a sensitive word without being a secret.
HARMLESS_REST: Final = re.compile(
    r"^(?:$|[;{}\[\]\"'()]+$|(?:enable|enabled|disable|disabled|yes|no|true|false|none|on|off|never)[;\"']?$"
    r"|[a-z]+://\S*<secret removed>@\S*$)",
    re.IGNORECASE,
)
# A value whose way of writing, whose end and whatever follows it are understood: only the value is masked.
UNDERSTOOD: Final = re.compile(
    r"(?P<written>(?:(?:hash|encrypted|cipher|simple|plain(?:text)?|ascii-text|cleartext|sha\d*|md5|ENC) +)*)"
    rf"(?:{HIDDEN}|\"[^\"]*\"|'[^']*'|[^\s\"']+)"
    r"(?P<rest>[\"';,]*(?: +(?:ro|rw|read-only|read-write|(?:un)?restricted|operator|manager|informs?|traps?"
    r"|usertype +[\w-]+|rekey_interval +\d+|user_control +disable))*[ \r]*)$",
    re.IGNORECASE,
)
# The value of a key in JSON ends where its string or number ends, and the line goes on.
JSON_VALUE: Final = re.compile(
    r"\"\s*:\s*(\"(?:[^\"\\]|\\.)*\"|\[[^\[\]{}]*\]|[^\s,\"{}\[\]]+|(?=\{|\[\s*[\[{]))"
)
# A password that JSON holds as an object: each text in it is secret, by any name; numbers are a policy's.
JSON_SECRET_OBJECT: Final = re.compile(
    rf"\"[\w-]{{0,40}}(?:passw(?:or)?d|pass-?phrase|secret|psk)[\w-]{{0,40}}\"\s*:\s*\{{(?:{_JSON_TEXT}|[^{{}}\"])*\}}",
    re.IGNORECASE,
)
JSON_TEXT_VALUE: Final = re.compile(rf"(:\s*)(?!\"\"){_JSON_TEXT}")
# Other marks, where the archives of that make have them: a history then goes on without a break.
MARKS: Final[dict[str, str]] = {"arubaos": REMOVED, "netgear": "<hidden>"}
SECRET_DATA_MARK: Final = "## SECRET-DATA"  # noqa: S105  the mark of Junos, not a secret

# Blocks that are masked whole: how they begin, and how they end.
BLOCKS: Final = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        (r"-----BEGIN [A-Z0-9 ]+-----", r"-----END [A-Z0-9 ]+-----"),
        (r"^\s*certificate (?:self-signed|ca|[0-9a-f]{2,})\b", r"^\s*quit\s*$"),
        (
            r"^\s*(?:public-key-code|key-string)\s*(?:begin)?\s*$",
            r"^\s*(?:public-key-code end|exit|quit)\s*$",
        ),
    )
)
INLINE_PEM: Final = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?-----END [A-Z0-9 ]+-----")
BANNER: Final = re.compile(r"^\s*banner +(?:[\w-]+ +)?(\^C|[^\s\w<])", re.IGNORECASE)
# Sections whose `name` is the community itself: FortiOS, RouterOS.
COMMUNITY_SECTION: Final = re.compile(
    r"^\s*config system snmp community\b|^/snmp community\s*$", re.IGNORECASE
)
COMMUNITY_SECTION_END: Final = re.compile(r"^(?:\s{0,3}end\s*$|/)", re.IGNORECASE)
COMMUNITY_NAME: Final = re.compile(r"(\bset name +|\bname=)(\"[^\"]*\"|\S+)", re.IGNORECASE)
# No rule of this file masks a line that holds none of these, in whatever case, and no word of this length: a
# new rule adds what it begins with. Looking for them first is what makes a long text cheap. None of them
# holds a digit: lines that differ in digits alone are looked at once.
TRIGGERS: Final = (
    *("pass", "pswd", "admpw", "pwd", "pmk", "psk", "ppk", "secret", "preshare", "pre-share", "community"),
    *(
        "key",
        "plain",
        "simple",
        "cipher",
        "cypher",
        "enc",
        "token",
        "credential",
        "hash",
        "target-host",
        "auth",
        "priv",
    ),
    *("snmp", "comm-tbl", "://", "$", "%^%#", "%@%@", "@%@%", "ssh-", "ecdsa", "user", "-----begin"),
    *("certificate", "banner", "spi", "ipsec", "unsupported-transceiver", "history", "rsso", "verify"),
    "syscon",
)
LONG_WORD_LENGTH: Final = 32
