"""The rows of the table of codes, one file a subject. Only data; :mod:`relay.justclick.codes` reads it."""
