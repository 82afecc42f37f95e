"""The gate's conversation with a server: the scenario, its steps, and their recording."""
