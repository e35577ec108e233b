"""From a directory or a file into a snapshot: the only code that speaks LDAP."""
