"""SRTP and SRTCP of one peer over pylibsrtp (RFC 3711, RFC 7714); failures are values, not raised.

pylibsrtp keeps one context per direction; libsrtp makes a stream in it for every SSRC that
authenticates, so the caller lets only SSRCs in that it knows or has room to learn.
"""

from __future__ import annotations

import pylibsrtp

from sfu.errors import SrtpError
from sfu.stats import DropReason

_PROFILES = {
    "SRTP_AEAD_AES_128_GCM": (pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16 + 12),
    "SRTP_AES128_CM_SHA1_80": (pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16 + 14),
}
"""OpenSSL's name → libsrtp's profile, bytes of master key and salt."""

WINDOW_SIZE = 1024
"""Packets behind the newest that are still taken, and that may still be sent out of order."""
FIRST_SEQ_LIMIT = 1 << 15
"""A stream we send starts below: the receiver of a higher first number that then wraps while
packets are lost may guess the wrong roll-over count (RFC 3711, 3.3.1)."""

_REASONS = {
    "authentication failure": DropReason.UNAUTHENTICATED,
    "cipher failure": DropReason.UNAUTHENTICATED,
    "replay check failed (bad index)": DropReason.REPLAYED,
    "replay check failed (index too old)": DropReason.TOO_OLD,
    "packet index is too old to consider": DropReason.TOO_OLD,
}


class SrtpContext:
    """Both directions of one peer's SRTP.

    After a method returned None, `failure` says why.
    """

    __slots__ = ("_in", "_out", "failure")

    def __init__(self, profile: str, inbound_key: bytes, outbound_key: bytes) -> None:
        """Take the keys of a finished handshake.

        Args:
            profile: OpenSSL's name of the negotiated profile.
            inbound_key: Master key and salt of what the peer sends.
            outbound_key: Master key and salt of what we send.

        Raises:
            SrtpError: The profile is not ours or a key has the wrong size.
        """
        if profile not in _PROFILES:
            raise SrtpError(f"unsupported SRTP profile {profile!r}")
        number, size = _PROFILES[profile]
        if len(inbound_key) != size or len(outbound_key) != size:
            raise SrtpError(f"{profile} needs keys of {size} bytes")
        self._in = _session(number, inbound_key, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self._out = _session(number, outbound_key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.failure = DropReason.UNAUTHENTICATED

    def unprotect(self, data: bytes) -> bytes | None:
        """Return the RTP packet inside, or None."""
        try:
            packet: bytes = self._in.unprotect(data)
        except (pylibsrtp.Error, ValueError) as error:
            self._fail(error)
            return None
        return packet

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        """Return the RTCP compound inside, or None."""
        try:
            packet: bytes = self._in.unprotect_rtcp(data)
        except (pylibsrtp.Error, ValueError) as error:
            self._fail(error)
            return None
        return packet

    def protect(self, packet: bytes) -> bytes | None:
        """Return what goes on the wire for an RTP packet, or None.

        A sequence number is protected once only: with GCM two packets of one number would give
        the key away, so a plain resend repeats the protected bytes.
        """
        try:
            data: bytes = self._out.protect(packet)
        except (pylibsrtp.Error, ValueError) as error:
            self._fail(error, DropReason.PROTECT_FAILED)
            return None
        return data

    def protect_rtcp(self, packet: bytes) -> bytes | None:
        """Return what goes on the wire for an RTCP compound, or None."""
        try:
            data: bytes = self._out.protect_rtcp(packet)
        except (pylibsrtp.Error, ValueError) as error:
            self._fail(error, DropReason.PROTECT_FAILED)
            return None
        return data

    def _fail(self, error: Exception, other: DropReason = DropReason.MALFORMED) -> None:
        if isinstance(error, ValueError):
            self.failure = DropReason.TOO_LONG
        else:
            self.failure = _REASONS.get(str(error), other)


def _session(profile: int, key: bytes, direction: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.window_size = WINDOW_SIZE
    return pylibsrtp.Session(policy)
