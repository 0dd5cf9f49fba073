"""The keys of `VirtualBrowser`: its certificate, its side of DTLS and its SRTP sessions."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from sfu.transport.certificate import self_sign

_POLICIES = {
    "SRTP_AEAD_AES_128_GCM": Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "SRTP_AES128_CM_SHA1_80": Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


def make_identity() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, self_sign(key)


def make_session(key: bytes, direction: int, profile: str) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=_POLICIES[profile])
    policy.allow_repeat_tx = True
    policy.window_size = 1024
    return Session(policy)


def client_context(
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    profiles: tuple[str, ...],
    long_hello: bool,
) -> SSL.Context:
    context = SSL.Context(SSL.DTLS_METHOD)
    context.set_min_proto_version(0xFEFD)
    context.set_max_proto_version(0xFEFD)
    context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET)
    context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    context.use_privatekey(key)
    context.use_certificate(certificate)
    context.set_tlsext_use_srtp(":".join(profiles).encode())
    if long_hello:  # what a post-quantum key share does to the browsers' own
        context.set_alpn_protos([bytes([65 + n]) * 200 for n in range(7)])
    return context
