"""What can be refused around the training."""

from marketplace.errors import Conflict, Malformed, NotFound


class CourseMissing(NotFound):
    """No version of the course is published."""

    code = "course_missing"
    ko = "아직 기본교육이 공개되지 않았습니다. 거래소에 문의하십시오."
    en = "The basic training has not been published yet. Contact the exchange."


class FilmNotFound(NotFound):
    """No such film in the course in force."""

    code = "film_not_found"
    ko = "그런 영상이 없습니다. 기본교육 화면에서 다시 고르십시오."
    en = "There is no such film. Choose one on the page of the training."


class ItemNotFound(NotFound):
    """No such item in the checklist in force."""

    code = "item_not_found"
    ko = "그런 체크리스트 항목이 없습니다. 기본교육 화면을 새로 고치십시오."
    en = "There is no such item. Reload the page of the training."


class FilmsUnwatched(Conflict):
    """The checklist opens once every film was watched."""

    code = "films_unwatched"
    ko = "아직 끝까지 보지 않은 영상이 {count}개 있습니다. 영상을 모두 본 뒤 체크리스트에 동의하십시오."
    en = "{count} film(s) were not watched to the end. Watch them before the checklist."


class ItemsOpen(Conflict):
    """Every item must be agreed to before the signature."""

    code = "items_open"
    ko = "동의하지 않은 체크리스트 항목이 {count}개 있습니다. 하나씩 읽고 동의한 뒤 서명하십시오."
    en = "{count} item(s) of the checklist are open. Read and agree to each before you sign."


class AlreadySigned(Conflict):
    """The person has signed this version."""

    code = "already_signed"
    ko = "이미 서명해 이수했습니다. 이수증은 기본교육 화면에서 받을 수 있습니다."
    en = "You have signed already. The certificate is on the page of the training."


class SignatureUnusable(Malformed):
    """Neither drawn nor typed, or no lines that make a signature."""

    code = "signature_unusable"
    ko = "서명을 읽지 못했습니다. 서명 칸에 그리거나 ‘성명 입력으로 서명’을 고르십시오."
    en = "The signature could not be read. Draw it in the box, or choose to sign by typing your name."


class SignedNameWrong(Conflict):
    """The typed name is not the account's."""

    code = "signed_name_wrong"
    ko = "성명이 계정의 이름과 다릅니다. 계정의 이름 그대로 적으십시오."
    en = "The name is not the one of your account. Type it as it stands there."


class CertificateNotFound(NotFound):
    """No certificate has this number."""

    code = "certificate_not_found"
    ko = "그런 번호의 이수증이 없습니다. 번호를 다시 확인하십시오."
    en = "No certificate has this number. Check the number."


class CourseDraftMissing(NotFound):
    """No version is being written."""

    code = "course_draft_missing"
    ko = "쓰고 있는 교육의 새 판이 없습니다. 교육 화면에서 새 판 쓰기를 시작하십시오."
    en = "No version of the course is being written. Begin one on the page of the training."


class CourseDraftOpen(Conflict):
    """A version is being written already."""

    code = "course_draft_open"
    ko = "이미 쓰고 있는 새 판이 있습니다. 그 판을 이어서 쓰거나 지우십시오."
    en = "A version is being written already. Go on with it or discard it."


class CourseItemRepeated(Conflict):
    """Two items of the checklist have the same key."""

    code = "course_item_repeated"
    ko = "체크리스트에 같은 키 {key}이(가) 두 번 있습니다. 하나의 키를 바꿔 다시 저장하십시오."
    en = "The checklist has the key {key} twice. Give one of the items another key and save again."


class CourseUnchanged(Conflict):
    """The new version says what the one in force says."""

    code = "course_unchanged"
    ko = "지금 쓰는 판과 내용이 같아 공개하지 않았습니다. 바꾼 뒤 공개하십시오."
    en = "The version says the same as the one in force and was not published. Change it first."


class CourseWordsTooLong(Malformed):
    """A title, a sentence or the text to sign is longer than its place."""

    code = "course_words_too_long"
    ko = "제목은 120자, 자막과 항목은 300자, 서명할 글은 2,000자까지 쓸 수 있습니다. 줄여 다시 저장하십시오."
    en = "Titles take 120 characters, captions and items 300, the text to sign 2,000. Shorten them and save again."


class FilmUnreadable(Malformed):
    """What was uploaded is no WebM that says how long it is."""

    code = "film_unreadable"
    ko = "WebM 영상이 아니거나 길이를 읽을 수 없습니다. 1초에서 1시간 사이의 WebM으로 다시 저장해 올리십시오."
    en = "This is no WebM, or it does not say how long it is. Save it again as a WebM of one second to one hour."


class FilmMissing(Malformed):
    """A new film needs its file."""

    code = "film_missing"
    ko = "새 영상의 WebM 파일을 고르십시오."
    en = "Choose the WebM file of the new film."


class CaptionsWrong(Malformed):
    """A line of the captions does not fit."""

    code = "captions_wrong"
    ko = "자막 {line}번째 줄을 읽을 수 없습니다. 줄마다 ‘초, 한국어, 영어’를 탭이나 |로 나누고, 초는 앞줄보다 크고 영상 길이보다 작게 적으십시오."
    en = "Line {line} of the captions cannot be read. Each line holds second, Korean and English, apart by a tab or |; seconds grow and stay below the film's length."


class FilmsFull(Conflict):
    """A course has as many films as it may."""

    code = "films_full"
    ko = "영상은 {most}개까지 둘 수 있습니다. 필요 없는 영상을 빼고 다시 더하십시오."
    en = "A course has at most {most} films. Remove one that is not needed and try again."


class LastFilm(Conflict):
    """A course keeps one film at least."""

    code = "last_film"
    ko = "마지막 영상은 뺄 수 없습니다. 다른 영상을 먼저 더하십시오."
    en = "The last film cannot be removed. Add another one first."
