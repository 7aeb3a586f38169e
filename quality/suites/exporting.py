"""Results in great-expectations' own JSON, as its ``ExpectationSuiteValidationResult`` writes it. Pure."""

from collections import Counter
from typing import Any, Final

from quality.suites.results import RuleResult, SuiteResult

VERSION: Final = "1.24.1"
SHARE: Final = 100


def validation_result(result: SuiteResult) -> dict[str, Any]:
    """Return what came of a suite on one table as great-expectations writes it."""
    rules = [_rule(one) for one in result.results]
    kept = sum(one["success"] for one in rules)
    return {
        "success": kept == len(rules),
        "results": rules,
        "suite_name": result.suite,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": len(rules),
            "successful_expectations": kept,
            "unsuccessful_expectations": len(rules) - kept,
            "success_percent": SHARE * kept / len(rules) if rules else None,
        },
        "meta": {
            "great_expectations_version": VERSION,
            "active_batch_definition": {"data_asset_name": result.table},
            "suite_sha256": result.sha256,
        },
        "id": None,
    }


def _rule(one: RuleResult) -> dict[str, Any]:
    return {
        "success": one.success,
        "expectation_config": {
            "type": one.type,
            "kwargs": one.kwargs,
            "meta": {"number": one.number, "rule_ko": one.ko, "rule_en": one.en},
            "severity": one.severity,
        },
        "result": _counts(one) if one.ran else {},
        "meta": {},
        "exception_info": {
            "raised_exception": not one.ran,
            "exception_message": one.reason_en or None,
            "exception_traceback": None,
        },
    }


def _counts(one: RuleResult) -> dict[str, Any]:
    if one.element_count is None:
        shown = {"observed_value": one.observed}
        if "success_details" in one.details or "mismatched" in one.details:
            return shown | {"details": one.details}
        return shown | one.details
    values = [place.value for place in one.places]
    told: dict[str, Any] = {
        "element_count": one.element_count,
        "unexpected_count": one.unexpected_count,
        "unexpected_percent": one.unexpected_pct,
        "partial_unexpected_list": values,
        "partial_unexpected_index_list": [place.row - 1 for place in one.places],
        "partial_unexpected_counts": _often(values),
    }
    if one.missing_count is None:
        return told
    broken, total = one.unexpected_count or 0, one.element_count
    return told | {
        "missing_count": one.missing_count,
        "missing_percent": SHARE * one.missing_count / total if total else None,
        "unexpected_percent_total": SHARE * broken / total if total else None,
        "unexpected_percent_nonmissing": one.unexpected_pct,
    }


def _often(values: list[Any]) -> list[dict[str, Any]]:
    plain = [one for one in values if not isinstance(one, dict | list)]
    return [{"value": value, "count": count} for value, count in Counter(plain).most_common()]
