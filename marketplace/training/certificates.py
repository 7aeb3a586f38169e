"""The certificate of the training as a PDF."""

from pathlib import Path
from typing import Any, Final

from marketplace.clock import SEOUL
from marketplace.documents.typesetting import pdf
from marketplace.errors import Language
from marketplace.training.models import TrainingSignature
from marketplace.training.queries import Course

TEMPLATE: Final = Path(__file__).parent / "certificate.typ"
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "ko": {
        "heading": "이수증", "number": "제", "person": "성명", "organization": "소속", "course": "교육",
        "at": "이수한 때", "signature": "자필 서명", "typed": "성명 입력으로 서명함",
        "verify": "진위 확인:", "version": "제{number}판", "time": "%Y년 %m월 %d일 %H:%M",
    },
    "en": {
        "heading": "Certificate", "number": "No.", "person": "Name", "organization": "Organization",
        "course": "Course", "at": "Completed", "signature": "Signature", "typed": "Signed by typing the name",
        "verify": "Verify at:", "version": "version {number}", "time": "%d %B %Y, %H:%M KST",
    },
}  # fmt: skip


def certificate(
    signature: TrainingSignature,
    course: Course,
    *,
    organization: str,
    issuer: str,
    verify_url: str,
    language: Language,
) -> bytes:
    """Return the certificate that a signature gave, PDF/A-3b; blocks.

    Args:
        course: the version that was signed
        issuer: name of the exchange's operator
        verify_url: where anybody can check the number
    """
    words = _WORDS[language]
    assert signature.signed_at is not None, "a saved row has its time"
    at = signature.signed_at.astimezone(SEOUL).strftime(words["time"])
    version = words["version"].format(number=course.version.number)
    data: dict[str, Any] = {
        "language": language,
        "title": f"{words['heading']} {signature.certificate_number}",
        "heading": words["heading"],
        "number": signature.certificate_number,
        "rows": [
            (words["person"], signature.typed_name),
            (words["organization"], organization),
            (words["course"], f"{course.content.title(language)} ({version})"),
            (words["at"], at),
        ],
        "name": signature.typed_name,
        "signed_text": signature.signed_text,
        "drawing": _drawing(signature),
        "issuer": issuer,
        "verify_url": verify_url,
        "text_sha256": signature.text_sha256,
        "words": {name: words[name] for name in ("number", "signature", "typed", "verify")},
    }
    return pdf(TEMPLATE, data)


def _drawing(signature: TrainingSignature) -> str:
    """Return the lines of a signature as SVG, or nothing where it was typed."""
    if not signature.strokes:
        return ""
    paths = "".join(
        f'<path d="M{" L".join(f"{int(x)},{int(y)}" for x, y in stroke)}"/>'
        for stroke in signature.strokes
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 300" width="1000" height="300">'
        '<g fill="none" stroke="#1e2124" stroke-width="6" stroke-linecap="round"'
        f' stroke-linejoin="round">{paths}</g></svg>'
    )
