"""Every named failure in one plain sentence, in Indonesian and English."""

from typing import Final

LANGUAGES: Final = ("id", "en")

# code: (Indonesian, English). {detail} is filled where the failure carries one.
MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "unreachable": (
        "Tidak ada jawaban dari perangkat: periksa alamat, port, atau community.",
        "No answer from the device: check the address, the port or the community.",
    ),
    "parent_unreachable": (
        "Tidak dapat dijangkau lewat perangkat di depannya, yang juga tidak menjawab.",
        "Cannot be reached through the device in front of it, which gives no answer either.",
    ),
    "connection_refused": (
        "Alamat dapat dijangkau, tetapi tidak ada layanan pada port tersebut.",
        "The address can be reached, but nothing listens on that port.",
    ),
    "network_unreachable": (
        "Tidak ada rute jaringan menuju alamat tersebut.",
        "There is no network route to that address.",
    ),
    "name_not_found": (
        "Nama host tidak ditemukan di DNS.",
        "The host name was not found in DNS.",
    ),
    "wrong_credentials": (
        "Perangkat menjawab, tetapi menolak kredensial yang diberikan.",
        "The device answers, but refuses the credentials given.",
    ),
    "unsupported_security": (
        "Perangkat tidak mendukung tingkat atau algoritma keamanan SNMPv3 yang diminta.",
        "The device does not support the SNMPv3 security level or algorithm asked for.",
    ),
    "no_credentials": (
        "Tidak ada kredensial untuk perangkat ini.",
        "There are no credentials for this device.",
    ),
    "unknown_platform": (
        "Jenis perangkat tidak dikenal; hanya data standar yang dibaca.",
        "The platform is not known; only the standard data were read.",
    ),
    "timeout_budget": (
        "Waktu yang disediakan habis; data yang sudah terbaca disimpan.",
        "The time budget ran out; what had been read is kept.",
    ),
    "truncated": (
        "Sebagian tabel tidak terbaca lengkap.",
        "A table was not read to its end.",
    ),
    "agent_error": (
        "Agen SNMP perangkat menjawab dengan kesalahan.",
        "The SNMP agent of the device answered with an error.",
    ),
    "host_key_unknown": (
        "Kunci host SSH belum dikonfirmasi; pastikan sidik jarinya lalu setujui.",
        "The SSH host key is not confirmed yet; check its fingerprint, then approve it.",
    ),
    "host_key_changed": (
        "Kunci host SSH berubah; pengambilan dihentikan sampai diperiksa oleh administrator.",
        "The SSH host key has changed; collection stops until an administrator has checked it.",
    ),
    "no_common_key_exchange": (
        "Perangkat hanya menawarkan algoritma SSH lama yang tidak diizinkan.",
        "The device offers only old SSH algorithms that are not allowed.",
    ),
    "login_timeout": (
        "Perangkat tidak menyelesaikan proses masuk pada waktunya; kata sandi belum tentu salah.",
        "The device did not finish the sign-in in time; the password is not necessarily wrong.",
    ),
    "session_throttled": (
        "Perangkat menutup sambungan SSH sebelum menyapa; jumlah sesi yang diizinkannya mungkin sudah penuh.",
        "The device closed the SSH connection before it said anything; it may have no session left.",
    ),
    "login_stopped": (
        "Perangkat telah menolak kredensial SSH; kredensial tidak dicoba lagi sampai seseorang menanganinya.",
        "The device has refused the SSH credential; it is not tried again until a person sees to it.",
    ),
    "unexpected_prompt": (
        "Prompt perangkat tidak dikenali, sehingga perintah tidak dijalankan.",
        "The prompt of the device was not recognised, so no command was run.",
    ),
    "driver_would_change": (
        "Sesi dihentikan: pustaka SSH hendak mengirim baris di luar daftarnya.",
        "The session was stopped: the SSH library wanted to send a line that is not on its list.",
    ),
    "command_timeout": (
        "Perintah tidak selesai pada waktunya; teks yang sudah diterima disimpan dan ditandai.",
        "The command did not finish in time; the text received is kept and marked.",
    ),
    "connection_closed": (
        "Perangkat memutus sambungan di tengah pengambilan.",
        "The device closed the connection in the middle.",
    ),
    "command_refused": (
        "Perintah ini tidak ada dalam daftar perintah yang diizinkan untuk platform ini.",
        "This command is not on the list of allowed commands of the platform.",
    ),
    "protocol_error": (
        "Perangkat menjawab dengan cara yang tidak sesuai protokol.",
        "The device answered in a way the protocol does not allow.",
    ),
    "facts_from_commands": (
        "Sebagian data dibaca dari keluaran perintah, bukan dari SNMP.",
        "Some facts were read from commands and not over SNMP.",
    ),
    "incomplete_output": (
        "Keluaran perintah tidak lengkap: baris akhirnya tidak ada.",
        "The output of the command is not complete: its last line is missing.",
    ),
}


def describe_failure(code: str, language: str = "en", detail: str | None = None) -> str:
    """Return the sentence for a failure code in the language asked for, English when unknown."""
    indonesian, english = MESSAGES.get(code, (code, code))
    sentence = indonesian if language.startswith("id") else english
    return f"{sentence} ({detail})" if detail else sentence
