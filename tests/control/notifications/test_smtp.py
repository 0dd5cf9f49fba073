"""E-mail to a real SMTP server: what arrives, and what its answers mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest

from control.errors import ConfigError
from control.notifications.model import DELIVERED, Failure, Outcome, later, refused
from control.notifications.return_path import ReturnPath
from control.notifications.smtp import SmtpGateway, as_html, compose, read_url
from tests.control.notifications.letters import parcel
from tests.support import mailbox
from tests.support.mailbox import Mailbox

SENDER = "visavis@practice.test"
SETTING = "VISAVIS_SMTP_URL"


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with mailbox.smtp_server() as running:
        yield running


def gateway(post: Mailbox, step_s: float = 5.0) -> SmtpGateway:
    return SmtpGateway(read_url(post.url, SETTING), SENDER, step_s=step_s)


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


async def test_an_email_arrives_as_text_and_as_html(post: Mailbox) -> None:
    assert (
        await gateway(post).send(parcel(subject="Può entrare ora", text="Sì: <b>\n")) == DELIVERED
    )
    letter = await post.until(1)
    assert post.recipients == ["alex@example.org"]
    assert letter["From"] == f'"Dr. Rossi" <{SENDER}>'
    assert letter["To"] == "alex@example.org"
    assert letter["Subject"] == "Può entrare ora"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == parcel().written_at
    assert letter.get_content_type() == "multipart/alternative"
    assert part(letter, "plain") == "Sì: <b>\n"
    assert "<p>Sì: &lt;b&gt;</p>" in part(letter, "html")


@pytest.mark.parametrize("offers_dsn", [True, False])
async def test_the_envelope_names_the_message_where_bounces_are_read(
    post: Mailbox, offers_dsn: bool
) -> None:
    post.offers_dsn = offers_dsn
    return_path = ReturnPath("bounces+{token}@practice.test", bytes(32), "")
    server = read_url(post.url, SETTING)
    sending = SmtpGateway(server, SENDER, return_path=return_path)
    assert await sending.send(parcel()) == DELIVERED
    assert post.senders == [return_path.address(parcel().id)]
    assert (await post.until(1))["From"].addresses[0].addr_spec == SENDER
    if not offers_dsn:
        assert post.options == []
        return
    ret, envelope_id, notify = post.options
    assert (ret, notify) == ("RET=HDRS", "NOTIFY=FAILURE,DELAY")
    assert return_path.message_id(envelope_id.partition("=")[2]) == parcel().id


async def test_the_envelope_is_the_senders_where_they_are_not(post: Mailbox) -> None:
    post.offers_dsn = True
    await gateway(post).send(parcel())
    assert (post.senders, post.options) == ([SENDER], [])


async def test_every_try_has_the_same_message_id(post: Mailbox) -> None:
    post.answers_to_data = ["451 4.7.1 greylisted"]
    assert await gateway(post).send(parcel()) == later(Failure.NO_ANSWER)
    assert await gateway(post).send(parcel(attempts=2)) == DELIVERED
    first, second = post.letters
    assert first["Message-ID"] == second["Message-ID"] == f"<{'0' * 32}@practice.test>"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such mailbox", refused(Failure.NO_SUCH_ADDRESS)),
        ("550 no such mailbox", refused(Failure.NO_SUCH_ADDRESS)),
        ("552 5.2.2 mailbox full", refused(Failure.MAILBOX_FULL)),
        ("550 5.7.1 your address is on a list", refused(Failure.REFUSED)),
        ("554 no", refused(Failure.REFUSED)),
        ("450 4.2.0 try later", later(Failure.NO_ANSWER)),
    ],
)
async def test_the_answer_about_a_recipient_decides(
    post: Mailbox, answer: str, outcome: Outcome
) -> None:
    post.answers_to_rcpt = [answer]
    assert await gateway(post).send(parcel()) == outcome
    assert post.letters == []


@pytest.mark.parametrize("answer", ["554 5.7.1 looks like spam", "550 looks like spam"])
async def test_a_refused_text_is_final(post: Mailbox, answer: str) -> None:
    post.answers_to_data = [answer]
    assert await gateway(post).send(parcel()) == refused(Failure.REFUSED)


@pytest.mark.parametrize("answer", [mailbox.CLOSE, mailbox.SILENCE])
async def test_a_server_that_takes_the_text_and_says_nothing_is_asked_again(
    post: Mailbox, answer: str
) -> None:
    post.answers_to_data = [answer]
    assert await gateway(post, step_s=0.2).send(parcel()) == later(Failure.NO_ANSWER)


async def test_a_server_that_is_not_there_is_asked_again() -> None:
    async with mailbox.smtp_server() as gone:
        pass
    assert await gateway(gone).send(parcel()) == later(Failure.NO_ANSWER)


async def test_a_password_for_a_server_without_login_is_for_the_operator(post: Mailbox) -> None:
    post.url = post.url.replace("//", "//visavis:secret@")
    assert await gateway(post).send(parcel()) == later(Failure.GATEWAY)


async def test_domains_of_other_scripts_leave_as_dns_has_them(post: Mailbox) -> None:
    assert await gateway(post).send(parcel(to="anna@müller.example")) == DELIVERED
    assert post.recipients == ["anna@xn--mller-kva.example"]


async def test_local_parts_of_other_scripts_leave_where_the_server_takes_them(
    post: Mailbox,
) -> None:
    assert await gateway(post).send(parcel(to="mañana@example.org")) == DELIVERED
    assert post.recipients == ["mañana@example.org"]


@pytest.mark.parametrize("field", ["subject", "sender_name"])
async def test_a_line_break_in_a_header_never_leaves(post: Mailbox, field: str) -> None:
    outcome = await gateway(post).send(parcel(**{field: "x\r\nBcc: all@example.org"}))
    assert outcome == refused(Failure.REFUSED)
    assert post.letters == []


async def test_quotes_and_addresses_in_a_name_stay_in_the_name(post: Mailbox) -> None:
    await gateway(post).send(parcel(sender_name='Rossi" <evil@example.org>, "x'))
    (address,) = (await post.until(1))["From"].addresses
    assert address.addr_spec == SENDER
    assert address.display_name == 'Rossi" <evil@example.org>, "x'


async def test_lines_of_a_text_that_look_like_smtp_stay_in_the_text(post: Mailbox) -> None:
    text = "Hello\n.\nRCPT TO:<all@example.org>\n"
    await gateway(post).send(parcel(text=text))
    assert part(await post.until(1), "plain") == text
    assert post.recipients == ["alex@example.org"]


def test_html_escapes_all_and_links_only_links() -> None:
    text = 'Hi <script>,\nyou\n\nhttps://a.test/v#x&y"z'
    assert (
        "<p>Hi &lt;script&gt;,<br>you</p>"
        '<p><a href="https://a.test/v#x&amp;y">https://a.test/v#x&amp;y</a>&quot;z</p>'
    ) in as_html(text)


def test_a_long_text_keeps_the_line_limit_of_smtp() -> None:
    raw = compose(parcel(text="word " * 2000), SENDER).as_bytes()
    assert max(map(len, raw.splitlines())) <= 998


def test_url_says_server_login_and_encryption() -> None:
    server = read_url("smtp://me%40x.test:p%2Fw@mail.example", SETTING)
    assert (server.host, server.port, server.start_tls) == ("mail.example", 587, True)
    assert (server.username, server.password) == ("me@x.test", "p/w")
    assert "p/w" not in repr(server)
    assert read_url("smtp://mail.example?starttls=auto", SETTING).start_tls is None
    assert read_url("smtp://127.0.0.1:25", SETTING).start_tls is None
    tls = read_url("smtps://mail.example", SETTING)
    assert (tls.port, tls.use_tls, tls.start_tls) == (465, True, False)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25", "http://mail.example", "smtp://", "smtp://mail.example:port",
        "smtp://mail.example/path", "smtp://mail.example?tls=1", "smtp://mail.example?starttls=yes",
        "smtp://me:secret@mail.example?starttls=auto",
    ],
)  # fmt: skip
def test_a_wrong_url_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ConfigError, match=SETTING) as raised:
        read_url(url, SETTING)
    assert "secret" not in str(raised.value)
