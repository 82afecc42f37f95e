"""The conversation that the gate holds with a server: what to send next, and sending it."""
