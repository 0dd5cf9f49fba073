"""JSON at the edge: models, endpoints, decoding and encoding.

An `Endpoint` is one line of a noun's route table; `app.py` serves it and `openapi.py` writes it
down, so the two cannot differ.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, ClassVar, TypeVar

from aiohttp import hdrs, web
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from control.errors import Invalid, NotFound, TooLarge, TooSlow, Unsupported
from control.http import contacts
from control.http.contacts import normalised_email, normalised_phone
from control.http.texts import LONGEST_GIVEN_NAME, plain_name, plain_text

SDP_TYPE = "application/sdp"
PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp")
CSV_TYPE = "text/csv"
MAIL_TYPE = "message/rfc822"
BODY_S = 30.0  # from the headers to the last byte of a body
NUL = rb"\u0000"
"""In JSON; PostgreSQL stores no text with it."""
LANGUAGES = ("en", "it")
"""Of the therapist's pages."""
PATIENT_LANGUAGES = ("de", "en", "es", "fr", "it")
"""Of the patient's pages: one for each web/src/i18n/patient.xx.ts."""
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id in a path may look like; ours are 32 hexadecimal digits."""


class WireModel(BaseModel):
    """Base of what goes to and comes from a page: frozen, and nothing unknown is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ApiError(WireModel):
    """Body of every answer from 400 up."""

    code: str
    text: str
    session_id: str | None = None
    """The session that stands in the way, where one does (in_conversation)."""


_TRIMMED = StringConstraints(strip_whitespace=True, min_length=1, max_length=120)
Name = Annotated[str, _TRIMMED]
GivenName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_GIVEN_NAME),
    AfterValidator(plain_name),
]
"""What a stranger wants to be called."""
Remark = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(plain_text)
]
"""A text of some lines; empty for none."""
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(normalised_email),
]
Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=32),
    AfterValidator(normalised_phone),
]
Language = Annotated[str, StringConstraints(pattern=f"^({'|'.join(LANGUAGES)})$")]
PatientLanguage = Annotated[str, StringConstraints(pattern=f"^({'|'.join(PATIENT_LANGUAGES)})$")]

Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Access(Enum):
    """Who may call an endpoint."""

    ANYONE = "anyone"
    LOGIN = "login"
    VISIT = "visit"
    OPERATOR = "operator"
    SERVER = "server"
    """A server of the operator's, by a bearer token; its endpoint looks at that itself."""


@dataclass(frozen=True, slots=True)
class Sdp:
    """Stands for an `application/sdp` body where a JSON model would stand."""

    media_type: ClassVar[str] = SDP_TYPE


@dataclass(frozen=True, slots=True)
class Csv:
    """Stands for a `text/csv` body, likewise."""

    media_type: ClassVar[str] = CSV_TYPE


@dataclass(frozen=True, slots=True)
class Mail:
    """Stands for a `message/rfc822` body, likewise."""

    media_type: ClassVar[str] = MAIL_TYPE


@dataclass(frozen=True, slots=True)
class Picture:
    """Stands for a picture where a JSON model would stand."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the HTTP API."""

    method: str
    path: str
    handler: Handler
    summary: str
    access: Access = Access.LOGIN
    body: Any = None
    """A model, `Sdp`, `Csv`, `Mail`, `Picture`, or None for no body."""
    answers: Mapping[int, Any] = field(default_factory=dict)
    """Status → a model, a `list[model]`, `Sdp`, `Csv`, `Picture`, or None for no body."""
    errors: tuple[str, ...] = ()
    """Codes special to this call, as "404 no_link"."""
    query: tuple[str, ...] = ()
    live: tuple[Any, ...] = ()
    """Messages of a WebSocket, which OpenAPI has no place for but as components."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the routes get the time from; tests set it."""

    read: Callable[[], datetime]


CLOCK = web.AppKey("clock", Clock)
REGION = web.AppKey("region", str)
"""The country of phone numbers that are written without one."""


def now(request: web.Request) -> datetime:
    """Return the instant of this request, UTC."""
    return request.app[CLOCK].read()


def with_checked_ids(endpoint: Endpoint) -> Handler:
    """Return its handler; a path's id that cannot be one of ours is refused before anything."""
    if "{id}" not in endpoint.path:
        return endpoint.handler

    async def handle(request: web.Request) -> web.StreamResponse:
        if not ID.fullmatch(request.match_info["id"]):
            raise NotFound("not_found", "There is nothing here.")
        return await endpoint.handler(request)

    return handle


