"""Generated tables of machines with everything that crosses the borders of blocks, in every kind of file that splits."""

import json
import random
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

NAMES = ("시각", "설비", "온도 [℃]", "횟수", "번호", "판정", "메모")


def rows_of(chance: random.Random, count: int) -> list[list[str]]:
    """Rows of three machines: gaps, steps back, flat stretches, empty and odd cells, repeats."""
    rows: list[list[str]] = []
    second, level, flat = 0, 50.0, 0
    for number in range(count):
        second += chance.choice([0, 0, 0, 1]) if number % 3 else 1
        second += chance.choice([0] * 60 + [40, -3])
        flat = flat - 1 if flat else chance.choice([0] * 40 + [25])
        level = level if flat else round(50 + chance.gauss(0, 3), 2)
        row = [
            f"2026-03-01 {second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}",
            f"M{number % 3}",
            chance.choice([str(level)] * 30 + ["", "오류", "1,234.5"]),
            chance.choice([str(number // 7)] * 30 + ["", "inf"]),
            f"S{number:06d}",
            chance.choice(["정상"] * 9 + ["불량", "N/A", " 정상 "]),
            chance.choice(["", "", '따옴표 "안"\n둘째 줄', "가" * 30, "a@b.kr"]),
        ]
        rows.append(rows[-1] if rows and chance.randrange(100) == 0 else row)
    return rows


def written(path: Path, kind: str, chance: random.Random, count: int) -> Path:
    """Write such a table; CSV and JSON Lines have damaged records, too."""
    rows = rows_of(chance, count)
    if kind == "parquet":
        table = pa.table(
            {name: pa.array([row[at] for row in rows]) for at, name in enumerate(NAMES)}
        )
        parquet.write_table(table, path, row_group_size=max(count // 5, 1))
    elif kind == "jsonl":
        lines = [_json(chance, row) for row in rows]
        if lines and lines[0].startswith("["):  # a file that begins like that is one array
            lines[0] = "{}\n"
        path.write_text("".join(lines), encoding="utf-8")
    else:
        lines = [",".join(NAMES), *(_csv(chance, row) for row in rows)]
        path.write_text("\r\n".join(lines) + "\r\n", encoding=kind, errors="replace", newline="")
    return path


def _csv(chance: random.Random, row: list[str]) -> str:
    if chance.randrange(100) == 0:
        return "셋,만,있음"
    cells = [cell.replace('"', '""') for cell in row]
    return ",".join(f'"{cell}"' if set(cell) & set(',"\n') else cell for cell in cells)


def _json(chance: random.Random, row: list[str]) -> str:
    odd, whole, escaped = chance.randrange(200), chance.randrange(2), chance.randrange(2)
    fields = {name: cell for name, cell in zip(NAMES, row, strict=True) if cell or whole}
    if odd == 0:
        fields["새 열"] = "1"
    broken = {1: '{"시각": \n', 2: '["배열"]\n', 3: '{"시각": 1, "시각": NaN, "메모": "\\u0000"}\n'}
    return broken.get(odd) or json.dumps(fields, ensure_ascii=bool(escaped)) + "\n"
