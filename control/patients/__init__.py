"""The people a therapist meets; visible to that therapist alone."""
