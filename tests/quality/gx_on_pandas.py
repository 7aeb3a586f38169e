"""Run suites by great-expectations on pandas and print what came of each rule: the reference of our verdicts.

A program of its own, because the library takes seconds to import and warns of its own making.
Usage: gx_on_pandas.py CASES.json, a list of ``{"file", "encoding", "times", "suite"}``.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

import great_expectations as gx  # noqa: E402
import pandas as pd  # noqa: E402
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402
from great_expectations.expectations.expectation_configuration import (  # noqa: E402
    ExpectationConfiguration,
)


def frame_of(case: dict[str, Any]) -> pd.DataFrame:
    if case["file"].endswith(".parquet"):
        return pd.read_parquet(case["file"]).reset_index(drop=True)
    frame = pd.read_csv(
        case["file"], encoding=case["encoding"], keep_default_na=False, na_values=[""]
    )
    for name in case["times"]:
        frame[name] = pd.to_datetime(frame[name])
    return frame


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: renamed(one, names) for name, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def conditioned(value: Any, names: dict[str, str]) -> Any:
    """Rename the columns of a condition in any of its forms."""
    if isinstance(value, str):
        for old, new in sorted(names.items(), key=lambda pair: -len(pair[0])):
            value = value.replace(f'col("{old}")', f'col("{new}")').replace(f"`{old}`", new)
        return value
    if "conditions" in value:
        return value | {"conditions": [conditioned(one, names) for one in value["conditions"]]}
    return value | {"column": {"name": names[value["column"]["name"]]}}


COLUMNS = ("column", "column_A", "column_B", "column_list", "column_set")


def raised(info: dict[str, Any]) -> bool:
    inner = [one for one in info.values() if isinstance(one, dict)]
    return any(one.get("raised_exception") for one in (info, *inner))


def came_of(batch: Any, rules: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    expectations = []
    for place, rule in enumerate(rules):
        kwargs = {
            name: renamed(one, names) if name in COLUMNS else one
            for name, one in rule["kwargs"].items()
        }
        if "row_condition" in kwargs:
            kwargs["row_condition"] = conditioned(kwargs["row_condition"], names)
        expectations.append(
            ExpectationConfiguration(
                type=rule["type"], kwargs=kwargs, meta={"place": place}
            ).to_domain_obj()
        )
    suite = gx.ExpectationSuite("rules", expectations=expectations)
    found = batch.validate(suite, result_format="SUMMARY").to_json_dict()["results"]
    back = {new: old for old, new in names.items()}
    answers = {}
    for one in found:
        info = one.get("exception_info") or {}
        answers[one["expectation_config"]["meta"]["place"]] = {
            "success": str(one["success"]) == "True",
            "raised": json.dumps(info, default=str)[:500] if raised(info) else "",
            "result": renamed(one["result"], back),
        }
    return [answers[place] for place in range(len(rules))]


def main() -> None:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    answers = []
    for number, case in enumerate(json.loads(Path(sys.argv[1]).read_text())):
        asset = context.data_sources.add_pandas(f"d{number}").add_dataframe_asset("a")
        definition = asset.add_batch_definition_whole_dataframe("b")
        frame = frame_of(case)
        # It takes names that differ in case alone for one.
        names = {name: f"column{place}" for place, name in enumerate(frame.columns)}
        batch = definition.get_batch({"dataframe": frame.rename(columns=names)})
        answers.append(came_of(batch, case["suite"]["expectations"], names))
    sys.stdout.write(json.dumps(answers, default=str))


main()
