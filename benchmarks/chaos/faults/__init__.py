"""The faults. Each module tells what it breaks; each row is one line of the table in docs/reliability.md."""
