"""How people's lines were: what is kept of checks and sessions, for 90 days."""
