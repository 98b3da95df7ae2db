"""What one access check costs: our own ways of running it, and peers that do the same job."""
