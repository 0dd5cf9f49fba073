"""How soon a leg's lost picture packets are there, between two Chromium through a real node.

One browser is across `benchmarks.netlab`, the other and the node are at the near end. Which packet
was lost and when each arrived is the emulator's account; which packet a retransmission carries is
noted inside the node, as it alone can know. Time runs from the arrival of the stream's next packet
at the end of the leg: nobody can know of the loss before.
"""
