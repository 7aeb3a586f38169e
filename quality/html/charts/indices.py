"""Index bars: each index with its fraction and its rule, what was not measured as such. Pure."""

from collections.abc import Sequence

from quality.html.charts.drawing import Chart, Row, strip
from quality.html.charts.shapes import NOTHING
from quality.report import Index
from quality.terminal.words import Tongue, share


def index_bars(indices: Sequence[Index], say: Tongue) -> Chart:
    """Draw the indices of a report, in its order."""
    measured = [one for one in indices if one.pct is not None]
    low = min(measured, key=lambda one: one.pct or 0.0, default=None)
    told = say(
        f"지수 {len(indices):,}가지 가운데 {len(measured):,}가지를 쟀습니다.",
        f"{len(measured):,} of {len(indices):,} indices were measured.",
    )
    if low is not None:
        name, words = say(low.ko, low.name), _share(low)
        told += say(f" 가장 낮은 것은 {name} {words}입니다.", f" The lowest is {name}, {words}.")
    return Chart(
        kind="indices",
        title=say("지수", "Indices"),
        description=told,
        lines=tuple(_line(one, say) for one in indices),
        head=(say("지수", "index"), say("분자", "numerator"), say("분모", "denominator"), "%"),
        cells=tuple(
            (say(one.ko, one.name), one.numerator, one.denominator, one.pct) for one in indices
        ),
    )


def _share(one: Index) -> str:
    return share(one.numerator or 0, one.denominator or 0)


def _line(one: Index, say: Tongue) -> Row:
    rule = say(one.rule_ko, one.rule_en)
    if one.pct is None or one.numerator is None or one.denominator is None:
        return Row(
            label=say(one.ko, one.name),
            shapes=NOTHING,
            value=say("측정 안 함", "not measured"),
            note=rule,
            state="not",
        )
    return Row(
        label=say(one.ko, one.name),
        shapes=strip("f1", one.pct / 100),
        value=_share(one),
        note=f"{one.numerator:,} / {one.denominator:,} · {rule}",
    )
