#!/bin/sh
# Finds a Python that is new enough and hands over to bootstrap.py. Usage: tools/bootstrap.sh run|pg|test|e2e …
# PYTHON=/path/to/python chooses one.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13 python3.14; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        exec "$candidate" -I "$here/bootstrap.py" "$@"
    fi
done

found=$(python3 --version 2>/dev/null || echo "-")
echo "Diperlukan Python 3.11 atau lebih baru (ditemukan: $found). Pasang dengan: sudo apt install python3 python3-venv" >&2
echo "Python 3.11 or newer is needed (found: $found). Install it with: sudo apt install python3 python3-venv" >&2
exit 1
