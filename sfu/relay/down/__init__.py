"""What goes to a receiver: its tracks, what may be sent again, and when packets left."""
