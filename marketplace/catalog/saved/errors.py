"""What can be refused around saved searches."""

from marketplace.errors import Conflict, FieldError, Invalid, NotFound


class SavedSearchNotFound(NotFound):
    """The person keeps no such search."""

    code = "saved_search_not_found"
    ko = "그런 저장한 검색이 없습니다. 목록을 새로 고치십시오."
    en = "You keep no such search. Reload the list."


class SavedSearchEmpty(Invalid):
    """A search without words and conditions finds everything."""

    code = "saved_search_empty"
    ko = (
        "검색어나 조건이 없는 검색은 저장할 수 없습니다. 낱말을 쓰거나 조건을 고른 뒤 저장하십시오."
    )
    en = "A search without words and conditions cannot be kept. Enter a word or choose a condition."

    def __init__(self) -> None:
        super().__init__([FieldError("words", self.code, type(self).ko, type(self).en)])


class SavedSearchKnown(Conflict):
    """The person keeps the same search already."""

    code = "saved_search_known"
    ko = "같은 검색을 ‘{name}’(이)라는 이름으로 이미 저장했습니다. 저장한 검색 목록에서 고치십시오."
    en = "You keep this search already as “{name}”. Change it in the list of saved searches."


class SavedSearchesFull(Conflict):
    """The person keeps as many searches as one may."""

    code = "saved_searches_full"
    ko = "검색은 {most}건까지 저장할 수 있습니다. 쓰지 않는 검색을 지우고 다시 저장하십시오."
    en = "At most {most} searches can be kept. Delete one that you no longer use and try again."


class StopLinkWrong(NotFound):
    """The link does not belong to a saved search that is there."""

    code = "saved_search_link_wrong"
    ko = "이 링크로는 알림을 끌 수 없습니다. 검색이 지워졌거나 주소가 잘렸습니다. 로그인해 저장한 검색에서 끄십시오."
    en = "This link stops no alert: the search is gone or the address was cut. Sign in and use your saved searches."
