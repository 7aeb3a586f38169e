"""The twelve questions of a licence and their possible answers.

Each answer has the clause that it puts into the contract; the first answer of a question is the
standard text's. The questions follow what the exchange's sharing rules ask two parties to settle
(제조데이터 공유규범, 2020-10-29: provision, payment, warranty; facts of 2021's standard contract).
"""

from typing import Final, NamedTuple


class Answer(NamedTuple):
    """One possible answer: what is ticked, and the clause it gives."""

    ko: str
    en: str
    clause_ko: str
    clause_en: str


class Question(NamedTuple):
    """One question with its answers by code; the first is the standard."""

    ko: str
    en: str
    answers: dict[str, Answer]

    @property
    def standard(self) -> str:
        """The code of the standard answer."""
        return next(iter(self.answers))


QUESTIONS: Final[dict[str, Question]] = {
    "purpose": Question("이용 목적", "Purpose", {
        "improvement": Answer("제조 개선과 연구", "Improving production and research",
            "이용자는 데이터를 자기의 제조 공정 개선과 연구·개발 목적으로 이용할 수 있습니다.",
            "The user may use the data to improve the user's own production and for research and development."),
        "research": Answer("비영리 연구만", "Non-profit research only",
            "이용자는 데이터를 영리를 목적으로 하지 않는 연구와 교육에만 이용할 수 있습니다.",
            "The user may use the data only for research and education without profit."),
        "any": Answer("모든 적법한 목적", "Any lawful purpose",
            "이용자는 데이터를 법령에 어긋나지 않는 모든 목적으로 이용할 수 있습니다.",
            "The user may use the data for any purpose that is lawful."),
    }),
    "term": Question("이용 기간", "Term", {
        "perpetual": Answer("기간 제한 없음", "Without end",
            "이용 기간에는 제한이 없습니다.", "The right to use the data has no end."),
        "three_years": Answer("3년", "Three years",
            "이용 기간은 결제가 끝난 날부터 3년입니다.", "The right to use the data lasts three years from the day of payment."),
        "one_year": Answer("1년", "One year",
            "이용 기간은 결제가 끝난 날부터 1년입니다.", "The right to use the data lasts one year from the day of payment."),
    }),
    "territory": Question("이용 지역", "Territory", {
        "korea": Answer("대한민국", "Republic of Korea",
            "데이터는 대한민국 안에서 이용합니다.", "The data are used within the Republic of Korea."),
        "worldwide": Answer("전 세계", "Worldwide",
            "데이터를 이용하는 지역에는 제한이 없습니다.", "The data may be used anywhere."),
    }),
    "seats": Question("이용자 범위", "Users", {
        "organization": Answer("구매한 기업·기관 전체", "The whole buying organization",
            "이용자에게 속한 임직원은 누구나 데이터를 이용할 수 있습니다.", "Everybody who works for the user may use the data."),
        "site": Answer("한 사업장", "One site",
            "데이터는 이용자가 정한 한 사업장에서만 이용합니다.", "The data are used at one site that the user names."),
        "affiliates": Answer("계열사 포함", "With affiliates",
            "이용자와 이용자의 계열회사가 데이터를 이용할 수 있습니다.", "The user and the user's affiliates may use the data."),
    }),
    "derived": Question("파생 데이터", "Derived data", {
        "own_use": Answer("만들어 자기가 이용", "May be made for own use",
            "이용자는 데이터를 가공해 파생 데이터를 만들 수 있으나 제3자에게 제공할 수 없습니다.",
            "The user may derive data, but may not give them to others."),
        "may_share": Answer("원본을 알 수 없게 해 공유", "May be shared when the source cannot be restored",
            "이용자는 원본을 복원할 수 없는 파생 데이터를 제3자에게 제공할 수 있습니다.",
            "The user may give others derived data from which the source cannot be restored."),
        "forbidden": Answer("만들 수 없음", "Not allowed",
            "이용자는 데이터를 변형하거나 파생 데이터를 만들 수 없습니다.", "The user may neither change the data nor derive others."),
    }),
    "training": Question("인공지능 학습", "Training of models", {
        "own_models": Answer("학습하고 모델을 자기가 이용", "Allowed for own models",
            "이용자는 데이터로 인공지능 모델을 학습시킬 수 있고, 그 모델을 자기의 사업에 이용할 수 있습니다.",
            "The user may train models with the data and use them in the user's own business."),
        "sell_models": Answer("학습한 모델의 판매도 가능", "Trained models may be sold",
            "이용자는 데이터로 인공지능 모델을 학습시킬 수 있고, 그 모델을 제3자에게 판매할 수 있습니다.",
            "The user may train models with the data and sell them to others."),
        "forbidden": Answer("학습할 수 없음", "Not allowed",
            "이용자는 데이터를 인공지능 모델의 학습에 이용할 수 없습니다.", "The user may not train models with the data."),
    }),
    "redistribution": Question("재배포", "Redistribution", {
        "forbidden": Answer("할 수 없음", "Not allowed",
            "이용자는 데이터의 전부나 일부를 제3자에게 제공, 판매, 공개할 수 없습니다.",
            "The user may not give, sell or publish the data or parts of them."),
        "contractors": Answer("용역업체에만", "To contractors only",
            "이용자는 데이터를 자기의 일을 맡은 용역업체에 같은 조건으로 제공할 수 있습니다.",
            "The user may give the data to contractors who work for the user, on the same terms."),
    }),
    "citation": Question("출처 표시", "Citation", {
        "required": Answer("공개할 때 표시", "When results are published",
            "이용자는 데이터로 얻은 결과를 공개할 때 데이터의 이름과 판매자를 표시합니다.",
            "The user names the data and the seller when results are published."),
        "not_required": Answer("표시하지 않아도 됨", "Not needed",
            "출처 표시는 의무가 아닙니다.", "The source need not be named."),
    }),
    "warranty": Question("보증", "Warranty", {
        "described": Answer("설명대로임을 보증", "As described",
            "판매자는 데이터를 제공할 권한이 있고, 데이터가 상품 설명과 품질 보고서에 적힌 대로임을 보증합니다.",
            "The seller warrants the right to provide the data and that they are as described and as the quality report says."),
        "rights_only": Answer("권한만 보증", "Right to provide only",
            "판매자는 데이터를 제공할 권한이 있음을 보증하고, 그 밖에는 있는 그대로 제공합니다.",
            "The seller warrants the right to provide the data, and otherwise provides them as they are."),
    }),
    "deletion": Question("이용이 끝난 뒤", "After the term", {
        "delete": Answer("삭제하고 확인서 제공", "Delete and confirm",
            "이용 기간이 끝나거나 계약이 해지되면 이용자는 데이터를 지체 없이 삭제하고 그 사실을 확인해 줍니다.",
            "When the term or the contract ends, the user deletes the data at once and confirms it."),
        "keep_results": Answer("데이터는 삭제, 결과는 보관", "Delete the data, keep results",
            "이용 기간이 끝나면 이용자는 데이터를 삭제하며, 이미 얻은 결과와 모델은 계속 이용할 수 있습니다.",
            "When the term ends, the user deletes the data; results and models already made may be kept."),
    }),
    "refund": Question("환불", "Refund", {
        "before_download": Answer("내려받기 전까지", "Until the download",
            "이용자는 데이터를 내려받기 전에는 대금을 전부 돌려받을 수 있습니다. 내려받은 뒤에는 데이터가 설명과 다를 때 돌려받습니다.",
            "Until the download the user gets the whole price back; afterwards only when the data are not as described."),
        "seven_days": Answer("설명과 다르면 7일 안에", "Within seven days when not as described",
            "데이터가 설명과 다르면 이용자는 결제한 날부터 7일 안에 대금을 돌려받을 수 있습니다.",
            "When the data are not as described, the user gets the price back within seven days of payment."),
    }),
    "dispute": Question("분쟁 해결", "Disputes", {
        "mediation": Answer("조정 뒤 판매자 소재지 법원", "Mediation, then the seller's court",
            "분쟁은 먼저 데이터 분쟁조정위원회의 조정으로 해결하고, 이루어지지 않으면 판매자의 주소지를 관할하는 법원에서 해결합니다.",
            "Disputes go to the data dispute mediation committee first, then to the court at the seller's address."),
        "buyer_court": Answer("조정 뒤 구매자 소재지 법원", "Mediation, then the buyer's court",
            "분쟁은 먼저 데이터 분쟁조정위원회의 조정으로 해결하고, 이루어지지 않으면 이용자의 주소지를 관할하는 법원에서 해결합니다.",
            "Disputes go to the data dispute mediation committee first, then to the court at the user's address."),
    }),
}  # fmt: skip


def standard_answers() -> dict[str, str]:
    """Return the standard answer to every question."""
    return {name: question.standard for name, question in QUESTIONS.items()}
