"""Answers that a browser keeps as a file."""

from typing import Final

from litestar import Response

PDF: Final = "application/pdf"


def file_answer(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """Return a file that the browser keeps.

    Args:
        name: of the file, in letters that need no escape
    """
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
