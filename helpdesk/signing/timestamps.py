"""Asks a time-stamp authority (RFC 3161) over HTTP, with a limit on time and on size."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

SECONDS = 5.0
ANSWER_MAXIMUM = 256 * 1024
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class UrlTimeStamper(TimeStamper):
    """An authority behind an address."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._seconds = url, seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send the question and return the answer, or raise TimestampRequestError."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        request = urllib.request.Request(  # noqa: S310  # the settings take http and https only
            self._url, data=question, headers={"Content-Type": QUERY, "Accept": REPLY}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as answer:  # noqa: S310
                kind = answer.headers.get_content_type()
                content = answer.read(ANSWER_MAXIMUM + 1)
        except (urllib.error.URLError, OSError, ValueError) as error:
            raise TimestampRequestError("no answer") from error
        if kind != REPLY or len(content) > ANSWER_MAXIMUM:
            raise TimestampRequestError("no time stamp in the answer")
        try:
            return tsp.TimeStampResp.load(content, strict=True)
        except ValueError as error:
            raise TimestampRequestError("the answer cannot be read") from error
