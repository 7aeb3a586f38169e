"""What sellers can be refused while they write a product."""

from marketplace.errors import Conflict, FieldError, Invalid, NotFound


class ProductNotFound(NotFound):
    """No such product of this organization."""

    code = "product_not_found"
    ko = "그런 상품이 없습니다. 상품 목록을 새로 고쳐 확인하십시오."
    en = "There is no such product. Reload the list of products."


class NoDraft(Conflict):
    """There is no content that could be written now."""

    code = "no_draft"
    ko = "지금 고칠 수 있는 내용이 없습니다. 심사 중이면 등록요청을 거둔 뒤, 승인된 상품이면 새 내용 작성을 시작한 뒤 고치십시오."
    en = "There is nothing to edit now. Take the request back while it is examined, or begin a new content of an approved product."


class DraftOpen(Conflict):
    """A content is being written or examined already."""

    code = "draft_open"
    ko = "이미 작성하거나 심사하는 내용이 있습니다. 그 내용을 이어서 고치십시오."
    en = "A content is being written or examined already. Continue with that one."


class DraftChanged(Conflict):
    """Somebody saved in between; nothing was overwritten."""

    code = "draft_changed"
    ko = "{at}에 {saved_by} 님이 다른 화면에서 저장해서 덮어쓰지 않았습니다. 다시 불러와 {revision}번째 저장 내용을 확인하거나, 내 내용으로 덮어쓰십시오."
    en = "{saved_by} saved in another window at {at}, so nothing was overwritten. Reload and look at save {revision}, or overwrite it with what you wrote."


class ProductsFull(Conflict):
    """The organization has as many products as it may."""

    code = "products_full"
    ko = "상품은 {most}개까지 만들 수 있습니다. 쓰지 않는 작성 중 상품을 지운 뒤 다시 만드십시오."
    en = "An organization has at most {most} products. Discard a draft that is not used and try again."


class DraftInvalid(Invalid):
    """Fields of the draft contradict each other or the lists."""

    code = "draft_invalid"
    ko = "저장하지 못했습니다. 표시된 항목을 고치십시오."
    en = "This was not saved. Correct the fields that are marked."


def wrong(field: str, code: str, ko: str, en: str) -> FieldError:
    """Return the reason for one field."""
    return FieldError(field, code, ko, en)
