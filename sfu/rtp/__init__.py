"""RTP and RTCP as bytes: read at offsets, rewritten, never turned into objects per packet.

Theory of operation. A media packet stays one `bytes` from the socket to the socket. Its fixed
header is read by one struct, its known header extensions by one pass, and the outgoing packet is
a new header, a new extension block and the old payload joined once. RTCP is rare enough for
small frozen dataclasses. Nothing here keeps state, except that callers keep unwrapped numbers
(`sequence`) where wrapping ones would be ambiguous.

Departures from the RFCs:
- CSRC lists are not forwarded: no mixer stands before us (RFC 3550, 5.1).
- Header extensions we do not know end here (RFC 8285 lets a middlebox drop them).
- Reduced-size RTCP (RFC 5506) is read but not written.
"""
