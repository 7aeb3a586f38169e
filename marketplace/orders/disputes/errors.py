"""What can be refused around disputes."""

from marketplace.errors import Conflict, NotFound


class DisputeNotFound(NotFound):
    """There is no such dispute of the organization."""

    code = "dispute_not_found"
    ko = "그런 이의가 없습니다. 목록에서 다시 찾으십시오."
    en = "There is no such dispute. Look for it in the list."


class DisputeOpen(Conflict):
    """The line is disputed already."""

    code = "dispute_open"
    ko = "이 상품에는 이미 다투는 중인 이의가 있습니다. 결정을 기다리거나 그 이의를 거두십시오."
    en = "This line is disputed already. Wait for the decision, or withdraw that dispute."


class DisputeDecided(Conflict):
    """The dispute is decided, withdrawn, or was answered already."""

    code = "dispute_decided"
    ko = "이미 결정되었거나 거둔 이의, 또는 이미 답한 이의입니다. 화면을 새로 고쳐 상태를 확인하십시오."
    en = "This dispute is decided, withdrawn or answered already. Reload the page and look at its state."


class DisputeTooLate(Conflict):
    """The window and the periods of the law have ended."""

    code = "dispute_too_late"
    ko = (
        "이의를 낼 수 있는 기간이 {ends_on}에 끝났습니다. 공급받은 날부터 3개월, 안 날부터 30일 안에 낼 수 있습니다"
        "(전자상거래법 제17조제3항)."
    )
    en = (
        "The time to open a dispute ended on {ends_on}: within 3 months of supply and 30 days of knowing "
        "(e-commerce act, article 17 (3))."
    )


class DisputesTooMany(Conflict):
    """The line was disputed as often as it can be."""

    code = "disputes_too_many"
    ko = "한 상품에는 이의를 {most}번까지 낼 수 있습니다. 거래소에 문의하십시오."
    en = "A line can be disputed {most} times at most. Please ask the exchange."


class NothingToDispute(Conflict):
    """The line is not paid, or everything was paid back."""

    code = "nothing_to_dispute"
    ko = "결제되지 않았거나 이미 모두 환불된 상품입니다. 주문 화면에서 상태를 확인하십시오."
    en = "The line is not paid, or was paid back as a whole. Look at the order."
