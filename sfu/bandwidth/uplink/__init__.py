"""What the line from one browser carries, by how long its sound waits (see `sfu.bandwidth`)."""
