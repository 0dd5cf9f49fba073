"""How control is started: command line, servers, the demo."""
