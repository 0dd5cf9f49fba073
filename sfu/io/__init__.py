"""Where the media plane meets the machine: sockets, the loop, the clock, the log.

Theory of operation. `worker.Worker` owns one `Engine` and is the only caller of it. Whatever
happens (a datagram, a deadline, a command of control's, a data-channel packet) it reads the clock
once, mutates the engine, drains it, and sets the one timer. Nothing below this package knows a
socket or the time; nothing in it knows RTP.

Media comes by UDP, one socket per local address, or by TCP, one listener beside it (`tcp`). What a
slow TCP receiver does not take waits in its `backlog`, sound before picture, and is dropped beyond.
"""
