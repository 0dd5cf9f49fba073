"""HTTP of messages."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer, no_content, now, read_body
from control.notifications.messages import (
    Alert,
    AlertChange,
    KeptMessages,
    LinkSending,
    PatientMessages,
)
from control.notifications.therapist import TherapistMessages

ALERT = "/api/patients/{id}/alert"
DEFAULT_ALERT = "/api/me/alert"
NONE_SUCH = ("404 no_patient",)
BAD_TEXT = ("400 alert_too_long", "400 alert_placeholder")


def endpoints(service: TherapistMessages, caller: CallerOf) -> list[Endpoint]:
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
        await service.remove(caller(request), request.match_info["id"])
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
            "DELETE", "/api/messages/{id}", remove, "Take such a message off the list",
            answers={204: None},
        ),
    ]  # fmt: skip
