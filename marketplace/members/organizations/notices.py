"""The notices about organizations and their members. Rights and money cannot be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

CONFIRM_SIGN_UP: Final = NoticeKind(
    "organization.confirm_sign_up",
    "[제조데이터 거래소] 가입을 확인해 주십시오",
    "[Manufacturing Data Exchange] Please confirm your sign-up",
    "{person} 님, {organization}({number})의 가입 신청을 받았습니다.\n"
    "아래 링크를 24시간 안에 눌러 전자우편을 확인하면 가입이 이어집니다.\n"
    "신청한 적이 없다면 이 메일을 버리십시오. 링크를 누르지 않으면 아무 일도 일어나지 않습니다.",
    "{person}, we received a sign-up for {organization} ({number}).\n"
    "Open the link below within 24 hours to confirm your e-mail and continue.\n"
    "If this was not you, discard this mail: nothing happens unless the link is opened.",
    mutable=False,
)
KNOWN_ADDRESS: Final = NoticeKind(
    "organization.known_address",
    "[제조데이터 거래소] 이미 가입한 주소입니다",
    "[Manufacturing Data Exchange] This address is registered already",
    "누군가 이 주소로 가입을 신청했습니다. 이 주소로 이미 가입되어 있어 새로 만들지 않았습니다.\n"
    "본인이 신청했다면 로그인하십시오. 비밀번호를 잊었다면 로그인 화면에서 다시 정할 수 있습니다.\n"
    "본인이 아니라면 하실 일은 없습니다. 계정은 그대로입니다.",
    "Somebody signed up with this address. It has an account, so none was made.\n"
    "If it was you, sign in; a forgotten password can be reset on the sign-in page.\n"
    "If it was not you, there is nothing to do: your account is unchanged.",
    mutable=False,
)
ACTIVATED: Final = NoticeKind(
    "organization.activated",
    "{organization}의 가입이 확인되었습니다",
    "{organization} is now a member",
    "{organization}이(가) 사업자 회원이 되었습니다. 국세청에 사업자 상태를 묻고 있습니다. "
    "판매, 계좌이체 결제, 지원사업 신청에 더 필요한 것을 기업 정보 화면에서 확인하십시오.",
    "{organization} is now a business member. The tax office is being asked about it. "
    "Its page shows what is still needed to sell, to pay by transfer and to apply.",
    mutable=False,
)
NUMBER_FREE: Final = NoticeKind(
    "organization.number_free",
    "사업자등록번호 {number}로 직접 등록할 수 있습니다",
    "You can now register the number {number} yourself",
    "먼저 가입을 신청한 사람이 기한 안에 확인하지 않아 그 신청이 끝났습니다. "
    "기업 정보 화면에서 기업을 직접 등록하십시오.",
    "The earlier sign-up was not confirmed in time and has ended. "
    "Register the organization yourself on the organization page.",
    mutable=False,
)
JOIN_REQUESTED: Final = NoticeKind(
    "organization.join_requested",
    "{person} 님이 {organization}에 가입을 요청했습니다",
    "{person} asks to join {organization}",
    "{person}({email}) 님이 우리 기업의 사업자등록번호로 가입을 신청했습니다. "
    "아는 사람이면 권한을 정해 수락하고, 아니면 사유를 적어 거절하십시오.",
    "{person} ({email}) signed up with your business number. "
    "Accept with roles if you know the person; otherwise refuse with a reason.",
    mutable=False,
)
JOIN_ACCEPTED: Final = NoticeKind(
    "organization.join_accepted",
    "{organization}이(가) 가입 요청을 수락했습니다",
    "{organization} accepted your request to join",
    "이제 {organization}의 회원입니다. 권한: {roles}. 다시 로그인하면 권한이 적용됩니다.",
    "You are now a member of {organization}. Roles: {roles}. Sign in again to use them.",
    mutable=False,
)
JOIN_REFUSED: Final = NoticeKind(
    "organization.join_refused",
    "{organization}이(가) 가입 요청을 거절했습니다",
    "{organization} refused your request to join",
    "사유: {reason}\n잘못된 처리라고 생각하면 기업의 담당자나 거래소 운영기관에 문의하십시오.",
    "Reason: {reason}\nIf you think this is wrong, ask the organization or the exchange's operator.",
    mutable=False,
)
JOIN_WITHDRAWN: Final = NoticeKind(
    "organization.join_withdrawn",
    "{person} 님이 가입 요청을 철회했습니다",
    "{person} withdrew the request to join",
    "{person}({email}) 님의 가입 요청은 더 처리하지 않아도 됩니다.",
    "The request of {person} ({email}) needs no answer any more.",
)
INVITED: Final = NoticeKind(
    "organization.invited",
    "[제조데이터 거래소] {organization}의 초대",
    "[Manufacturing Data Exchange] Invitation from {organization}",
    "{inviter} 님이 {organization}의 회원으로 초대했습니다. 권한: {roles}.\n"
    "아래 링크를 7일 안에 눌러 수락하십시오. 초대를 모르는 경우 이 메일을 버리십시오.",
    "{inviter} invites you to join {organization}. Roles: {roles}.\n"
    "Open the link below within 7 days to accept. If you do not expect it, discard this mail.",
    mutable=False,
)
MEMBER_JOINED: Final = NoticeKind(
    "organization.member_joined",
    "{person} 님이 {organization}의 회원이 되었습니다",
    "{person} has joined {organization}",
    "{person}({email}) 님이 들어왔습니다. 권한: {roles}.",
    "{person} ({email}) has joined. Roles: {roles}.",
    mutable=False,
)
ROLES_CHANGED: Final = NoticeKind(
    "organization.roles_changed",
    "{organization}에서 권한이 바뀌었습니다",
    "Your roles in {organization} have changed",
    "이전: {before}\n이후: {after}\n바꾼 사람: {by}\n안전을 위해 로그인이 끝났으니 다시 로그인하십시오. "
    "모르는 변경이면 기업의 대표 관리자에게 바로 알리십시오.",
    "Before: {before}\nAfter: {after}\nChanged by: {by}\nFor safety you were signed out; sign in "
    "again. If you do not expect this, tell an owner of the organization at once.",
    mutable=False,
)
OWNERSHIP_HANDED_OVER: Final = NoticeKind(
    "organization.ownership_handed_over",
    "{organization}의 대표 관리자가 바뀌었습니다",
    "{organization} has another owner",
    "{by} 님이 {person} 님에게 대표 관리자 권한을 넘겼습니다.",
    "{by} handed ownership over to {person}.",
    mutable=False,
)
MEMBER_REMOVED: Final = NoticeKind(
    "organization.member_removed",
    "{organization}에서 제외되었습니다",
    "You were removed from {organization}",
    "사유: {reason}\n계정은 그대로이며, 다른 기업의 초대를 받거나 새 기업을 등록할 수 있습니다.",
    "Reason: {reason}\nYour account stays: you may be invited elsewhere or register another organization.",
    mutable=False,
)
MEMBER_LEFT: Final = NoticeKind(
    "organization.member_left",
    "{person} 님이 {organization}에서 나갔습니다",
    "{person} has left {organization}",
    "{person}({email}) 님이 스스로 나갔습니다. 그 사람이 만든 API 토큰은 더 쓸 수 없습니다.",
    "{person} ({email}) has left. API tokens made by that person no longer work.",
    mutable=False,
)
REGISTRY_ANSWERED: Final = NoticeKind(
    "organization.registry_answered",
    "국세청 확인 결과: {organization}",
    "Answer of the tax office: {organization}",
    "{result_ko}",
    "{result_en}",
)
FACTS_CHANGED: Final = NoticeKind(
    "organization.facts_changed",
    "{organization}의 정보가 바뀌었습니다",
    "The facts of {organization} have changed",
    "{by} 님이 상호, 대표자 또는 개업일을 바꾸어 확인 결과가 지워졌습니다. "
    "국세청에 다시 묻고 있으며, 대표자 확인 서류를 다시 제출해야 합니다.",
    "{by} changed the name, the representative or the opening date, so earlier checks no longer "
    "count. The tax office is being asked again, and the representative must be verified anew.",
    mutable=False,
)
