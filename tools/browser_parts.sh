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
need openssh-server sshd
need poppler-utils pdftotext

if [ -n "$missing" ]; then
    echo "Uji peramban memerlukan bagian sistem yang belum ada. Pasang dengan: sudo apt install$missing" >&2
    echo "The browser tests need system parts that are missing. Install them with: sudo apt install$missing" >&2
    exit 1
fi
