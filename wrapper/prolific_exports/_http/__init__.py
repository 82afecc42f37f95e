"""HTTP: the drivers that carry out what flows ask for, and the environment's settings."""
