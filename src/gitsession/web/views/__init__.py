"""What the pages show, as values: out of the index for what is committed, out of the checkpoints for what stands now."""
