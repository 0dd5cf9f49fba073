"""The whole media plane as one object, in virtual time: rooms, peers, deadlines, packets.

Theory of operation. `engine` takes commands of control, datagrams and the time, and hands out
datagrams, events and its next deadline. `admission` judges what may come in, by `fencing` and by
how much there is; `entrance` makes a `peer` of a browser's offer; `directory` finds it by address,
by name and by number. A peer joins one transport with the packet core; `liveness` judges whether it
is there, `downlink` and `uplink` what its line carries. A `room` pairs two peers behind one gate,
with one `clock`. `caps` says what each may send of its pictures. `outputs` is what `io` must do for
a peer, beside the events for control.

Media packets go from the engine to the packet core and back; nothing else here sees them.
"""
