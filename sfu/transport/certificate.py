"""The node's certificate, the OpenSSL context it serves with, and fingerprints."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from sfu.base.fingerprint import HASHES, Fingerprint

_DTLS_1_2 = 0xFEFD
_CIPHERS = (
    b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384"
)
_HASHES = dict(zip(HASHES, (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()), strict=True))


class SrtpProfile(NamedTuple):
    """Lengths in bytes (RFC 5764, section 4.1.2, and RFC 7714, section 14.2)."""

    key: int
    salt: int


SRTP_PROFILES = {
    "SRTP_AEAD_AES_128_GCM": SrtpProfile(key=16, salt=12),
    "SRTP_AES128_CM_SHA1_80": SrtpProfile(key=16, salt=14),
}
"""By OpenSSL's names, in our order of preference."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The node's certificate: self-signed, of no one, made once per process."""

    fingerprint: Fingerprint
    context: SSL.Context = field(repr=False)
    """Shared by all handshakes of the process."""

    @classmethod
    def generate(cls) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self_sign(key)
        return cls(fingerprint_of(certificate, "sha-256"), _server_context(key, certificate))


def fingerprint_of(certificate: x509.Certificate, algorithm: str) -> Fingerprint:
    digest = certificate.fingerprint(_HASHES[algorithm])
    return Fingerprint(algorithm, digest.hex(":").upper())


def self_sign(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Make a certificate that says nothing but its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "visavis")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # No one checks these dates: the fingerprint in the SDP is what is trusted (RFC 8827,
        # section 6.5). Fixed ones need no clock.
        .not_valid_before(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )


def _server_context(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> SSL.Context:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_min_proto_version(_DTLS_1_2)
    context.set_max_proto_version(_DTLS_1_2)
    context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_cipher_list(_CIPHERS)
    context.use_privatekey(key)
    context.use_certificate(certificate)
    # The chain of a self-signed certificate proves nothing: the fingerprint is checked after.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    context.set_tlsext_use_srtp(":".join(SRTP_PROFILES).encode())
    return context
