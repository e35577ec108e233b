"""Registries: exported to .reg files, or of this system. Remote ones are read in `rpc`."""
