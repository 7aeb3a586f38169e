"""What can go wrong with a gateway; no class of a provider's client leaves this package."""

from typing import ClassVar


class GatewayError(Exception):
    """Base of everything a gateway raises on purpose.

    ``ko`` and ``en`` are sentences for people; ``detail`` holds the provider's own words for the
    operator and is never shown to a buyer. ``repeat_is_safe`` says whether the same call may
    simply be made again.
    """

    code: ClassVar[str] = "gateway_error"
    ko: ClassVar[str] = "결제 대행사와 통신하는 중에 오류가 났습니다."
    en: ClassVar[str] = "Something went wrong with the payment gateway."
    repeat_is_safe: ClassVar[bool] = False

    def __init__(self, gateway: str, detail: str = "") -> None:
        self.gateway = gateway
        self.detail = detail
        super().__init__(f"{gateway}: {self.code}" + (f" ({detail})" if detail else ""))


class GatewayRefused(GatewayError):
    """The provider said no; nothing was done, and the same request would be refused again."""

    code = "gateway_refused"
    ko = "결제 대행사가 요청을 받아들이지 않았습니다. 결제된 금액은 없습니다. 다른 결제 방법으로 다시 시도하십시오."
    en = "The payment gateway refused the request. Nothing was charged. Please try another way to pay."


class RefundTooMuch(GatewayRefused):
    """More was to be refunded than is left of the payment, as the provider counts."""

    code = "gateway_refund_too_much"
    ko = "환불할 금액이 결제에서 남은 금액보다 많습니다. 이미 처리된 환불이 있는지 확인하십시오."
    en = "The refund is more than what is left of the payment. Check the refunds made before."


class RefundOutdated(GatewayRefused):
    """What is left of the payment is not what we believed: somebody refunded meanwhile."""

    code = "gateway_refund_outdated"
    ko = "그 사이 이 결제의 다른 환불이 처리되었습니다. 남은 금액을 다시 확인하십시오."
    en = "Another refund of this payment was made meanwhile. Check again what is left of it."


class NotRefundable(GatewayRefused):
    """The payment is in no state to be refunded: not paid, or its money is not there any more."""

    code = "gateway_not_refundable"
    ko = "이 결제는 지금 환불할 수 있는 상태가 아닙니다. 결제 상태를 확인하십시오."
    en = "This payment cannot be refunded in its present state. Check the state of the payment."


class KeyReused(GatewayRefused):
    """One of our ids was sent before with other contents: a fault of ours, never repeated."""

    code = "gateway_key_reused"
    ko = "같은 결제 번호가 다른 내용으로 이미 쓰였습니다. 주문에서 결제를 새로 시작하십시오."
    en = "The same payment number was used with other contents. Start a new payment from the order."


class ResultUnknown(GatewayError):
    """The request may have been carried out; only looking the payment up tells the truth."""

    code = "gateway_result_unknown"
    ko = "결제 대행사의 답을 받지 못해 결과를 확인하고 있습니다. 다시 결제하지 말고 잠시 기다리십시오."
    en = "The gateway gave no answer and the result is being checked. Please wait and do not pay again."


class GatewayUnreachable(GatewayError):
    """The request did not reach the provider, or only asked for something; a repeat is safe."""

    code = "gateway_unreachable"
    ko = "결제 대행사에 연결되지 않습니다. 결제된 금액은 없습니다. 잠시 뒤 다시 시도하십시오."
    en = "The payment gateway cannot be reached. Nothing was charged. Please try again in a moment."
    repeat_is_safe = True


class GatewayMisconfigured(GatewayError):
    """Our keys or settings are wrong; the operator must act."""

    code = "gateway_misconfigured"
    ko = "결제 대행사 설정이 올바르지 않습니다. 거래소 운영자에게 알리십시오."
    en = "The settings of the payment gateway are wrong. Please tell the operator of the exchange."


class WebhookForged(GatewayError):
    """The signature is missing or made by nobody we know, or the bytes were changed."""

    code = "webhook_forged"
    ko = "알림의 서명이 올바르지 않습니다."
    en = "The signature of the notification is wrong."


class WebhookStale(GatewayError):
    """The signed time is too long ago or ahead; perhaps somebody sends an old notice again."""

    code = "webhook_stale"
    ko = "알림에 서명된 시각이 허용 범위를 벗어났습니다."
    en = "The signed time of the notification is outside what is allowed."


class WebhookUnreadable(GatewayError):
    """The signature holds, but the body is not what this provider sends, or is too large."""

    code = "webhook_unreadable"
    ko = "알림의 내용을 읽을 수 없습니다."
    en = "The content of the notification cannot be read."
