"""How true the node's checks and live quality are, beside the account of every packet."""
