"""Mutation testing of the parts on which every interval rests: `make mutate`."""
