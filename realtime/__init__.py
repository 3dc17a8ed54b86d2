"""What is true of a meeting, and who is told."""
