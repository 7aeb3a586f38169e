"""``python -m marketplace``: the command line."""

from marketplace.cli import app

if __name__ == "__main__":
    app()
