"""`python -m gitsession` is `gitsession`."""

from gitsession.cli import main

if __name__ == "__main__":
    main()
