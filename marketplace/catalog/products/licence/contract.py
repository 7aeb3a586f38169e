"""The contract's text out of the twelve answers, and how it differs from the standard text. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from marketplace.catalog.products.licence.questions import QUESTIONS, standard_answers
from marketplace.errors import Language

HEADING: Final = {
    "ko": "제조데이터 이용허락 계약",
    "en": "Licence to use manufacturing data",
}
OPENING: Final = {
    "ko": "판매자는 이용자에게 상품의 데이터를 아래 조건으로 이용하도록 허락합니다. 허락은 독점이 아니며, 적히지 않은 이용은 허락하지 않은 것으로 봅니다.",
    "en": "The seller allows the user to use the product's data on the terms below. The licence is not exclusive, and what is not written is not allowed.",
}


class Clause(Struct, frozen=True):
    """One article: its question, its text, and the standard text where it is another."""

    number: int
    question: str
    title: str
    text: str
    standard: str | None


def clauses(answers: Mapping[str, str], language: Language = "ko") -> list[Clause]:
    """Return the articles in the order of the questions; unanswered ones are left out.

    Args:
        answers: code of the answer by code of the question
    """
    standard = standard_answers()
    made: list[Clause] = []
    for name, question in QUESTIONS.items():
        given = question.answers.get(answers.get(name, ""))
        if given is None:
            continue
        usual = question.answers[standard[name]]
        text, other = (given.clause_ko, usual.clause_ko)
        if language == "en":
            text, other = given.clause_en, usual.clause_en
        title = question.ko if language == "ko" else question.en
        made.append(Clause(len(made) + 1, name, title, text, None if text == other else other))
    return made


def text_of(answers: Mapping[str, str], language: Language = "ko") -> str:
    """Return the whole contract as plain text."""
    lines = [HEADING[language], "", OPENING[language], ""]
    for clause in clauses(answers, language):
        number = f"제{clause.number}조" if language == "ko" else f"Article {clause.number}"
        lines += [f"{number} ({clause.title})", clause.text, ""]
    return "\n".join(lines).rstrip() + "\n"


def sha256_of(text: str) -> str:
    """Return the hash that names a contract's exact text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def unanswered(answers: Mapping[str, str]) -> list[str]:
    """Return the questions without an answer."""
    return [name for name in QUESTIONS if name not in answers]
