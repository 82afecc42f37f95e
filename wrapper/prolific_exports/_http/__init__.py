"""HTTP: the drivers that carry out effects, and the settings from the environment."""
