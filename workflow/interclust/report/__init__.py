"""Report: tables, figures, quoted numbers and the page itself, from the files of the earlier stages alone."""
