"""The demonstration's proof files: small PDFs that say on their face that they prove nothing."""

from marketplace.members.organizations.models import Organization, PaperKind

_LINE_HEIGHT = 24


def proof(kind: PaperKind, organization: Organization) -> bytes:
    """Return a PDF of one page, the same bytes for the same input.

    Args:
        kind: what it stands for
        organization: whose it is; only its business number is printed
    """
    lines = [
        "DEMONSTRATION - NOT A REAL DOCUMENT",
        kind.value.replace("_", " "),
        f"business number {organization.business_number}",
        f"opened on {organization.opened_on.isoformat()}",
    ]
    return page_of(lines)


def page_of(lines: list[str]) -> bytes:
    """Return a PDF of one page with lines of plain ASCII text."""
    text = "".join(f"({line}) Tj 0 -{_LINE_HEIGHT} Td " for line in lines)
    stream = f"BT /F1 16 Tf 72 720 Td {text}ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)
