"""V1 and V2: numbers and addresses that belong to a person."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import NO_TEXT, Check, Dimension, Look, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

TOLD: Final = ("text", "code", "nested", "boolean")


def _look(codes: tuple[str, ...]) -> Look:
    def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
        listed = [
            found(code, column=column.name, count=count, row=row)
            for column in table.columns
            for code, count, row in column.private
            if code in codes
        ]
        if not listed and not any(one.kind in TOLD for one in table.columns):
            return NO_TEXT
        return listed

    return look


V1: Final = ("PII_RRN",)
V2: Final = ("PII_CONTACT", "PII_CARD", "BUSINESS_NUMBER", "PII_PASSPORT", "PII_ACCOUNT")

RESIDENT = Check(
    id="V1",
    ko="주민·외국인등록번호",
    en="Resident registration numbers",
    dimension=Dimension.validity,
    codes=V1,
    rule_ko="글자로 된 칸에 올바른 날짜로 시작하는 YYMMDD-[1-8]NNNNNN. 검증 번호는 보지 않음",
    rule_en="YYMMDD-[1-8]NNNNNN with a valid date in cells of text; no check digit is asked for",
    source="주민등록법 시행규칙 제2조",
    look=_look(V1),
    todo_ko="그 값을 지우거나 되돌릴 수 없는 번호로 바꾼 뒤 다시 올리십시오.",
    todo_en="Delete the values, or replace them by numbers that lead back to nobody, and upload the file again.",
)

CONTACT = Check(
    id="V2",
    ko="연락처·카드·여권·계좌·사업자등록번호",
    en="Contacts, cards, passports, accounts, business numbers",
    dimension=Dimension.validity,
    codes=V2,
    rule_ko="글자로 된 칸에 휴대전화 번호, 전자우편, 룬 검사에 맞는 카드 번호, 검증 번호가 맞는 사업자등록번호(경고). 여권 번호와 10~14자리 계좌 번호는 머리글이나 칸의 말(여권, 계좌, 은행 등)이 그렇다고 할 때만",
    rule_en="mobile numbers, e-mail addresses, card numbers that pass Luhn's check, and business registration numbers with a right check digit (a warning) in cells of text; numbers of passports, and of accounts with 10 to 14 digits, only where the header or a word in the cell (여권, 계좌, account and the like) says so",
    source="ISO/IEC 7812-1:2017, annex B (Luhn); 국세청 사업자등록번호 검증 번호",
    look=_look(V2),
    todo_ko="그 값을 지우고 다시 올리십시오. 거래처의 사업자등록번호는 공개해도 되는지 확인하십시오.",
    todo_en="Delete the values and upload the file again; see whether the business numbers of others may be published.",
)
