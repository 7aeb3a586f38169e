"""What to do about a warning whose sentence says only what and where."""

from typing import Final

ADVICE: Final = {
    "DATE_IMPOSSIBLE": ("원본에서 날짜를 확인해 고치거나 그 칸을 비우십시오.", "Correct the dates at their source, or leave these cells empty."),
    "TIME_ZONES_MIXED": ("모든 시각을 한 시간대(예: +09:00)로 적으십시오.", "Write every time in one zone, as +09:00."),
    "COL_SPARSE": ("수집이 빠진 것인지 확인하고, 원래 비는 열이면 설명에 까닭을 적으십시오.", "Find out whether values were lost; if the column is meant to be empty, say why in the description."),
    "ROWS_REPEATED": ("같은 기록이 두 번 들어갔는지 확인해 지우고, 뜻이 있는 반복이면 설명에 적으십시오.", "Delete records that came in twice; if they are meant, say so in the description."),
    "ROWS_REPEATED_BUT_ID": ("번호만 다르고 내용이 같은 기록인지 확인하고, 뜻이 있는 반복이면 설명에 적으십시오.", "See whether the same record was numbered twice; if it is meant, say so in the description."),
    "TIME_BACKWARD": ("시각 순서로 정렬하거나, 여러 설비의 기록이 이어 붙은 것이면 설비 열을 두십시오.", "Sort by time; where records of several machines follow each other, add a column for the machine."),
}  # fmt: skip
