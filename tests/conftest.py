"""What all tests have: the marker `idle`, and pytest's own means to test that."""

pytest_plugins = ["pytester", "tests.support.idle"]
