"""One question a file, each answered with findings."""
