"""What lines carry: a downlink by feedback, an uplink by its sound; and what is left for pictures.

Theory of operation. In `downlink`, `window` keeps what feedback told about the last second. A queue
is standing when every packet of late waited: the least delay over the base, so that neither frames
nor jitter look like one. While it stands the line is busy, and what arrives meanwhile is the line's
capacity for us, to a per cent or two. `queue` then has less sent until it is gone, the longer it is
the less, and goes on just below that capacity; the estimator stays near it. `probing` asks for
clusters of padding at 1.5 times the target, one after the other, at the start and when the line
seems to have grown: when more arrives than it carried, or when bursts pass faster than it could
have let them. Where the picture needs less than the target, media say nothing about the line; only
rare clusters do, and media pay for them.

What is no congestion: a queue below a known capacity that holds nothing up is jitter, and raises
the threshold, unless its packets moved apart, as a cluster's own do; one that does not shrink with
what we send is not ours, and becomes the base; loss that comes without more being sent is the
line's own (`loss`). Feedback that never came leaves a gap that no rate counts.

An uplink is its browser's own business until all sound of 0.15 s waited over 100 ms (`uplink`, by
what its `window` sees), or a queue has stood and lost packets for long: then less may be sent
until it is gone, and no pictures are asked for. `capacity` follows what the line carries, for those
who are told of it.

`base` is the delay of an empty line, and `drain` how much less to send while a queue drains, for
both.

`allocation` says what the publisher may send of its pictures.

Departures from draft-ietf-rmcat-gcc-02:
- The level of the queue decides, not its gradient (5.3, 5.4): the publisher reacts half a second
  late, by when a gradient has been and gone. The base is the least delay of 20 s.
- A decrease goes to the capacity measured while the queue stood, not to 0.85 of an incoming rate
  that may have been less (5.5); the target returns to 0.91 of it when the queue is gone.
- Growth near a known capacity is 0.5 % a second, not half a packet each response time (5.5), which
  at 2 Mbit/s is over before the encoder has followed: bursts and clusters tell of a wider line.
  Where jitter hides what bursts show, or loss forbids clusters, it is 3 % after 5 s.
- An encoder that leaves a known capacity unused is allowed more, up to 4 % a second, 7 in the
  first seconds after it was found.
- Loss of 2–10 % stops clusters, not growth (6), unless it is more than usual on this line.
- The threshold adapts to false alarms only, not to every delay (5.4).
"""
