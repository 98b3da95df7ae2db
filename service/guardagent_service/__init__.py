"""The HTTP service around the guard. This version has none yet; the package keeps its place and its layer."""