def known_first(handler: Handler, confirm: Callable[[web.Request], Awaitable[None]]) -> Handler:
    """Return the handler, which tells only who may call it what is wrong with a request.

    The right to act is judged in the transaction of the effect, so after query and body were read;
    what is wrong with these is nobody else's business.

    Args:
        confirm: Raises `Unauthenticated` for whoever may not.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Invalid:
            await confirm(request)
            raise

    return handle


async def read_body(request: web.Request, model: type[Model]) -> Model:
    """Decode the JSON body.

    Raises:
        Invalid: It is not JSON, or not this model; the text names fields, never values.
        TooLarge, TooSlow, Unsupported: It is not read at all.
    """
    if request.content_type != "application/json":
        raise Invalid("invalid_body", "Send the body as application/json.")
    body = await _read(request)
    if NUL in body:
        raise Invalid("invalid_body", "The body holds a character that is not text.")
    try:
        context = {contacts.REGION: request.app[REGION]}
        return model.model_validate_json(body, context=context)
    except ValidationError as error:
        raise Invalid("invalid_body", _explain(error)) from None


@dataclass(frozen=True, slots=True)
class Offer:
    """A browser's offer of a connection."""

    sdp: str
    light: bool = False
    """The browser was asked to use few bytes: its header `Save-Data` says so."""


async def read_offer(request: web.Request) -> Offer:
    """Decode an offer; only its media type and encoding are looked at here."""
    if request.content_type != SDP_TYPE:
        raise Invalid("bad_sdp", "Send the offer as application/sdp.")
    try:
        text = (await _read(request)).decode()
    except UnicodeDecodeError:
        raise Invalid("bad_sdp", "The offer is not UTF-8.") from None
    if not text.startswith("v=0"):
        raise Invalid("bad_sdp", "This is not a session description.")
    return Offer(text, saves_data(request))


def saves_data(request: web.Request) -> bool:
    """Whether the person asked the browser to use few bytes (W3C, Save Data API)."""
    return request.headers.get("Save-Data", "").lower() == "on"


async def read_picture(request: web.Request, most_bytes: int) -> bytes:
    """Return the body, which says it is a picture; what it is only its bytes tell.

    Raises:
        Invalid: bad_picture.
        TooLarge, TooSlow, Unsupported: It is not read at all.
    """
    if request.content_type not in PICTURE_TYPES:
        raise Invalid("bad_picture", "Choose a picture in PNG, JPEG or WebP.")
    return await _read(request.clone(client_max_size=most_bytes))


async def read_csv(request: web.Request, most_bytes: int) -> bytes:
    """Return an uploaded sheet as it came; it may be larger than other bodies.

    Raises:
        Invalid: It is not announced as CSV, or is cut short.
        TooLarge, TooSlow, Unsupported: It is not read to its end.
    """
    if request.content_type != CSV_TYPE:
        raise Invalid("invalid_body", "Send the sheet as text/csv.")
    return await _read(request.clone(client_max_size=most_bytes))


async def read_mail(request: web.Request, most_bytes: int) -> bytes:
    """Return the body, a message as it came by mail, whatever it is announced as.

    Raises:
        Invalid: It is cut short.
        TooLarge, TooSlow, Unsupported: It is not read to its end.
    """
    return await _read(request.clone(client_max_size=most_bytes))


async def _read(request: web.Request) -> bytes:
    """Return the whole body, which comes from somebody who may be slow, far or malicious."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise Unsupported("invalid_body", "Send the body without compression.")
    if (request.content_length or 0) > request.client_max_size:
        raise TooLarge("too_large", "The request is too large.")
    try:
        async with asyncio.timeout(BODY_S):
            return await request.read()
    except TimeoutError:
        raise TooSlow("too_slow", "The request took too long to arrive.") from None
    except (web.RequestPayloadError, ConnectionError):
        raise Invalid("invalid_body", "The body is damaged or incomplete.") from None


def json_answer(model: BaseModel, status: int = 200) -> web.Response:
    return web.Response(
        text=model.model_dump_json(), status=status, content_type="application/json"
    )


def sdp_answer(sdp: str) -> web.Response:
    return web.Response(text=sdp, status=201, content_type=SDP_TYPE)


def picture_answer(kind: str, content: bytes) -> web.Response:
    return web.Response(body=content, content_type=kind)


def no_content() -> web.Response:
    return web.Response(status=204)


def _explain(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
