"""What can be refused around samples."""

from marketplace.errors import Conflict, NotFound


class SampleTableMissing(NotFound):
    """The draft's data have no such table to choose rows from."""

    code = "sample_table_missing"
    ko = "데이터셋에 그런 표가 없거나 아직 처리가 끝나지 않았습니다. 데이터 화면에서 상태를 확인하십시오."
    en = (
        "The dataset has no such table, or its files are not ready. See its state on the data page."
    )


class SampleRowsMissing(Conflict):
    """The table has no rows there that could be chosen."""

    code = "sample_rows_missing"
    ko = "고를 수 있는 행은 1행부터 {most}행까지입니다. 처음 행의 번호를 줄이십시오."
    en = "Rows 1 to {most} can be chosen. Choose an earlier first row."


class SampleNotShown(NotFound):
    """The seller shows no rows of this product."""

    code = "sample_not_shown"
    ko = "이 상품은 표본을 공개하지 않습니다. 상품 화면에서 표본을 요청하십시오."
    en = "This product shows no sample. Ask for one on the product's page."
