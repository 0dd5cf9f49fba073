"""Whether a server is one that can be loaded, in words for whoever started the load."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import requests

TIMEOUT_S = 10.0


def trouble(host: str, timeout_s: float = TIMEOUT_S) -> str | None:
    """Ask the server for its health; returns what is wrong, None when nothing is."""
    where = urlsplit(host)
    if where.scheme not in ("http", "https") or not where.hostname:
        return f"{host!r} is no address; give one like https://visavis.example by --host"
    try:
        with requests.Session() as http:
            set_up(http)
            answer = http.get(f"{host.rstrip('/')}/api/health", timeout=timeout_s)
    except requests.exceptions.SSLError as error:
        return f"the certificate of {host} is not to be trusted: {_reason(error)}"
    except requests.exceptions.Timeout:
        return f"{host} does not answer within {timeout_s:g} s"
    except requests.exceptions.ConnectionError as error:
        return f"{host} cannot be reached: {_reason(error)}"
    return _trouble_of(host, answer)


def set_up(http: requests.Session) -> None:
    """Let it trust whom `REQUESTS_CA_BUNDLE` names, and go by no proxy, as WebSockets do not."""
    http.trust_env = False
    http.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True


def _trouble_of(host: str, answer: requests.Response) -> str | None:
    try:
        said = answer.json()
        is_ours = isinstance(said, dict) and ("status" in said or "code" in said)
    except ValueError:
        said, is_ours = {}, False
    if answer.status_code == 200 and is_ours:
        return None
    if answer.status_code in (401, 403):
        return f"{host} asks who we are before it says how it is ({answer.status_code})"
    if answer.status_code == 503:
        return f"{host} is not ready (503): {said.get('text') or answer.reason}"
    return f"{host} does not answer as Visavis does ({answer.status_code} to /api/health)"


def _reason(error: Exception) -> str:
    """Return the innermost words of an error of `requests`, which wraps several."""
    reason: object = error
    while isinstance(reason, Exception):
        inner = getattr(reason, "reason", None) or (reason.args[0] if reason.args else None)
        if not isinstance(inner, Exception) or inner is reason:
            break
        reason = inner
    return str(reason)
