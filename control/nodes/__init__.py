"""The media nodes: their rooms as last heard, and bringing them in line with ours."""
