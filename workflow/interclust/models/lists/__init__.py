"""List choice: with whom, given that a list of so many is printed."""
