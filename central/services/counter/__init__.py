"""What clerks do at the counter; see docs/counter.md."""
