"""The control plane: it knows people; the media plane knows packets and opaque ids.

One folder per noun: `model.py` pure rules, `service.py` use cases `f(…, *, now)`, `store.py`
SQLAlchemy within the caller's transaction, `messages.py` what goes over the wire, `routes.py`
decode, call, encode. Nouns meet the outside through `ports`; `composition` alone constructs.

Kept in the database: history (entered, contact, gate, end). Seen anew after every start: presence,
from pages' sockets and the node's peers (`lobbies`). A gate is written open first and opened
at the node second, and taken back when the node does not answer; it is closed the other way round,
and asked again until the node has done it.
"""
