"""What a change of the bank account can be refused."""

from marketplace.errors import Conflict, NotFound


class BankAccountNotFound(NotFound):
    """No such account of this organization."""

    code = "bank_account_not_found"
    ko = "그런 계좌가 없습니다. 계좌 화면을 새로 고쳐 확인하십시오."
    en = "There is no such bank account. Reload the bank account page."


class BankAccountWaiting(Conflict):
    """One change at a time: another one waits for its confirmation."""

    code = "bank_account_waiting"
    ko = "확인을 기다리는 계좌가 이미 있습니다. 확인하거나 철회한 뒤 새로 등록하십시오."
    en = "Another account waits for confirmation. Confirm or withdraw it before registering a new one."


class BankAccountDecided(Conflict):
    """It was confirmed, refused or withdrawn already, or is in use."""

    code = "bank_account_decided"
    ko = "이미 처리된 계좌입니다. 계좌 화면을 새로 고쳐 상태를 확인하십시오."
    en = "The account was decided already. Reload the bank account page to see its state."


class SecondPersonNeeded(Conflict):
    """Whoever proposed an account does not confirm it."""

    code = "second_person_needed"
    ko = "계좌를 등록한 사람은 확인할 수 없습니다. 다른 대표 관리자가 확인하거나, 대표 관리자가 한 명이면 거래소 운영기관이 확인합니다."
    en = "Whoever registered the account cannot confirm it. Another owner does, or the exchange's operator where there is only one owner."
