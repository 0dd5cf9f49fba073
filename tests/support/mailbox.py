"""A real SMTP server for tests, in the same event loop, that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE_S = 20.0
TAKEN = "250 OK"
DSN_PARAMETERS = ("RET", "ENVID", "NOTIFY", "ORCPT")
CLOSE = "close"
"""Takes the text and hangs up without an answer."""
SILENCE = "silence"
"""Takes the text and never answers."""


@dataclass  # without slots: aiosmtpd reads every attribute, `__weakref__` too (Python 3.11.2)
class Mailbox:
    """What has arrived, and what the server will say; each answer is used once, then `TAKEN`."""

    url: str = ""
    answers_to_rcpt: list[str] = field(default_factory=list)
    answers_to_data: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    """All that was given in full, taken or not."""
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """The envelope's, as `recipients` is."""
    offers_dsn: bool = False
    options: list[str] = field(default_factory=list)
    """Of MAIL and RCPT for reports of delivery (RFC 3461), in capitals."""
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, count: int) -> EmailMessage:
        """Wait until so many have arrived, and return the last."""
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(lambda: len(self.letters) >= count)
        return self.letters[count - 1]

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-DSN"] if self.offers_dsn else []), responses[-1]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.senders.append(address)
        envelope.mail_from = address
        return TAKEN

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.recipients.append(address)
        answer = self.answers_to_rcpt.pop(0) if self.answers_to_rcpt else TAKEN
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        async with self.arrived:
            self.letters.append(message)
            self.arrived.notify_all()
        answer = self.answers_to_data.pop(0) if self.answers_to_data else TAKEN
        if answer in (CLOSE, SILENCE):
            if answer == CLOSE:
                assert server.transport is not None
                server.transport.close()
            await asyncio.Event().wait()  # until the connection ends
        return answer


class Server(SMTP):
    """One that knows the parameters of DSN, which aiosmtpd refuses."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(mailbox, hostname="mail.test", enable_SMTPUTF8=True)
        self._mailbox = mailbox

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        read: dict[str, str | bool] | None = super()._getparams(params)
        if read is None or not self._mailbox.offers_dsn:
            return read
        known = [name for name in read if name in DSN_PARAMETERS]
        self._mailbox.options += [f"{name}={read.pop(name)}" for name in known]
        return read


@asynccontextmanager
async def smtp_server() -> AsyncIterator[Mailbox]:
    """Run a server on a free port of this machine."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def connect() -> SMTP:
        connections.append(Server(mailbox))
        return connections[-1]

    server = await loop.create_server(connect, "127.0.0.1", 0)
    mailbox.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield mailbox
    finally:
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.close()
        tasks = [one._handler_coroutine for one in connections if one._handler_coroutine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
