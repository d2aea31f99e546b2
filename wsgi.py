"""`app`: gunicorn and the flask command find it."""

import sys

from flask import Flask

from config import load_settings
from helpdesk.application import create_app
from helpdesk.errors import DomainError

# What gunicorn takes as "this will never start": it ends instead of trying for ever.
BOOT_ERROR = 3


def start() -> Flask:
    """Build the application, or end with the sentence that says what stands in the way."""
    try:
        return create_app(load_settings())
    except DomainError as error:
        sys.stderr.write(f"disposisi: {error}\n")
        raise SystemExit(BOOT_ERROR) from None


app = start()
