"""What can be refused around inquiries."""

from marketplace.errors import Conflict, Forbidden, NotFound


class InquiryNotFound(NotFound):
    """No such inquiry on a product of this organization."""

    code = "inquiry_not_found"
    ko = "그런 문의가 없습니다. 문의 목록을 새로 고치십시오."
    en = "There is no such inquiry. Reload the list."


class OwnProductInquiry(Forbidden):
    """Nobody asks about a product of the own organization."""

    code = "own_product_inquiry"
    ko = "우리 기업의 상품에는 문의할 수 없습니다. 상품 관리 화면에서 내용을 고치십시오."
    en = "You cannot ask about your own organization's product. Edit it on its page instead."


class InquiriesFull(Conflict):
    """The organization has enough open inquiries on this product."""

    code = "inquiries_full"
    ko = "이 상품에 답을 기다리는 문의가 이미 {most}건 있습니다. 답을 받은 뒤 더 문의하십시오."
    en = "Your organization has {most} open inquiries on this product. Wait for the answers first."


class InquiryHidden(Conflict):
    """The operator has hidden the inquiry."""

    code = "inquiry_hidden"
    ko = "거래소 운영기관이 가린 문의입니다. 답하거나 고칠 수 없습니다."
    en = "The exchange has hidden this inquiry. It cannot be answered or changed."
