"""HTTP of messages."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer, no_content, now, read_body
from control.notifications.failures import FailureMessages
from control.notifications.messages import (
    Alert,
    AlertChange,
    FailedMessages,
    KeptMessages,
    LinkSending,
    Notices,
    NoticesChange,
    PatientMessages,
)
from control.notifications.therapist import TherapistMessages
from control.notifications.waits import WaitMessages
from control.notifications.wishes import WishService

ALERT = "/api/patients/{id}/alert"
DEFAULT_ALERT = "/api/me/alert"
NOTICES = "/api/me/notices"
NONE_SUCH = ("404 no_patient",)
BAD_TEXT = ("400 alert_too_long", "400 alert_placeholder")


def endpoints(
    service: TherapistMessages,
    caller: CallerOf,
    *,
    wishes: WishService,
    waits: WaitMessages,
    failures: FailureMessages,
) -> list[Endpoint]:
    async def alert(request: web.Request) -> web.Response:
        return json_answer(await service.alert(caller(request), request.match_info["id"]))

    async def change_alert(request: web.Request) -> web.Response:
        form = await read_body(request, AlertChange)
        patient_id = request.match_info["id"]
        changed = await service.change_alert(caller(request), patient_id, form, now=now(request))
        return json_answer(changed)

    async def default_alert(request: web.Request) -> web.Response:
        return json_answer(await service.default_alert(caller(request)))

    async def change_default_alert(request: web.Request) -> web.Response:
        form = await read_body(request, AlertChange)
        me, at = caller(request), now(request)
        return json_answer(await service.change_default_alert(me, form, now=at))

    async def messages(request: web.Request) -> web.Response:
        return json_answer(await service.messages(caller(request), request.match_info["id"]))

    async def send_link(request: web.Request) -> web.Response:
        form = await read_body(request, LinkSending)
        patient_id = request.match_info["id"]
        sent = await service.send_link(caller(request), patient_id, form.channel, now=now(request))
        return json_answer(sent, 202)

    async def kept(request: web.Request) -> web.Response:
        return json_answer(await service.kept(caller(request)))

    async def remove(request: web.Request) -> web.Response:
        await service.remove(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    async def failed(request: web.Request) -> web.Response:
        return json_answer(await failures.find(caller(request), now=now(request)))

    async def notices(request: web.Request) -> web.Response:
        return json_answer(await wishes.get(caller(request)))

    async def change_notices(request: web.Request) -> web.Response:
        form = await read_body(request, NoticesChange)
        return json_answer(await wishes.put(caller(request), form))

    async def see(request: web.Request) -> web.Response:
        await waits.see(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    return [
        Endpoint(
            "GET", ALERT, alert, "Read how the patient hears that the therapist has entered",
            answers={200: Alert}, errors=NONE_SUCH,
        ),
        Endpoint(
            "PUT", ALERT, change_alert, "Change it; a change is a new version of the setting",
            body=AlertChange, answers={200: Alert}, errors=(*NONE_SUCH, *BAD_TEXT),
        ),
        Endpoint(
            "GET", DEFAULT_ALERT, default_alert, "Read the alert that new patients begin with",
            answers={200: Alert},
        ),
        Endpoint(
            "PUT", DEFAULT_ALERT, change_default_alert,
            "Change it; a change is a new version of what new patients begin with",
            body=AlertChange, answers={200: Alert}, errors=BAD_TEXT,
        ),
        Endpoint(
            "GET", "/api/patients/{id}/messages", messages, "List the last messages to a patient",
            answers={200: PatientMessages}, errors=NONE_SUCH,
        ),
        Endpoint(
            "POST", "/api/patients/{id}/link/send", send_link, "Send the patient their link",
            body=LinkSending, answers={202: PatientMessages},
            errors=(
                *NONE_SUCH, "404 no_link", "409 no_email_address", "409 no_phone_number",
                "409 no_email", "409 no_sms",
            ),
        ),
        Endpoint(
            "GET", "/api/messages", kept, "List the messages that wait to be sent by hand",
            answers={200: KeptMessages},
        ),
        Endpoint(
            "DELETE", "/api/messages/{id}", remove,
            "Take such a message, or one that did not arrive, off the pages",
            answers={204: None},
        ),
        Endpoint(
            "GET", "/api/messages/failed", failed, "List the messages that did not arrive lately",
            answers={200: FailedMessages},
        ),
        Endpoint(
            "GET", NOTICES, notices, "Read what the therapist is told herself",
            answers={200: Notices},
        ),
        Endpoint(
            "PUT", NOTICES, change_notices, "Change it",
            body=NoticesChange, answers={200: Notices},
            errors=("400 bad_zone", "400 phone_needed", "400 no_way", "400 same_hours"),
        ),
        Endpoint(
            "PUT", "/api/sessions/{id}/seen", see,
            "Say that the therapist has seen who waits, so that no message goes to her",
            answers={204: None}, errors=("404 no_session",),
        ),
    ]  # fmt: skip
