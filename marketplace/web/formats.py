"""How values look on a page: times in Seoul, won, sizes, counts (Asia/Seoul is the only zone shown)."""

from datetime import UTC, date, datetime

from marketplace.clock import SEOUL
from marketplace.errors import Language

_KO_DAYS = "월화수목금토일"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHOLE_BELOW = 1e15  # larger floats hold no single units
_SIZES = ("kB", "MB", "GB", "TB")


def day(value: date, language: Language) -> str:
    """Return a date: 2026. 11. 23. (월), or Mon 23 Nov 2026."""
    if language == "ko":
        return f"{value.year}. {value.month}. {value.day}. ({_KO_DAYS[value.weekday()]})"
    month = _EN_MONTHS[value.month - 1]
    return f"{_EN_DAYS[value.weekday()]} {value.day} {month} {value.year}"


def when(value: datetime, language: Language) -> str:
    """Return an instant in Seoul: 2026. 11. 23. (월) 17:00, or Mon 23 Nov 2026, 17:00 KST."""
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SEOUL)
    if language == "ko":
        return f"{day(local.date(), language)} {local:%H:%M}"
    return f"{day(local.date(), language)}, {local:%H:%M} KST"


def won(value_won: int) -> str:
    """Return an amount: ₩12,500,000."""
    return f"₩{value_won:,}"


def size(value_bytes: int) -> str:
    """Return a size in decimal units: 2.6 MB."""
    if value_bytes < 1000:
        return f"{value_bytes} B"
    power = 1
    while power < len(_SIZES) and value_bytes >= 1000 ** (power + 1):
        power += 1
    return f"{value_bytes / 1000**power:.1f} {_SIZES[power - 1]}"


def business_number(digits: str) -> str:
    """Return a business number in its groups of 3, 2 and 5 digits."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if len(digits) == 10 else digits


def man(value_won: int) -> str:
    """Return an amount in words of ten thousand won: 450만원, 1억 2,000만원, 5,500원."""
    if value_won % 10_000 or not value_won:
        return f"{value_won:,}원"
    hundred_million, rest = divmod(value_won // 10_000, 10_000)
    parts = [f"{hundred_million:,}억"] if hundred_million else []
    parts += [f"{rest:,}만"] if rest else []
    return " ".join(parts) + "원"


def figure(value: float | None) -> str:
    """Return a measured number: whole ones in full, others with six digits that count."""
    if value is None:
        return "–"
    if float(value).is_integer() and abs(value) < _WHOLE_BELOW:
        return f"{int(value):,}"
    return f"{value:,.6g}"
