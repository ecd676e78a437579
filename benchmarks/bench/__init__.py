"""`make bench`: the product beside its peers, and how its cost grows, in one run and one table."""
