"""E-mail by SMTP: plain text with an HTML twin, nothing loaded and nothing tracked.

What a server answers decides: 5xx about the recipient or the text is final, 4xx and silence are
tried again (RFC 5321, 4.2.1). When the connection breaks after the text, nobody knows whether it
was taken; then RFC 5321, 6.1 prefers a second copy to none, and ours has the same Message-ID.
What a server takes may still come back: with a `ReturnPath` the envelope says where to, and asks
servers that can (DSN, RFC 3461) to say so by an envelope id, and without the text. DKIM is the
relay's.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from control.errors import ConfigError
from control.notifications.model import DELIVERED, Failure, Outcome, Parcel, later, refused
from control.notifications.reports import reason_of
from control.notifications.return_path import ReturnPath

STEP_S = 15.0  # for one answer of the server
SEND_S = 60.0  # for a whole message; half of what a claim lasts
PORTS = {"smtp": 587, "smtps": 465}
LIKE = "must look like smtp://user:password@mail.example:587 or smtps://…"
STARTTLS: dict[str, bool | None] = {"always": True, "auto": None, "never": False}
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail leaves, and how."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    use_tls: bool
    start_tls: bool | None
    """True: or not at all; None: where the server offers it."""


def read_url(url: str, setting: str) -> SmtpServer:
    """Read `smtp://user:password@host:587?starttls=always|auto|never`, or `smtps://…`.

    Without `starttls`, encryption is needed unless the server is this machine.

    Raises:
        ConfigError: With text for the operator that never quotes the URL.
    """
    try:
        parts = urlsplit(url)
        port, query = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ConfigError(f"{setting} {LIKE}") from None
    host, use_tls = parts.hostname, parts.scheme == "smtps"
    asked = query.pop("starttls", ["auto" if _is_here(host) else "always"])[-1]
    if parts.scheme not in PORTS or not host or query or parts.path.strip("/"):
        raise ConfigError(f"{setting} {LIKE}")
    if asked not in STARTTLS:
        raise ConfigError(f"{setting}: starttls must be one of {', '.join(STARTTLS)}")
    username = unquote(parts.username) if parts.username else None
    if username and not use_tls and not _is_here(host) and asked != "always":
        raise ConfigError(f"{setting}: a password needs smtps:// or starttls=always")
    return SmtpServer(
        host=host,
        port=port or PORTS[parts.scheme],
        username=username,
        password=unquote(parts.password) if parts.password else None,
        use_tls=use_tls,
        start_tls=False if use_tls else STARTTLS[asked],
    )


class SmtpGateway:
    """Hands messages to one SMTP server, a connection each; implements `Gateway`.

    Args:
        sender: The address they come from.
        return_path: Where they come back to; None: to the sender, and nobody is told.
    """

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        *,
        return_path: ReturnPath | None = None,
        step_s: float = STEP_S,
    ) -> None:
        self._server = server
        self._sender = sender
        self._return_path = return_path
        self._step_s = step_s

    async def send(self, parcel: Parcel) -> Outcome:
        client = self._client()
        try:
            message = compose(parcel, self._sender)
            async with asyncio.timeout(SEND_S):
                await client.connect()
                await self._hand_over(client, parcel, message)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            return judge(error)
        finally:
            client.close()
        return DELIVERED

    def close(self) -> None:
        """Nothing stays open between messages."""

    async def _hand_over(
        self, client: aiosmtplib.SMTP, parcel: Parcel, message: EmailMessage
    ) -> None:
        sender, of_mail, of_recipient = self._sender, [], []
        if self._return_path is not None:
            sender = self._return_path.address(parcel.id)
            if await _offers_dsn(client):
                of_mail = ["RET=HDRS", f"ENVID={self._return_path.token(parcel.id)}"]
                of_recipient = ["NOTIFY=FAILURE,DELAY"]
        await client.send_message(
            message,
            sender=sender,
            recipients=[_deliverable(parcel.to)],
            mail_options=of_mail,
            rcpt_options=of_recipient,
        )

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.use_tls,
            start_tls=server.start_tls,
            local_hostname=_domain(self._sender),
            timeout=self._step_s,
        )


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """Make the e-mail; a line break in a header raises `ValueError` and never leaves."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(display_name=parcel.sender_name, addr_spec=sender)
    username, _, domain = _deliverable(parcel.to).rpartition("@")
    message["To"] = Address(username=username, domain=domain)  # takes any script, unlike addr_spec
    message["Subject"] = parcel.subject
    message["Date"] = format_datetime(parcel.written_at)
    message["Message-ID"] = f"<{parcel.id}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: answering machines stay quiet
    message.set_content(parcel.text)
    message.add_alternative(as_html(parcel.text), subtype="html")
    return message


def as_html(text: str) -> str:
    """Return the same text as HTML: paragraphs and links, nothing from elsewhere."""
    paragraphs = [_with_links(part) for part in re.split(r"\n\s*\n", text.strip())]
    body = "".join(f"<p>{part}</p>" for part in paragraphs)
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"></head>'
        f'<body style="font:16px/1.5 sans-serif">{body}</body></html>\n'
    )


def judge(error: Exception) -> Outcome:
    """Say what an error of the way means for the message."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return judge(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPSenderRefused):
        return later(Failure.GATEWAY)  # the operator can mend it
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        if not 500 <= error.code < 600:
            return later(Failure.NO_ANSWER)
        is_about_address = isinstance(error, aiosmtplib.SMTPRecipientRefused)
        return refused(reason_of(error.message, error.code if is_about_address else None))
    if isinstance(error, ssl.SSLError):
        return later(Failure.GATEWAY)
    if isinstance(error, ValueError) or "SMTPUTF8" in str(error):
        return refused(Failure.REFUSED)  # an address or a text that has no form there
    if isinstance(error, aiosmtplib.SMTPNotSupported) or type(error) is aiosmtplib.SMTPException:
        return later(Failure.GATEWAY)  # it offers no STARTTLS, or no login
    return later(Failure.NO_ANSWER)


def _with_links(paragraph: str) -> str:
    parts, end = [], 0
    for found in LINK.finditer(paragraph):
        link = html.escape(found[0])
        parts += [html.escape(paragraph[end : found.start()]), f'<a href="{link}">{link}</a>']
        end = found.end()
    return "".join([*parts, html.escape(paragraph[end:])]).replace("\n", "<br>")


async def _offers_dsn(client: aiosmtplib.SMTP) -> bool:
    if client.is_ehlo_or_helo_needed:
        with contextlib.suppress(aiosmtplib.SMTPHeloError):  # then HELO follows, and no options
            await client.ehlo()
    return client.supports_extension("dsn")


def _deliverable(address: str) -> str:
    """Return the address with its domain as DNS has it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _is_here(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
