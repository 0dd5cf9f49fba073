"""`visavis canary`: a synthetic visit every few minutes, over every way that browsers have.

Theory of operation. The canary is a client of a running installation and nothing else: it knows
what pages know, over the address that people type. It logs in to an account that was made for it,
adds a patient who is nobody, opens the patient's link, waits in the lobby, is let in, and both
sides must hear the other's tone. Then the session is ended, and the patient erased with all that
belongs to the visit. `visit.walk` is one such visit, whose media takes one path alone:

    udp     as browsers do first
    tcp     the node's TCP candidate alone (`tcp`), as browsers do where no UDP passes
    turn_…  one of the TURN servers that control names, relayed alone: UDP, TCP and TLS apart

A path that the installation does not offer is told as such and is no failure.

The account is marked in the database (`visavis therapist add --canary`), and the canary refuses any
other: it erases every patient that it finds in its account. Control erases what a canary that was
ended has left behind.

It imports neither plane but for two pure things that it would have to write again: the E-model and
the framing of datagrams over TCP. Peer connections are aiortc's, which decode and play as pages do.
"""
