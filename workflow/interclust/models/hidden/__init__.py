"""Hidden history: emergence and recurrence of relations where a tie is seen with some probability."""
