"""What can be refused around acceptance."""

from marketplace.errors import Conflict, NotFound


class AcceptanceNotFound(NotFound):
    """There is no such paid line of the organization."""

    code = "acceptance_not_found"
    ko = "검수할 그런 상품이 없습니다. 주문 화면에서 다시 찾으십시오."
    en = "There is no such line to accept. Look for it in the order."


class AcceptanceClosed(Conflict):
    """The line was accepted, its window has ended, or it is disputed or paid back."""

    code = "acceptance_closed"
    ko = "이 상품의 검수는 이미 끝났거나 이의를 다투는 중입니다. 화면을 새로 고쳐 상태를 확인하십시오."
    en = "This line is accepted already, disputed or paid back. Reload the page and look at its state."
