"""HTTP for the operator's mail server: what came back."""

from __future__ import annotations

from aiohttp import hdrs, web

from control.errors import TooLarge
from control.http.metrics import METRICS
from control.http.wire import Access, Endpoint, Mail, no_content, now, read_mail
from control.notifications.bounces import Bounce, BounceService

MOST_BYTES = 1024 * 1024


def endpoints(service: BounceService) -> list[Endpoint]:
    async def bounce(request: web.Request) -> web.Response:
        """Answer alike whatever it is: an error would have it sent again, for days."""
        service.admit(request.headers.get(hdrs.AUTHORIZATION, ""))
        try:
            raw = await read_mail(request, MOST_BYTES)
            result = await service.take(raw, now=now(request))
        except TooLarge:
            result = Bounce.TOO_LARGE
        request.app[METRICS].bounces.labels(result.value).inc()
        return no_content()

    return [
        Endpoint(
            "POST", "/api/mail/bounces", bounce,
            "Take a message that came to an address for bounces, as it came",
            Access.SERVER, Mail(), {204: None}, ("401 bad_token",),
        ),
    ]  # fmt: skip
