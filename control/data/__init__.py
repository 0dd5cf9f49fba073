"""The database and the keys; knows no noun but in its migrations."""
