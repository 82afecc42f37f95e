"""Text, streams and progress for both commands."""
