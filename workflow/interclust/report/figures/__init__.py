"""Figures: one module a family, one style for all, drawn without any window system."""
