"""Which of our things a name, or a row of another table, stands for: candidates with score and reason."""
