"""What can be refused around rules."""

from marketplace.errors import Conflict, Invalid, NotFound


class RulesInvalid(Invalid):
    """Rules that cannot be run; every one is named."""

    code = "rules_invalid"
    ko = "규칙을 저장하지 못했습니다. 표시된 규칙을 고치십시오."
    en = "The rules were not saved. Correct the rules that are marked."


class RuleNotFound(NotFound):
    """The draft has no rule at this place."""

    code = "rule_not_found"
    ko = "그런 규칙이 없습니다. 목록을 새로 열어 확인하십시오."
    en = "There is no such rule. Open the list again."


class RulesFull(Conflict):
    """The draft has as many rules as it may."""

    code = "rules_full"
    ko = "규칙은 {most}개까지 둘 수 있습니다. 쓰지 않는 규칙을 지우십시오."
    en = "There can be {most} rules. Delete one that is not used."


class RulesNotShown(NotFound):
    """The seller declares no rules for this product, or nothing came of them yet."""

    code = "rules_not_shown"
    ko = "이 상품에는 판매자가 정한 규칙의 결과가 없습니다. 품질 보고서를 보십시오."
    en = "There are no results of rules for this product. See its quality report."
