"""Delivery status notifications, as servers write them and as nobody should."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.notifications.model import Failure
from control.notifications.reports import READ_BYTES, Action, Report, read_report, reason_of
from tests.control.notifications import returned
from tests.control.notifications.returned import TO
from tests.support.cost import measured

MOST_COST = 20
"""Of reading one message, see `measured`: about a second. The dearest of those below costs 4."""


def failure_of(raw: bytes) -> Failure | None:
    report = read_report(raw)
    assert report is not None
    assert report.action is Action.FAILED
    return report.failure


@pytest.mark.parametrize("server", [returned.postfix, returned.exim, returned.exchange])
def test_a_report_says_why_it_failed_and_where_it_was_sent(server: object) -> None:
    assert callable(server)
    report = read_report(server())
    assert report is not None
    assert (report.action, report.failure) == (Action.FAILED, Failure.NO_SUCH_ADDRESS)
    assert any(TO in text for text in report.names)


def test_the_envelope_id_comes_before_the_addresses() -> None:
    report = read_report(returned.postfix(envelope_id="abc"))
    assert report is not None
    assert report.names[0] == "abc"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        ("5.1.1", Failure.NO_SUCH_ADDRESS),
        ("5.1.2", Failure.NO_SUCH_ADDRESS),
        ("5.1.10", Failure.NO_SUCH_ADDRESS),
        ("5.2.1", Failure.NO_SUCH_ADDRESS),
        ("5.4.4", Failure.NO_SUCH_ADDRESS),
        ("5.1.8", Failure.REFUSED),  # our address, not theirs
        ("5.2.2", Failure.MAILBOX_FULL),
        ("4.2.2", Failure.MAILBOX_FULL),
        ("5.7.1", Failure.REFUSED),
        ("5.7.0", Failure.REFUSED),
        ("5.3.4", Failure.REFUSED),
        ("4.4.7", Failure.GIVEN_UP),
        ("5.4.7", Failure.GIVEN_UP),
        ("4.4.1", Failure.GIVEN_UP),
        ("4.7.1", Failure.GIVEN_UP),
    ],
)
def test_the_status_decides(status: str, failure: Failure) -> None:
    assert failure_of(returned.postfix(status=status, said="smtp; 550 no")) == failure
    assert failure_of(returned.exchange(status=status)) == failure


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("smtp; 550 5.1.1 User unknown", Failure.NO_SUCH_ADDRESS),
        ("smtp; 552 5.2.2 Over quota", Failure.MAILBOX_FULL),
        ("smtp; 550-5.7.26 This mail is unauthenticated", Failure.REFUSED),
        ("smtp; 550 No such user here", Failure.NO_SUCH_ADDRESS),
        ("smtp; 552 Quota exceeded", Failure.MAILBOX_FULL),
        ("smtp; 554 Message refused", Failure.REFUSED),
        ("smtp; host 5.1.1.7 said: 554 Message refused", Failure.REFUSED),
        ("", Failure.REFUSED),
    ],
)
def test_what_the_next_server_said_decides_where_the_status_says_nothing(
    said: str, failure: Failure
) -> None:
    assert failure_of(returned.exim(said=said)) == failure


@pytest.mark.parametrize("action", ["delayed", "Delayed "])
def test_a_delay_is_no_failure(action: str) -> None:
    report = read_report(returned.postfix(action=action, status="4.4.1"))
    assert report is not None
    assert (report.action, report.failure) == (Action.DELAYED, None)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "", "x" * 5000])
def test_other_actions_are_no_failure(action: str) -> None:
    report = read_report(returned.postfix(action=action, status="2.0.0"))
    assert report is not None
    assert (report.action, report.failure) == (Action.OTHER, None)


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    two = "smtp; 250 ok\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.2.2"
    assert failure_of(returned.postfix(action="delivered", status="2.0.0", said=two)) == (
        Failure.MAILBOX_FULL
    )


def test_a_report_of_addresses_in_other_scripts_is_read() -> None:
    raw = returned.postfix().replace(b"message/delivery-status", b"message/global-delivery-status")
    assert failure_of(raw.replace(b"rfc822; alex@", "utf-8; àlex@".encode())) == (
        Failure.NO_SUCH_ADDRESS
    )


def test_the_report_counts_and_not_what_is_returned_with_it() -> None:
    inner = returned.postfix(status="5.2.2").decode()
    raw = returned.postfix(
        action="delayed", status="4.4.1", returned=f"Content-Type: message/rfc822\n\n{inner}"
    )
    report = read_report(raw)
    assert report is not None
    assert report.action is Action.DELAYED


def test_a_field_on_many_lines_is_one_field() -> None:
    raw = returned.postfix(action="delivered\r\n Action: failed", status="2.0.0")
    report = read_report(raw)
    assert report is not None
    assert report.failure is None


def forwarded() -> bytes:
    """A report that a person sends on."""
    message = EmailMessage()
    message["To"] = TO
    message.set_content("What is this?")
    message.add_attachment(returned.postfix().decode(), subtype="plain", filename="report.eml")
    return message.as_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 1000,
        b"Content-Type: multipart/report; report-type=delivery-status",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\nno parts",
        b"Content-Type: multipart/report; report-type*=x'\xff'%ff; boundary=x\n\n--x\n\n--x--",
        b"Content-Type: text/plain\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed",
        returned.absent(),
        returned.read_receipt(),
        forwarded(),
    ],
)
def test_what_is_no_report_is_passed_over(raw: bytes) -> None:
    assert read_report(raw) is None


@pytest.mark.parametrize(
    ("was", "then"),
    [
        (b"charset=utf-8", b"charset=no-such-charset"),
        (b"Status: 5.1.1", b"Status: 5.1.1 \xe9\xff"),
        (
            b"Content-Type: message/delivery-status",
            b"Content-Type: message/delivery-status; x=\xff",
        ),
        (b"\n", b"\r\n"),
        (b"--4Yb1cd1x3y.1772442003/mail.practice.test--\n", b""),
    ],
)
def test_small_damage_keeps_nobody_from_reading_it(was: bytes, then: bytes) -> None:
    assert failure_of(returned.postfix().replace(was, then)) == Failure.NO_SUCH_ADDRESS


def test_a_report_before_a_megabyte_of_returned_text_is_read() -> None:
    long = f"Content-Type: message/rfc822\n\n{returned.HEADERS}\n" + "word " * 200_000
    assert failure_of(returned.postfix(returned=long)) == Failure.NO_SUCH_ADDRESS


def nested(depth: int) -> bytes:
    """Parts in parts, each with a boundary of its own to look for at every line."""
    opened = (f"Content-Type: multipart/report; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    head = "".join(opened).encode()
    return head + b"--b\n" * ((READ_BYTES - len(head)) // 4)


@pytest.mark.parametrize(
    "raw",
    [
        nested(15),
        nested(900),
        b"Content-Type: message/rfc822\n\n" * 4000,
        b"To: a\n" * 20_000,
        b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n\n" * 25_000,
        b"Content-Type: multipart/report; " + b"a=b; " * 25_000 + b"\n\n",
        b"To: " + b"(" * READ_BYTES,
    ],
    ids=["nested", "deep", "messages", "headers", "parts", "parameters", "comments"],
)
def test_hostile_messages_cost_little(raw: bytes) -> None:
    with measured() as cost:
        assert read_report(raw) is None
    assert cost() < MOST_COST


LINES = st.sampled_from([*returned.postfix().splitlines(), *returned.exchange().splitlines()])


@given(st.lists(st.one_of(LINES, st.binary(max_size=30))))
def test_no_bytes_raise(lines: list[bytes]) -> None:
    read = read_report(b"\n".join(lines))
    assert read is None or isinstance(read, Report)


@given(st.text())
def test_no_answer_raises(said: str) -> None:
    assert isinstance(reason_of(said), Failure)
