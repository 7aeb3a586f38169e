"""Rules of the rarer types, run by great-expectations over DuckDB or pandas on a staged copy of their columns.

Imported in the sandboxed child alone: great-expectations takes seconds and 280 MB to import. Columns are
called c0, c1 … meanwhile, because great-expectations takes names that differ in case alone for one.
"""

import warnings
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from quality.profile.planned import Plan
from quality.suites.arguments import VALUES_MAX
from quality.suites.parts import NotRun, Outcome
from quality.suites.reading import columns_needed
from quality.suites.results import Unexpected
from quality.suites.staging import ROW, Stage, name_of
from quality.suites.suite import Expectation
from quality.suites.types import DUCKDB, TYPES
from quality.suites.viewing import SHOWN, hidden

Rules = Sequence[tuple[int, Expectation]]
# Cells that pandas may hold at once.
PANDAS_CELLS_MAX: Final = 20_000_000
MESSAGE_CHARS: Final = 300
DUCKDB_MEMORY: Final = "1GB"
_COLUMN_ARGUMENTS: Final = ("column", "column_A", "column_B")


def run_outside(rules: Rules, stage: Stage, plan: Plan) -> dict[int, Outcome | NotRun]:
    """Return what came of rules on a table.

    Args:
        stage: the closed copy of the columns that the rules name
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _run(rules, stage, plan)


def _run(rules: Rules, stage: Stage, plan: Plan) -> dict[int, Outcome | NotRun]:
    context = _context()
    found: dict[int, Outcome | NotRun] = {}
    by_sql = [one for one in rules if TYPES[one[1].type].way == DUCKDB]
    others = [one for one in rules if TYPES[one[1].type].way != DUCKDB]
    if by_sql:
        found |= _validated(by_sql, _sql_batch(context, stage), plan)
    if others and stage.row_count * len(stage.columns) > PANDAS_CELLS_MAX:
        why = NotRun(
            f"이 규칙은 {PANDAS_CELLS_MAX:,}칸까지의 표에서만 확인할 수 있습니다.",
            f"This rule can be checked on tables of at most {PANDAS_CELLS_MAX:,} cells.",
        )
        found |= dict.fromkeys((number for number, _ in others), why)
    elif others:
        found |= _validated(others, _frame_batch(context, stage), plan)
    return found


def _context() -> Any:
    import great_expectations as gx  # noqa: PLC0415 - seconds, and only where it is needed
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415
    from great_expectations.execution_engine.sqlalchemy_execution_engine import (  # noqa: PLC0415
        SqlAlchemyExecutionEngine,
    )

    # It gives the connection back and reads the rows then, when DuckDB has dropped them.
    SqlAlchemyExecutionEngine.execute_query = _read_at_once  # type: ignore[method-assign]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def _read_at_once(self: Any, query: Any) -> Any:
    with self.get_connection() as connection:
        return connection.execute(query).freeze()()


def _sql_batch(context: Any, stage: Stage) -> Any:
    import duckdb  # noqa: PLC0415 - as above

    place = stage.path.with_suffix(".duckdb")
    with duckdb.connect(str(place)) as connection:
        columns = ", ".join([ROW, *(_selected(stage, one.position) for one in stage.columns)])
        path = str(stage.path).replace("'", "''")
        connection.execute(f"create view staged as select {columns} from read_parquet('{path}')")  # noqa: S608 - names and path are ours
    config = {"memory_limit": DUCKDB_MEMORY, "threads": 1, "temp_directory": str(stage.path.parent)}
    source = context.data_sources.add_sql(
        "staged",
        connection_string=f"duckdb:///{place}",
        create_temp_table=False,
        kwargs={"connect_args": {"config": config}},
    )
    asset = source.add_table_asset("staged", table_name="staged")
    return asset.add_batch_definition_whole_table("staged").get_batch()


def _selected(stage: Stage, position: int) -> str:
    name = name_of(position)
    return f"cast({name} as bigint) as {name}" if stage.whole.get(position) else name


def _frame_batch(context: Any, stage: Stage) -> Any:
    import pyarrow.parquet as pq  # noqa: PLC0415 - as above

    frame = pq.read_table(stage.path).to_pandas()
    for position, whole in stage.whole.items():
        name = name_of(position)
        if whole and not frame[name].isna().any():
            frame[name] = frame[name].astype("int64")
    source = context.data_sources.add_pandas("frames")
    asset = source.add_dataframe_asset("frame")
    definition = asset.add_batch_definition_whole_dataframe("frame")
    return definition.get_batch({"dataframe": frame})


def _validated(rules: Rules, batch: Any, plan: Plan) -> dict[int, Outcome | NotRun]:
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415
        ExpectationConfiguration,
    )

    positions = {one.name: one.position for one in plan.columns}
    found: dict[int, Outcome | NotRun] = {}
    form = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": SHOWN,
        "unexpected_index_column_names": [ROW],
    }
    for number, rule in rules:
        renamed = {name: name_of(positions[name]) for name in columns_needed(rule)}
        kwargs = {name: _renamed(name, one, renamed) for name, one in rule.kwargs.items()}
        try:
            expectation = ExpectationConfiguration(type=rule.type, kwargs=kwargs).to_domain_obj()
            result = batch.validate(expectation, result_format=form).to_json_dict()
        except Exception as error:  # noqa: BLE001 - whatever a rule does to the library, others are run
            found[number] = _failed(str(error))
            continue
        back = {new: old for old, new in renamed.items()}
        found[number] = _outcome(result, back)
    return found


def _renamed(name: str, value: Any, names: dict[str, str]) -> Any:
    if name in _COLUMN_ARGUMENTS:
        return names[value]
    if name == "column_list":
        return [names[one] for one in value]
    if name == "value_pairs_set":
        return [tuple(one) for one in value[:VALUES_MAX]]
    return value


def _failed(message: str) -> NotRun:
    said = " ".join(message.split())[:MESSAGE_CHARS]
    return NotRun(
        f"great-expectations가 확인하지 못했습니다: {said}",
        f"great-expectations could not check it: {said}",
    )


def _outcome(result: dict[str, Any], names: dict[str, str]) -> Outcome | NotRun:
    raised = _raised(result.get("exception_info") or {})
    if raised is not None:
        return _failed(raised)
    told = result.get("result") or {}
    if "element_count" not in told:
        observed = told.get("observed_value")
        return Outcome(
            success=bool(result["success"]), observed=observed, details=told.get("details") or {}
        )
    return Outcome(
        success=bool(result["success"]),
        element_count=told["element_count"],
        missing_count=told.get("missing_count"),
        unexpected_count=told.get("unexpected_count"),
        places=_places(told, names),
    )


def _raised(info: dict[str, Any]) -> str | None:
    """Return what a rule raised; of several metrics each has its own message."""
    for one in (info, *(value for value in info.values() if isinstance(value, dict))):
        if one.get("raised_exception"):
            return str(one.get("exception_message"))
    return None


def _places(told: dict[str, Any], names: dict[str, str]) -> tuple[Unexpected, ...]:
    places = []
    for one in told.get("partial_unexpected_index_list") or []:
        values = {
            names.get(name, name): _plain(value) for name, value in one.items() if name != ROW
        }
        shown = values if len(values) > 1 else next(iter(values.values()), None)
        places.append(Unexpected(int(one[ROW]), shown))
    return tuple(sorted(places, key=lambda place: place.row)[:SHOWN])


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return hidden(value) if isinstance(value, str) else value
