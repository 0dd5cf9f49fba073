"""What the line to one browser carries, by the feedback it sends (see `sfu.bandwidth`)."""
