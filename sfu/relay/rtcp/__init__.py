"""RTCP of one peer: compounds read, compounds composed, and what they say of it as a snapshot."""
