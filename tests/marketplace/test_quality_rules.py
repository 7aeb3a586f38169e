"""The file by which an exchange judges data: read, refused in words, looked at before anything starts."""

from pathlib import Path

import pytest

from marketplace.catalog.products.models import DataKind
from marketplace.errors import ConfigurationError
from marketplace.quality_rules import KINDS, QualityRules, read_rules
from marketplace.settings import load_settings
from tests.marketplace.test_settings import GOOD, set_environment

TOML = """
preset = "equal"
[thresholds]
stuck_rows = 20
[kinds.time_series.thresholds]
stuck_rows = 60
clock_s = [3000, 4100]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "quality.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rules_are_for_all_and_before_them_for_a_kind(tmp_path: Path) -> None:
    rules = read_rules(written(tmp_path, TOML))

    assert rules.thresholds_for("time_series") == {"stuck_rows": 60, "clock_s": [3000, 4100]}
    assert rules.thresholds_for("image") == rules.thresholds_for(None) == {"stuck_rows": 20}
    assert rules.told() == (
        "weights equal; all: stuck_rows = 20; time_series: clock_s = [3000, 4100], stuck_rows = 60"
    )
    assert read_rules(None) == QualityRules()
    assert QualityRules().told() == "weights kamp-appendix-4, default thresholds"


def test_the_kinds_are_those_of_products() -> None:
    assert set(KINDS) == {one.value for one in DataKind}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("preset = 'best'", "there is no preset 'best'; there are: kamp-appendix-4, equal, dqi"),
        ("treshold = 1", "unknown name treshold; there are: preset, thresholds, kinds"),
        ("thresholds = 1", "thresholds must be a table"),
        ("kinds = 1", "kinds must be a table"),
        ("[kinds.video]", "unknown name kinds.video; there are: tabular, time_series, image, sound, mixed"),
        ("[kinds.image]\npreset = 'equal'", "unknown name kinds.image.preset; there are: thresholds"),
        ("[kinds.image.thresholds]\nstuck_rows = -1", "kinds.image.thresholds: the threshold 'stuck_rows' must be a whole number, 0 or more"),
        ("[thresholds]\nrare_share = 5", "thresholds: the threshold 'rare_share' must be a share from 0 to 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_rules(written(tmp_path, text))

    assert refused.value.text("en").endswith(f"quality_rules: {reason}")


@pytest.mark.parametrize("text", [None, "a =", "a = 1\n[a"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "gone.toml" if text is None else written(tmp_path, text)

    with pytest.raises(ConfigurationError, match=r"\.toml cannot be read"):
        read_rules(path)


def test_no_process_starts_with_wrong_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    set_environment(monkeypatch, GOOD | {"QUALITY_RULES": str(written(tmp_path, "preset = 1"))})

    with pytest.raises(ConfigurationError, match="there is no preset 1"):
        load_settings(tmp_path)
