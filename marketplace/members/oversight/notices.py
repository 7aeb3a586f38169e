"""What people are told of the operator's decisions; none of it can be muted, it is about rights."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Role
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import notify

ORGANIZATION_SUSPENDED = NoticeKind(
    "oversight.organization_suspended",
    "{organization}의 이용이 정지되었습니다",
    "{organization} has been suspended",
    "거래소 운영기관이 {organization}의 이용을 정지했습니다. 사유: {reason}\n이의가 있으면 거래소에 문의하십시오.",
    "The exchange's operator has suspended {organization}. Reason: {reason}\n"
    "Contact the exchange if you disagree.",
    mutable=False,
)
ORGANIZATION_REINSTATED = NoticeKind(
    "oversight.organization_reinstated",
    "{organization}의 이용 정지가 풀렸습니다",
    "{organization} has been reinstated",
    "{organization}을(를) 다시 이용할 수 있습니다. 사유: {reason}",
    "{organization} may use the exchange again. Reason: {reason}",
    mutable=False,
)
PAPER_ACCEPTED = NoticeKind(
    "oversight.paper_accepted",
    "증빙 서류를 확인했습니다: {file_name}",
    "Paper accepted: {file_name}",
    "{organization}의 증빙 서류 {file_name}을(를) 확인했습니다.",
    "The paper {file_name} of {organization} has been accepted.",
    mutable=False,
)
PAPER_RETURNED = NoticeKind(
    "oversight.paper_returned",
    "증빙 서류를 돌려보냈습니다: {file_name}",
    "Paper returned: {file_name}",
    "{organization}의 증빙 서류 {file_name}을(를) 돌려보냈습니다. 사유: {reason}\n고쳐서 다시 올리십시오.",
    "The paper {file_name} of {organization} has been returned. Reason: {reason}\n"
    "Correct it and upload it again.",
    mutable=False,
)
REPRESENTATIVE_VERIFIED = NoticeKind(
    "oversight.representative_verified",
    "{organization}의 대표자를 확인했습니다",
    "The representative of {organization} has been verified",
    "서류로 {organization}의 대표자를 확인했습니다. 이제 판매, 계좌 이체 결제, 지원사업 신청을 할 수 있습니다.",
    "The representative of {organization} has been verified from the papers. You may now sell,"
    " pay by transfer and apply for the programme.",
    mutable=False,
)
REPRESENTATIVE_WITHDRAWN = NoticeKind(
    "oversight.representative_withdrawn",
    "{organization}의 대표자 확인을 취소했습니다",
    "The verification of {organization}'s representative has been withdrawn",
    "{organization}의 대표자 확인을 취소했습니다. 사유: {reason}\n새 서류를 올리십시오.",
    "The verification of {organization}'s representative has been withdrawn. Reason: {reason}\n"
    "Upload new papers.",
    mutable=False,
)
REGISTRY_OVERRIDDEN = NoticeKind(
    "oversight.registry_overridden",
    "{organization}의 사업자 상태를 거래소가 판단했습니다",
    "The exchange has decided on the status of {organization}",
    "국세청 조회 결과와 별도로 {organization}을(를) 정상 사업자로 인정했습니다. 사유: {reason}",
    "Apart from the register's answer, {organization} is treated as a business in operation."
    " Reason: {reason}",
    mutable=False,
)
OVERRIDE_WITHDRAWN = NoticeKind(
    "oversight.override_withdrawn",
    "{organization}의 사업자 상태 판단을 거두었습니다",
    "The decision on the status of {organization} has been withdrawn",
    "{organization}의 사업자 상태는 다시 국세청 조회 결과를 따릅니다. 사유: {reason}",
    "The status of {organization} follows the register's answer again. Reason: {reason}",
    mutable=False,
)
BANK_ACCOUNT_CONFIRMED = NoticeKind(
    "oversight.bank_account_confirmed",
    "{organization}의 계좌를 확인했습니다",
    "The bank account of {organization} has been confirmed",
    "끝자리 {last4} 계좌를 거래소 운영기관이 확인했습니다. {effective_on}부터 쓰입니다. 직접 바꾼 것이 아니면 바로 거래소에 알리십시오.",
    "The exchange's operator has confirmed the account ending in {last4}. It is used from"
    " {effective_on}. If you did not ask for this change, tell the exchange at once.",
    mutable=False,
)
BANK_ACCOUNT_REFUSED = NoticeKind(
    "oversight.bank_account_refused",
    "{organization}의 계좌를 확인하지 못했습니다",
    "The bank account of {organization} has been refused",
    "끝자리 {last4} 계좌를 확인하지 못했습니다. 사유: {reason}",
    "The account ending in {last4} has been refused. Reason: {reason}",
    mutable=False,
)
PERSON_SUSPENDED = NoticeKind(
    "oversight.person_suspended",
    "계정 이용이 정지되었습니다",
    "Your account has been suspended",
    "거래소 운영기관이 계정 이용을 정지했습니다. 사유: {reason}\n이의가 있으면 거래소에 문의하십시오.",
    "The exchange's operator has suspended your account. Reason: {reason}\n"
    "Contact the exchange if you disagree.",
    mutable=False,
)
PERSON_REINSTATED = NoticeKind(
    "oversight.person_reinstated",
    "계정 이용 정지가 풀렸습니다",
    "Your account has been reinstated",
    "계정을 다시 쓸 수 있습니다. 사유: {reason}",
    "You may use your account again. Reason: {reason}",
    mutable=False,
)
SESSIONS_ENDED = NoticeKind(
    "oversight.sessions_ended",
    "모든 기기에서 로그아웃되었습니다",
    "You were signed out everywhere",
    "거래소 운영기관이 모든 기기의 로그인을 끝냈습니다. 사유: {reason}",
    "The exchange's operator has ended your sign-in on all devices. Reason: {reason}",
    mutable=False,
)
SECOND_FACTOR_RESET_ASKED = NoticeKind(
    "oversight.second_factor_reset_asked",
    "두 번째 확인을 초기화하는 요청이 올라왔습니다",
    "A reset of your second factor was requested",
    "관리자가 두 번째 확인(인증 앱, 패스키)의 초기화를 요청했습니다. 직접 부탁한 것이 아니면 바로 거래소에 알리십시오.",
    "An administrator asked to reset your second factor. If you did not request this, tell the"
    " exchange at once.",
    mutable=False,
)
SECOND_FACTOR_RESET = NoticeKind(
    "oversight.second_factor_reset",
    "두 번째 확인이 초기화되었습니다",
    "Your second factor has been reset",
    "인증 앱, 패스키와 복구 코드를 지우고 모든 기기에서 로그아웃했습니다. 다시 로그인해 새로 등록하십시오. 직접 부탁한 것이 아니면 바로 거래소에 알리십시오.",
    "Authenticator app, passkeys and recovery codes were removed and you were signed out"
    " everywhere. Sign in and set them up again. If you did not request this, tell the exchange"
    " at once.",
    mutable=False,
)
FIRST_SIGN_IN = NoticeKind(
    "oversight.first_sign_in",
    "{organization} 계정을 시작하십시오",
    "Start your account for {organization}",
    "{name} 님의 계정을 만들었습니다({organization}). 24시간 안에 아래 주소를 열어 비밀번호를 정하십시오. 모르는 일이면 이 메일을 버리십시오.",
    "An account was made for {name} ({organization}). Open the address below within 24 hours and"
    " choose a password. If you know nothing of it, discard this mail.",
    mutable=False,
)
CONFIRM_AGAIN = NoticeKind(
    "oversight.confirm_again",
    "전자우편 주소를 확인하십시오",
    "Confirm your e-mail address",
    "거래소 운영기관이 확인 링크를 다시 보냅니다. 24시간 안에 아래 주소를 여십시오.",
    "The exchange's operator sends the confirmation link again. Open the address below within"
    " 24 hours.",
    mutable=False,
)
ROLES_CHANGED = NoticeKind(
    "oversight.roles_changed",
    "권한이 바뀌었습니다",
    "Your roles have changed",
    "지금 권한: {roles}. 사유: {reason}",
    "Your roles now: {roles}. Reason: {reason}",
    mutable=False,
)
PROPOSAL_WAITS = NoticeKind(
    "oversight.proposal_waits",
    "두 번째 관리자의 확인이 필요합니다: {subject}",
    "A second administrator is needed: {subject}",
    "{proposer} 관리자가 {subject}에 대한 요청을 올렸습니다. 사유: {reason}\n7일 안에 확인하거나 거절하십시오.",
    "{proposer} made a request about {subject}. Reason: {reason}\nConfirm or refuse it within 7 days.",
    mutable=False,
)


async def tell_owners(
    session: AsyncSession, organization_id: UUID, kind: NoticeKind, *, link: str, **facts: Any
) -> None:
    """Tell every active owner of an organization."""
    for owner in await people_with(session, (Role.owner,), organization_id=organization_id):
        await notify(session, recipient_of(owner), kind, link=link, **facts)
