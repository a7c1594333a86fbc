"""The pages behind the log-in, one module a subject. Each view takes the parts first and shows; it decides nothing."""
