"""What the person who uploads a version is told, and the operator of malware."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

READY: Final = NoticeKind(
    "dataset.ready",
    "상품 {product}의 데이터셋 판 {number}이(가) 준비되었습니다",
    "Dataset version {number} of product {product} is ready",
    "모든 파일의 검사가 끝났습니다. 품질 등급은 {grade}입니다. 상품 화면에서 보고서를 확인하고 나머지를 채운 뒤 "
    "등록을 요청하십시오.",
    "Every file has been examined. The quality grade is {grade}. See the report on the product's page, "
    "fill in the rest and request the registration.",
)
BLOCKED: Final = NoticeKind(
    "dataset.blocked",
    "상품 {product}의 데이터셋 판 {number}에 고칠 파일이 있습니다",
    "Files of dataset version {number} of product {product} need to be mended",
    "읽지 못했거나 팔 수 없는 내용 또는 악성코드가 든 파일이 있습니다. 상품 화면에서 어느 파일의 무엇을 고칠지 확인한 뒤, "
    "그 파일을 빼고 고친 파일을 올려 다시 확정하십시오.",
    "Some files could not be read or hold malware or what must not be sold. The product's page says what to mend in "
    "which file: remove it, upload it mended and close the version again.",
)
MALWARE: Final = NoticeKind(
    "dataset.malware",
    "상품 {product}의 파일에서 악성코드가 발견되었습니다",
    "Malware was found in a file of product {product}",
    "파일 '{file}'에서 {found}이(가) 발견되어 막았습니다. 파일은 하루 뒤 저장소에서 지워집니다. 판매자에게 알려 감염된 컴퓨터를 "
    "점검하게 하고, 되풀이되면 감사 기록에서 그 기관의 다른 파일도 살피십시오.",
    "{found} was found in the file '{file}', which is blocked and leaves the store after a day. Ask the seller to look "
    "at the computer it came from; where it happens again, see the organization's other files in the audit trail.",
)
