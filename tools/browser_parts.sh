#!/bin/sh
# Names the system parts that the browser tests need and this machine lacks, with the one command that adds them.
set -eu
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing=""
need() { # need PACKAGE PROGRAM…: one of the programs must be there
    package=$1
    shift
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 && return 0
    done
    missing="$missing $package"
}
need chromium chromium chromium-browser google-chrome
need snmpd snmpd
need snmp snmptrap
need openssh-server sshd
need frr vtysh
need poppler-utils pdftotext
need softhsm2 softhsm2-util
# The driver of the browser that playwright brings is linked against it; a bare Debian lacks it.
ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || missing="$missing libatomic1"

# Ubuntu's own package of chromium is a snap; apt has none of that name.
case "$missing" in
*" chromium"*)
    if grep -qs '^ID=ubuntu' /etc/os-release; then
        missing=$(printf '%s' "$missing" | sed 's/ chromium//')
        echo "Peramban chromium belum ada. Pasang dengan: sudo snap install chromium" >&2
        echo "The browser chromium is missing. Install it with: sudo snap install chromium" >&2
        [ -n "$missing" ] || exit 1
    fi
    ;;
esac

if [ -n "$missing" ]; then
    echo "Uji peramban memerlukan bagian sistem yang belum ada. Pasang dengan: sudo apt install$missing" >&2
    echo "The browser tests need system parts that are missing. Install them with: sudo apt install$missing" >&2
    exit 1
fi
