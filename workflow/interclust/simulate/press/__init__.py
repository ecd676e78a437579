"""A complete world recorded as the press records the real one."""
