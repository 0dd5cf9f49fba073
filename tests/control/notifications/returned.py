"""What mail servers send to an envelope sender, as Postfix, Exim and Exchange Online shape it."""

from __future__ import annotations

TO = "bounces+token@practice.test"
ALEX = "alex@example.org"
HEADERS = "From: Dr. Rossi <visavis@practice.test>\nTo: alex@example.org\nMessage-ID: <1@x.test>\n"


def postfix(
    to: str = TO,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <alex@example.org>: Recipient address rejected: User unknown",
    envelope_id: str | None = None,
    returned: str = f"Content-Type: text/rfc822-headers\n\n{HEADERS}",
) -> bytes:
    """As Postfix 3 writes it and hands it to a command: returned with headers alone (RET=HDRS)."""
    envid = "" if envelope_id is None else f"Original-Envelope-Id: {envelope_id}\n"
    return f"""\
Return-Path: <>
X-Original-To: {to}
Delivered-To: {to}
Received: by mail.practice.test (Postfix)
\tid 4Yb1cd2x3z; Mon,  2 Mar 2026 10:00:03 +0100 (CET)
Date: Mon,  2 Mar 2026 10:00:03 +0100 (CET)
From: MAILER-DAEMON@mail.practice.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4Yb1cd1x3y.1772442003/mail.practice.test"
Content-Transfer-Encoding: 8bit
Message-Id: <20260302090003.4Yb1cd2x3z@mail.practice.test>

This is a MIME-encapsulated message.

--4Yb1cd1x3y.1772442003/mail.practice.test
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mail.practice.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<alex@example.org>: host mx.example.org[192.0.2.7] said: see below

--4Yb1cd1x3y.1772442003/mail.practice.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.practice.test
{envid}X-Postfix-Queue-ID: 4Yb1cd1x3y
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Mon,  2 Mar 2026 10:00:01 +0100 (CET)

Final-Recipient: rfc822; alex@example.org
Original-Recipient: rfc822;alex@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: {said}

--4Yb1cd1x3y.1772442003/mail.practice.test
Content-Description: Undelivered Message Headers
{returned}
--4Yb1cd1x3y.1772442003/mail.practice.test--
""".encode()


def exim(
    to: str = TO, *, said: str = "smtp; 550 5.1.1 User unknown", status: str = "5.0.0"
) -> bytes:
    """As Exim 4 writes it: a status that says little, the whole message returned."""
    return f"""\
Return-path: <>
Envelope-to: {to}
Delivery-date: Mon, 02 Mar 2026 10:00:03 +0100
Received: from Debian-exim by mail.practice.test with local (Exim 4.96)
\tid 1r8abc-0001Xy-2Q for {to}; Mon, 02 Mar 2026 10:00:03 +0100
X-Failed-Recipients: alex@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.practice.test>
To: {to}
References: <1@x.test>
Content-Type: multipart/report; report-type=delivery-status; boundary=1772442003-eximdsn-1234
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1772442003-eximdsn-1234
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error.

--1772442003-eximdsn-1234
Content-type: message/delivery-status

Reporting-MTA: dns; mail.practice.test

Action: failed
Final-Recipient: rfc822;alex@example.org
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: {said}

--1772442003-eximdsn-1234
Content-type: message/rfc822

Return-path: <{to}>
{HEADERS}
Hello Alex,
--1772442003-eximdsn-1234--
""".encode()


def exchange(to: str = TO, *, status: str = "5.1.10", said: str | None = None) -> bytes:
    """As Exchange Online writes it: HTML first, lines ended by CR LF, nothing in X- headers."""
    why = said or f"smtp;550 {status} RESOLVER.ADR.RecipientNotFound; Recipient not found"
    text = f"""\
From: Microsoft Outlook
\t<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>
To: <{to}>
Date: Mon, 2 Mar 2026 09:00:03 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="5af1c2d3-0000-4000-8000-1f0a6c7d8e9f"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <a1b2c3@example.org>
In-Reply-To: <1@x.test>
Subject: Undeliverable: You can come in now
Auto-Submitted: auto-replied
MIME-Version: 1.0

--5af1c2d3-0000-4000-8000-1f0a6c7d8e9f
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="11112222-0000-4000-8000-333344445555"

--11112222-0000-4000-8000-333344445555
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to alex@example.org couldn't be delivered.

--11112222-0000-4000-8000-333344445555
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body>{"<p>=20</p>" * 2000}</body></html>

--11112222-0000-4000-8000-333344445555--

--5af1c2d3-0000-4000-8000-1f0a6c7d8e9f
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;mail.practice.test
Arrival-Date: Mon, 2 Mar 2026 09:00:02 +0000

Final-Recipient: rfc822;alex@example.org
Action: failed
Status: {status}
Diagnostic-Code: {why}

--5af1c2d3-0000-4000-8000-1f0a6c7d8e9f
Content-Type: message/rfc822

{HEADERS}
Hello Alex,
--5af1c2d3-0000-4000-8000-1f0a6c7d8e9f--
"""
    return text.replace("\n", "\r\n").encode()


def absent(to: str = TO) -> bytes:
    """As an answering machine writes, RFC 3834."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
From: Alex <alex@example.org>
To: {to}
Subject: Automatic reply: You can come in now
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Action: failed
Status: 5.1.1
I am away until Monday; perch\xe9?
""".encode("latin-1")


def read_receipt(to: str = TO) -> bytes:
    """As a mail program says that a message was read, RFC 8098."""
    return f"""\
To: {to}
Subject: Read: You can come in now
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary=x

--x
Content-Type: message/disposition-notification

Disposition: manual-action/MDN-sent-manually; displayed
Action: failed
Status: 5.1.1

--x--
""".encode()
