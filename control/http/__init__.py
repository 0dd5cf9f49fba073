"""What every HTTP call shares; knows no noun."""
