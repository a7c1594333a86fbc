"""One command line verb a module: ``relay/commands/<name>.py`` holds ``command``, found by its file name."""
