"""What one downlink carries, estimated from feedback; and what that leaves for the picture.

Theory of operation. `window` keeps what feedback told about the last second. A queue is standing
when every packet of late waited: the least delay over the base, so neither frames nor jitter look
like one. While it stands the line is busy, and what arrives meanwhile is the line's capacity, to a
per cent. The estimator then sends less until the queue is gone, the longer it is the less, goes on
just below that capacity, and after a while grows slowly past it. More arriving than the capacity
without a queue says that the line has grown: then, and at the start, `probing` asks for clusters
of padding at 1.5 times the rate, one after the other, until one fills the line. Where the picture
needs less than the estimate, media say nothing about the line; only rare clusters do.
A queue that appears although less is sent than the capacity is jitter, and raises the threshold;
one that does not shrink with what we send is not ours, and becomes the base.

`allocation` takes sound and resends off the estimate and gives the rest to the pictures.

Departures from draft-ietf-rmcat-gcc-02:
- The level of the queue decides, not its gradient (section 5): we know the base, and the publisher
  reacts half a second late, by when a gradient has been and gone.
- Decreases go to the capacity measured while the queue stood, not to 0.85 of the incoming rate
  whenever that was (5.5): the rate comes back to 0.93 of it when the queue is gone.
- Loss of 2–10 % stops probes, not growth (6): radio loses that much without being full.
"""
