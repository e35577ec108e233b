"""`python -m adaudit`."""

from adaudit.cli import main

main()
