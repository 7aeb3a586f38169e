"""``python -m quality``: the command line."""

from quality.cli import main

if __name__ == "__main__":
    main()
