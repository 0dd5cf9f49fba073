"""SMS by any gateway Apprise knows, each message in a thread with limits on its time.

Apprise says yes or no; why not is in what it logs, which is caught here and goes nowhere else,
since it may quote numbers. A no that took as long as waiting for an answer lasts may have been
taken all the same: it is not sent again, as nobody could tell the second from the first.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from control.errors import ConfigError
from control.notifications.model import (
    DELIVERED,
    UNKNOWN,
    Failure,
    Outcome,
    Parcel,
    later,
    refused,
)

TO = "{to}"
EXAMPLE_NUMBER = "+390612345678"
CONNECT_S = 4.0
ANSWER_S = 10.0
SEND_S = 30.0  # for a whole message, DNS among it
THREADS = 2
STATUS = re.compile(r"error=(\d{3})\b")
OF_LOGIN = (401, 402, 403)  # who we are, or what we have paid
FOR_LATER = (408, 425, 429)


class AppriseGateway:
    """Hands SMS to the gateway of an Apprise URL; implements `Gateway`.

    Args:
        url: With `{to}` where the number belongs, as `twilio://SID:token@+39…/{to}`.

    Raises:
        ConfigError: Apprise cannot use it; the text never quotes it.
    """

    def __init__(self, url: str, setting: str, *, answer_s: float = ANSWER_S) -> None:
        self._url = url
        self._answer_s = answer_s
        self._log = _Caught()
        if TO not in url:
            raise ConfigError(f"{setting} must have {TO} where the phone number belongs")
        if self._service(EXAMPLE_NUMBER) is None:
            raise ConfigError(f"{setting} is no URL that Apprise can use")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sms")

    async def send(self, parcel: Parcel) -> Outcome:
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._send, parcel)
        try:
            async with asyncio.timeout(SEND_S):
                return await work
        except TimeoutError:
            return UNKNOWN

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, parcel: Parcel) -> Outcome:
        service = self._service(parcel.to)
        if service is None:
            return refused(Failure.NO_SUCH_ADDRESS)
        self._log.begin()
        began_at = time.monotonic()
        try:
            is_taken = service.notify(body=parcel.text)
        except Exception:  # whatever one of a hundred gateways' adapters may do
            return UNKNOWN
        took_s = time.monotonic() - began_at
        return DELIVERED if is_taken else self._judge(self._log.said(), took_s)

    def _judge(self, said: str, took_s: float) -> Outcome:
        """Say what a no means."""
        found = STATUS.search(said)
        if found is None:
            return UNKNOWN if took_s >= self._answer_s else later(Failure.NO_ANSWER)
        status = int(found[1])
        if status in OF_LOGIN:
            return later(Failure.GATEWAY)
        if 400 <= status < 500 and status not in FOR_LATER:
            return refused(Failure.REFUSED)
        return later(Failure.NO_ANSWER)

    def _service(self, number: str) -> Any:
        """Return Apprise's own adapter for this number; None when it reads no URL from it."""
        import apprise  # takes a second and 30 MB, which who sends no SMS need not spend

        url = self._url.replace(TO, quote(number, safe=""))
        service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if service is not None:
            service.socket_connect_timeout = CONNECT_S
            service.socket_read_timeout = self._answer_s
        return service


class _Caught(logging.Handler):
    """Takes what Apprise logs, by thread, and keeps it from every other log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._here = threading.local()
        logger = logging.getLogger("apprise")
        logger.handlers = [self]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
        logging.getLogger("urllib3").setLevel(logging.ERROR)  # its lines hold paths

    def begin(self) -> None:
        self._here.said = []

    def said(self) -> str:
        return "\n".join(self._here.said)

    def emit(self, record: logging.LogRecord) -> None:
        said = getattr(self._here, "said", None)
        if said is not None:
            said.append(record.getMessage())
