"""The rows of a model: from frames, from the files of a panel, sampled, derived; read batch by batch."""
