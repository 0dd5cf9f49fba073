"""The tables and how they came to be; Alembic runs `env.py`."""
