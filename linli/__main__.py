"""`python -m linli`: the same as the `linli` command."""

from .cli import main

main()
