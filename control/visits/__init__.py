"""The patient's visit: which device holds the link, take-over, revocation."""
