"""What a seller is told of a report that took the place of another."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

PROFILED: Final = NoticeKind(
    "dataset.profiled",
    "상품 {product}의 데이터셋 판 {number}을(를) 다시 검사했습니다",
    "Dataset version {number} of product {product} was examined again",
    "거래소 운영기관이 다시 검사하게 했습니다.\n사유: {reason}\n품질 등급이 {before}에서 {grade}(으)로 나왔습니다. 새 보고서는 상품 화면에서 볼 수 있고, "
    "앞선 보고서의 인증서는 그대로 유효합니다.",
    "The operator had it examined again.\nReason: {reason}\nThe quality grade was {before} and is {grade}. The new report is on the "
    "product's page; the certificate of the report before stays valid.",
)
