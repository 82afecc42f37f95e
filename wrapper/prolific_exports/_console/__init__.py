"""Text, streams, errors and progress on the console, shared by both commands."""
