"""What can be refused around a registration request."""

from marketplace.errors import Conflict, Forbidden, NotFound


class ReviewNotFound(NotFound):
    """No such review, or another organization's."""

    code = "review_not_found"
    ko = "그런 등록심사가 없습니다. 목록을 새로 고쳐 확인하십시오."
    en = "There is no such review. Reload the list."


class NotReadyToSubmit(Conflict):
    """Something is missing before the request can be sent; the checks say what."""

    code = "not_ready_to_submit"
    ko = "아직 등록을 요청할 수 없습니다. 남은 것 {count}가지를 상품 화면에서 채우십시오."
    en = "The registration cannot be requested yet. The product's page lists the {count} things that are missing."


class NothingSubmitted(Conflict):
    """There is no request that could be taken back."""

    code = "nothing_submitted"
    ko = "거둘 등록요청이 없습니다. 이미 심사가 끝났는지 상품 화면에서 확인하십시오."
    en = "There is no request to take back. See on the product's page whether it was decided."


class ReviewDecided(Conflict):
    """The review has been decided already."""

    code = "review_decided"
    ko = "이미 끝난 심사입니다. 화면을 새로 고쳐 결정을 확인하십시오."
    en = "This review has been decided. Reload the page to see the decision."


class ReviewReasonMissing(Conflict):
    """A request is returned or rejected with a reason alone."""

    code = "review_reason_missing"
    ko = "보완요청이나 반려에는 사유를 2자 이상 적어야 합니다. 판매자가 그대로 읽습니다."
    en = "A return or rejection needs a reason of at least two characters. The seller reads it as it stands."


class SecondLookNeeded(Forbidden):
    """The same reviewer cannot confirm the own approval."""

    code = "second_look_needed"
    ko = "이 상품의 승인은 다른 심사 담당이 한 번 더 확인해야 합니다."
    en = "Another reviewer must confirm the approval of this product."


class OwnProductReview(Forbidden):
    """Nobody decides on a product of the own organization (E5)."""

    code = "own_product_review"
    ko = "자기 기관의 상품은 심사할 수 없습니다. 다른 기관의 담당이 심사합니다."
    en = "Nobody reviews a product of the own organization."
