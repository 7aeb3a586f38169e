"""What is told of rules to the person who saved the draft."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

BROKEN: Final = NoticeKind(
    "rules.broken",
    "상품 {product}의 데이터셋 판 {number}이(가) 규칙 {failed}개를 지키지 않습니다",
    "Dataset version {number} of product {product} does not keep {failed} of its rules",
    "규칙 {rules}개 가운데 {failed}개가 지켜지지 않았거나 확인되지 않았습니다. 규칙 화면에서 어느 행이 벗어나는지 보고, 데이터를 고쳐 새 판으로 "
    "올리거나 규칙을 고치십시오. 그대로 등록을 요청하면 심사자와 구매자도 이 결과를 봅니다.",
    "Of {rules} rules, {failed} do not hold or could not be checked. The page of rules says which rows break them: "
    "mend the data and upload a new version, or correct the rules. If you request the registration as it is, "
    "reviewers and buyers see this result, too.",
)
