"""TURN servers beside the media node: who gets credentials for them, and for how long."""
