"""What can be refused around orders."""

from marketplace.errors import Conflict, NotFound


class OrderNotFound(NotFound):
    """There is no such order of the organization."""

    code = "order_not_found"
    ko = "그런 주문이 없습니다. 주문 목록에서 다시 찾으십시오."
    en = "There is no such order. Look for it in the list of orders."


class OrderNotOpen(Conflict):
    """The order waits for no payment any more."""

    code = "order_not_open"
    ko = "이 주문은 더 결제하거나 취소할 수 없습니다. 주문 화면을 새로 고쳐 상태를 확인하십시오."
    en = "This order can be neither paid nor cancelled any more. Reload the order and look at its state."


class OrderExpired(Conflict):
    """The time to pay the order is over."""

    code = "order_expired"
    ko = "결제할 수 있는 시간이 지난 주문입니다. 장바구니에 다시 담아 새로 주문하십시오."
    en = "The time to pay this order is over. Put the products into the cart and order again."


class OrderChanged(Conflict):
    """Price, tax, version or terms are no longer what was seen and agreed to."""

    code = "order_changed"
    ko = "그 사이 장바구니의 가격, 판이나 이용 조건이 바뀌었습니다. 바뀐 내용을 확인하고 다시 주문하십시오."
    en = "A price, a version or the terms in the cart have changed meanwhile. Look at what changed and order again."


class TermsNotAccepted(Conflict):
    """The terms of a product were not agreed to."""

    code = "terms_not_accepted"
    ko = "모든 상품의 이용 조건에 동의해야 주문할 수 있습니다. 동의하지 않은 상품: {title}"
    en = "Agree to the terms of every product before you order. Not agreed to: {title}"


class TrainingRequired(Conflict):
    """This exchange asks buyers for the basic training before their first order (E3)."""

    code = "training_required"
    ko = "이 거래소에서는 처음 주문하기 전에 기본교육을 마쳐야 합니다. 우리 기업의 한 사람이 기본교육 화면에서 마치면 됩니다."
    en = "This exchange asks for the basic training before the first order. One person of your organization completes it on the training page."


class AlreadyOwned(Conflict):
    """The organization has the right to use this version already."""

    code = "already_owned"
    ko = "‘{title}’의 이 판은 이미 산 것입니다. 그래도 다시 사려면 ‘이미 산 판도 다시 산다’를 선택하십시오."
    en = "This version of “{title}” was bought already. To buy it again all the same, choose “buy again”."
