"""What ``make run`` is made of: everything at once on one's own machine. Nothing here runs on a platform."""
