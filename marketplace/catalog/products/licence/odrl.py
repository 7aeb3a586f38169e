"""The licence as ODRL 2.2, for programs: a closed profile of few actions and operands. Pure.

Source:
    W3C ODRL Information Model 2.2 and Vocabulary 2.2 (Recommendations of 2018-02-15): permission,
    prohibition, duty, constraint; actions use, derive, distribute, sell, delete, attribute.
"""

from collections.abc import Mapping
from typing import Any, Final

CONTEXT: Final = "http://www.w3.org/ns/odrl.jsonld"
_YEARS: Final = {"one_year": "P1Y", "three_years": "P3Y"}
_PURPOSE: Final = {"improvement": "production-improvement", "research": "non-profit-research"}
_RECIPIENT: Final = {"organization": "organization", "site": "site", "affiliates": "affiliates"}


def policy_of(
    answers: Mapping[str, str], *, uid: str, target: str, assigner: str
) -> dict[str, Any]:
    """Return an ODRL offer.

    Args:
        answers: code of the answer by code of the question
        uid: address of this policy
        target: address of the product
        assigner: address of the seller
    """
    permissions = [_use(answers, target)]
    prohibitions: list[dict[str, Any]] = []
    _derive(answers, target, permissions, prohibitions)
    _distribute(answers, target, permissions, prohibitions)
    offer: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Offer",
        "uid": uid,
        "assigner": assigner,
        "permission": permissions,
    }
    return offer | ({"prohibition": prohibitions} if prohibitions else {})


def _use(answers: Mapping[str, str], target: str) -> dict[str, Any]:
    constraints = [
        _constraint("recipient", "isA", _RECIPIENT[answers.get("seats", "organization")])
    ]
    if purpose := _PURPOSE.get(answers.get("purpose", "")):
        constraints.append(_constraint("purpose", "isA", purpose))
    if period := _YEARS.get(answers.get("term", "")):
        constraints.append(_constraint("elapsedTime", "lteq", period))
    if answers.get("territory") == "korea":
        constraints.append(_constraint("spatial", "eq", "KR"))
    duties = [{"action": "compensate"}]
    if answers.get("citation") == "required":
        duties.append({"action": "attribute"})
    if answers.get("term") in _YEARS:
        duties.append({"action": "delete"})
    return {"action": "use", "target": target, "constraint": constraints, "duty": duties}


def _derive(
    answers: Mapping[str, str],
    target: str,
    permissions: list[dict[str, Any]],
    prohibitions: list[dict[str, Any]],
) -> None:
    forbidden = answers.get("derived") == "forbidden"
    (prohibitions if forbidden else permissions).append({"action": "derive", "target": target})
    training = {"action": "use", "target": target}
    training |= {"constraint": [_constraint("purpose", "isA", "model-training")]}  # type: ignore[dict-item]
    no_training = answers.get("training") == "forbidden"
    (prohibitions if no_training else permissions).append(training)


def _distribute(
    answers: Mapping[str, str],
    target: str,
    permissions: list[dict[str, Any]],
    prohibitions: list[dict[str, Any]],
) -> None:
    if answers.get("redistribution") == "contractors":
        only = [_constraint("recipient", "isA", "contractor")]
        permissions.append({"action": "distribute", "target": target, "constraint": only})
    else:
        prohibitions.append({"action": "distribute", "target": target})
    prohibitions.append({"action": "sell", "target": target})


def _constraint(left: str, operator: str, right: str) -> dict[str, str]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}
