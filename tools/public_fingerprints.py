"""Writes quality/across/public.json: the fingerprints of public data, from a folder where they lie.

Run ``python -m tools.public_fingerprints FOLDER`` when a file is added or the engine's sketches change. No
value of a file gets into the list: of rows and stretches only hashes, which cannot be turned back.
"""

import json
import sys
from pathlib import Path
from typing import Final

from msgspec import to_builtins

from quality import examine
from quality.across.public import LIST, Known, KnownColumn

ROWS: Final = 96
WINDOWS: Final = 32
COLUMNS: Final = 12
STRETCHES_LEAST: Final = 4

KAMP: Final = ("KAMP, 중소벤처기업부·스마트제조혁신추진단", "KAMP 이용 조건(출처 표시)")
UCI: Final = "CC BY 4.0"
TSID: Final = ("TUK-SKT TSID, github.com/yundhun/TSID", "MIT")
# File: what it is called, who gives it, under which licence.
FILES: Final = {
    "ai4i2020_9cols.csv": ("AI4I 2020 Predictive Maintenance", "UCI Machine Learning Repository", UCI),
    "cmapss_FD001_hand_dirtied.txt": ("C-MAPSS Turbofan FD001", "NASA Prognostics Center of Excellence", "US government work"),
    "kamp_casting_process.parquet": ("KAMP 주조 공정최적화", *KAMP),
    "kamp_diecasting_quality.csv": ("KAMP 주조 품질보증", *KAMP),
    "kamp_melting_tank_first10000.csv": ("KAMP 용해탱크", *KAMP),
    "kamp_plating_33days.zip": ("KAMP 크로메이트 도금", *KAMP),
    "nab_machine_temperature.csv": ("NAB machine temperature", "github.com/numenta/NAB", "MIT"),
    "skab_valve1_0.csv": ("SKAB valve1/0", "github.com/waico/SKAB", "GPL-3.0"),
    "steel_industry_energy.csv": ("Steel Industry Energy Consumption", "UCI Machine Learning Repository", UCI),
    "tsid_conveyor_mixed_encodings.zip": ("TSID conveyor belt", *TSID),
}  # fmt: skip


def known_of(path: Path, told: tuple[str, str, str]) -> list[Known]:
    """Return the tables of one public file by their fingerprints."""
    report = examine(path, name=path.name)
    hashes = {one.name: one.sha256 for one in report.members if one.sha256}
    name, source, licence = told
    made = []
    for sketch in report.sketches:
        columns = [
            KnownColumn(one.name, one.windows.first(WINDOWS))
            for one in sketch.columns
            if len(one.windows.values) >= STRETCHES_LEAST
        ]
        made.append(
            Known(
                name=name if len(report.sketches) == 1 else f"{name}: {sketch.table}",
                source=source,
                licence=licence,
                sha256=hashes.get(sketch.table.split(" / ")[0], report.sha256),
                rows=sketch.rows.first(ROWS),
                columns=tuple(columns[:COLUMNS]),
            )
        )
    return made


def main() -> None:
    """Write the list from the files of a folder."""
    folder = Path(sys.argv[1])
    known = [one for name, told in FILES.items() for one in known_of(folder / name, told)]
    lines = ",\n".join(json.dumps(to_builtins(one), ensure_ascii=False) for one in known)
    LIST.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(known)} tables of {len(FILES)} files, {LIST.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
