"""How often one address may ask."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# Counted in each process's memory: with several web processes the limit is per process (README, "for real").
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")
