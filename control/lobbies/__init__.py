"""The waiting room: which device is in a visit, and who is present."""
