"""What every package of the media plane may use, and what uses none of them.

Theory of operation. Values that several packages share (an `address`, what `media` were
negotiated), and the small machines they all need: deadlines in one heap (`timers`), counters of
what was dropped (`stats`), and how much of the node's time one peer may take (`limits`).
"""
