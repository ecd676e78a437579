"""Printed names: their forms, their likeness, the bodies that bore them, and lists of them in one cell."""
