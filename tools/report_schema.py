"""Writes docs/quality-report.schema.json: the JSON Schema of a quality report.

Run ``python -m tools.report_schema`` after a change of the report; a test compares the file.
"""

import json
from pathlib import Path

from quality import report_schema

TARGET = Path(__file__).resolve().parents[1] / "docs" / "quality-report.schema.json"


def written() -> str:
    """Return the file's text."""
    return json.dumps(report_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
