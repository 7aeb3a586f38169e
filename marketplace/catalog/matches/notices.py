"""What the operator is told of data that two products have in common."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

MATCHED: Final = NoticeKind(
    "dataset.matched",
    "상품 {product}의 판 {number}에 상품 {other}의 자료가 들어 있습니다",
    "Version {number} of product {product} holds the data of product {other}",
    "상품 {product}의 판 {number}(표 ‘{table}’)과 상품 {other}(표 ‘{other_table}’)이 {share} % 겹칩니다. 이런 표가 모두 {count}쌍입니다. "
    "판의 화면에서 어느 쪽이 먼저인지 보고, 판매자에게 팔 권리를 물으십시오.",
    "Version {number} of product {product} (table “{table}”) and product {other} (table “{other_table}”) have {share} % in "
    "common, {count} pairs of tables in all. The version's page says which came first; ask the seller for the right to sell.",
)
