"""``python -m marketplace``: the command line."""

from marketplace.cli import main

if __name__ == "__main__":
    main()
