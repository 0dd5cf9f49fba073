"""The packet core: everything that happens to RTP and RTCP of connected peers.

Theory of operation. A peer is a `Leg`: SRTP keys, the addresses it speaks from, a gate, one
`UpTrack` and one `DownTrack` per m-line. `routes` makes each up track of one peer the source of
the other's down track of the same slot, and lets packets flow while both gates are open. A
datagram then runs through one call chain:

    address → leg → unprotect → up track (log, level) → gate → down track (map) → protect → out

- Loss is repaired per leg. Up: gaps make a `NackList`, retransmissions are unwrapped and logged
  as what they carry. Down: a `ResendCache` answers the receiver's NACKs; no publisher sees them.
  Repair is lost like anything: our askings are said twice, what few packets lack is resent twice,
  and few packets that transport-cc feedback misses are resent without being asked for. While a
  publisher's line is full (`repair`) no pictures are asked for: a key frame mends them after.
- A `DownTrack` is one stream for the life of its peer, whoever publishes: numbers go on without
  a gap, timestamps by the time that passed, pictures from a key frame on.
- `rtcp.outbound` composes what is due to one peer, each time one compound: report blocks, sender
  reports, RRTR, NACK, PLI, transport-cc feedback, and a sign of life after 150 ms of silence.
- What receivers tell of arrivals is joined with the `DepartureLog` into batches, for whoever
  estimates their lines; `down.padding` brings a line up to a rate for a moment, to see whether it
  holds.
- A packet from an unknown address is tried with the keys of its SSRC's peer, fifty times a second
  at most; if it authenticates, its address may send from then on, while we go on sending to the
  address that a connectivity check named.
- All leaves by the `outbox`: datagrams in their order, and one heap of (time, peer) for what is
  due; what was overtaken is skipped when it comes up.
- What was measured of all peers is summed in `totals`, which a scrape reads.

Nothing raises for what the network brings: packets end as `None` and a `DropReason`.

Departures from the RFCs:
- Sender reports carry the publisher's clock, extrapolated to the moment they leave, not ours:
  receivers compare only streams of one CNAME, and the publisher's relation is the true one.
  Round trips by their echo are matched by what we remember having sent (RFC 3550, 6.4.1).
- The fraction lost of a sound's report block combines the way to us with the way on from us, so
  that Opus turns its redundancy up for both (RFC 3550, 6.4.1 has the way to us alone); the
  cumulative count stays the way to us.
- Reports leave about once a second whatever the bandwidth (RFC 3550, 6.2 makes them rarer in
  large sessions; ours have two), and a short compound each 150 ms when nothing else does.
- Jitter takes the first packet of each timestamp only, as pacing spreads a frame's packets.
- Without RTX a resend repeats the protected bytes of the first sending (RFC 4588 recommends a
  stream of its own because that skews loss statistics).
- A BYE ends nothing for good (RFC 3550, 6.6): the stream may come back, and its receivers hear
  nothing of it, as ours goes on. We say BYE when we let a peer go.
- Each stream's CNAME is an SDES packet of its own, since aiortc fails at a second chunk.
"""
