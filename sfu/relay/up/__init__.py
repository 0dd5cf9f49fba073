"""What comes from a publisher: its tracks, what is missing of them, and when packets came."""
