"""The pages' WebSockets; knows no noun."""
