"""What can be refused around payments."""

from marketplace.errors import Conflict, Forbidden, Malformed, NotFound, Unavailable


class PaymentNotFound(NotFound):
    """There is no such payment."""

    code = "payment_not_found"
    ko = "그런 결제가 없습니다. 주문 화면에서 결제를 다시 시작하십시오."
    en = "There is no such payment. Start it again from the order."


class MethodNotOffered(Conflict):
    """The way to pay is not offered for this order."""

    code = "payment_method_not_offered"
    ko = "이 주문에는 그 결제 방법을 쓸 수 없습니다. 화면에 나온 방법 가운데에서 고르십시오."
    en = "This order cannot be paid that way. Choose one of the ways that are shown."


class SellerTaxUndecided(Conflict):
    """The operator has not decided how a seller is taxed."""

    code = "seller_tax_undecided"
    ko = "판매자 ‘{seller}’의 과세 유형이 정해지지 않아 아직 주문할 수 없습니다. 거래소에 문의하십시오."
    en = "How the seller “{seller}” is taxed has not been decided, so this cannot be ordered yet. Ask the exchange."


class GatewayAway(Unavailable):
    """The payment gateway does not answer; nothing was charged."""

    code = "gateway_away"
    ko = "결제 대행사에 연결되지 않습니다. 결제된 금액은 없습니다. 잠시 뒤 다시 시도하십시오."
    en = "The payment gateway cannot be reached. Nothing was charged. Please try again in a moment."


class WebhookRefused(Malformed):
    """The notification is none that a gateway of ours has signed."""

    code = "webhook_refused"
    ko = "결제 대행사의 알림으로 확인되지 않습니다."
    en = "This is no notification of a payment gateway."


class WebhookUntrusted(Forbidden):
    """The signature of the notification is wrong or too old."""

    code = "webhook_untrusted"
    ko = "알림의 서명이 올바르지 않거나 너무 오래되었습니다."
    en = "The signature of the notification is wrong or too old."


class QuestionNotFound(NotFound):
    """There is no such open question about a payment."""

    code = "payment_question_not_found"
    ko = "그런 확인 요청이 없거나 이미 처리되었습니다. 목록을 새로 고치십시오."
    en = "There is no such question, or it was dealt with. Reload the list."


class DifferenceNotFound(NotFound):
    """There is no such open difference."""

    code = "reconciliation_difference_not_found"
    ko = "그런 차이가 없거나 이미 처리되었습니다. 목록을 새로 고치십시오."
    en = "There is no such difference, or it was dealt with. Reload the list."


class ButtonGone(Conflict):
    """The sandbox's pay page has no such button now."""

    code = "sandbox_button_gone"
    ko = "이 시험 결제에서는 지금 그 단추를 쓸 수 없습니다. 화면을 새로 고치십시오."
    en = "This test payment has no such button now. Reload the page."
