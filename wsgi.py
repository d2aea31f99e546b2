"""`app`: gunicorn and the flask command find it."""

from config import load_settings
from helpdesk.application import create_app

app = create_app(load_settings())
