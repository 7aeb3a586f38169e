"""What can be found: the codes, how bad each is, and what a person reads.

A sentence says what and where; the second says what to do. Codes are public and stable.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from quality.report import Finding, Severity

BLOCKER, WARNING, NOTE = Severity.blocker, Severity.warning, Severity.note


# Two texts of one code.
SAME_CODE: Final = {"CHAR_NUL_HEADER": "CHAR_NUL"}


class Kind(NamedTuple):
    """A code's severity and its sentences; facts in braces are filled in."""

    severity: Severity
    ko: str
    en: str


_RESAVE_KO = "원본에서 다시 저장해 올리십시오."
_RESAVE_EN = "Save it again from its source and upload it."
_ZIP_KO = "파일들을 ZIP으로 다시 압축해 올리십시오."
_ZIP_EN = "Pack the files into a new ZIP and upload it."
_EXCEL_KO = "엑셀에서 값만 남겨 XLSX나 CSV로 다시 저장해 올리십시오."
_EXCEL_EN = "Save it as XLSX or CSV with values alone and upload it again."
_PARQUET_KO = "데이터를 Parquet으로 다시 내보내 올리십시오."
_PARQUET_EN = "Export the data to Parquet again and upload it."
_JSON_KO = "한 줄에 객체 하나씩(JSON Lines), 또는 객체의 배열 하나로 저장해 올리십시오."
_JSON_EN = "Save one object a line (JSON Lines), or one array of objects, and upload it."

KINDS: Final[dict[str, Kind]] = {
    "FILE_EMPTY": Kind(BLOCKER, "빈 파일입니다. 내용이 있는 파일을 올리십시오.", "The file is empty. Upload one with content."),
    "FILE_TOO_LARGE": Kind(BLOCKER, "파일이 한도 {most}바이트보다 큽니다. 나누어 올리십시오.", "The file is larger than {most} bytes. Split it."),
    "TABLE_NO_ROWS": Kind(BLOCKER, "제목 행만 있고 데이터가 없습니다. 데이터가 있는 파일을 올리십시오.", "There is a header and no data. Upload a file with data."),
    "TABLE_ROWS": Kind(BLOCKER, "행이 {most}개보다 많습니다. 파일을 나누어 올리십시오.", "There are more than {most} rows. Split the file."),
    "ENC_CONVERTED": Kind(NOTE, "{read_as} 읽었습니다. UTF-8로 변환해 미리보기합니다.", "Read as {encoding} and shown as UTF-8."),
    "ENC_MIXED": Kind(WARNING, "{row}행부터 문자 인코딩이 다릅니다. 한 가지 인코딩(UTF-8)으로 저장해 다시 올리십시오.", "From line {row} on the encoding is another. Save the file in one encoding (UTF-8) and upload it again."),
    "ENC_UNKNOWN": Kind(BLOCKER, "인코딩을 알 수 없습니다. UTF-8로 저장해 주세요.", "The encoding is not known. Save the file as UTF-8."),
    "ENC_INVALID": Kind(WARNING, "{row}행에 올바르지 않은 문자가 있습니다. 그 행을 고쳐 다시 올리십시오.", "Line {row} holds an invalid character. Correct it and upload the file again."),
    "CHAR_NUL": Kind(WARNING, "{row}행 {column}열에 NUL 문자가 있습니다. 지우고 다시 올리십시오.", "Line {row}, column {column} holds a NUL character. Remove it and upload the file again."),
    "CHAR_NUL_HEADER": Kind(BLOCKER, "제목 행에 NUL 문자가 있습니다. 지우고 다시 올리십시오.", "The header holds a NUL character. Remove it and upload the file again."),
    "CHAR_CONTROL": Kind(WARNING, "{row}행에 제어 문자가 있습니다. 지우고 다시 올리십시오.", "Line {row} holds a control character. Remove it and upload the file again."),
    "CHAR_BIDI": Kind(BLOCKER, "이름 '{name}'에 방향 제어 문자는 쓸 수 없습니다. 이름을 고쳐 다시 올리십시오.", "The name '{name}' holds a character that turns the direction of writing. Rename it and upload it again."),
    "CSV_QUOTE_OPEN": Kind(BLOCKER, "{row}행의 따옴표가 닫히지 않았습니다. {row}행을 고쳐 다시 올리십시오.", "A quote opened in line {row} is not closed. Correct line {row} and upload the file again."),
    "CSV_COLUMNS": Kind(WARNING, "{row}행의 열이 {got}개입니다({want}개여야 함). 그 행을 고쳐 다시 올리십시오.", "Line {row} has {got} columns instead of {want}. Correct it and upload the file again."),
    "CSV_DELIMITER": Kind(BLOCKER, "구분자를 확인해 주세요. 쉼표(,)로 나누어 저장하면 됩니다.", "The delimiter is not clear. Save the file with commas."),
    "COL_DUPLICATE": Kind(BLOCKER, "열 이름 '{column}'이(가) {count}번 나옵니다. 서로 다른 이름으로 고쳐 다시 올리십시오.", "The column name '{column}' appears {count} times. Give each column its own name and upload the file again."),
    "COL_BLANK": Kind(BLOCKER, "{position}번째 열 이름이 비어 있습니다. 이름을 적어 다시 올리십시오.", "Column {position} has no name. Name it and upload the file again."),
    "COL_TOO_MANY": Kind(BLOCKER, "열이 너무 많습니다({most}개까지). 표를 나누어 올리십시오.", "There are too many columns (at most {most}). Split the table."),
    "LINE_TOO_LONG": Kind(BLOCKER, "{most}바이트보다 긴 행이 있습니다({row}행). 줄바꿈이 빠졌는지 확인하십시오.", "Line {row} is longer than {most} bytes. Look for missing line ends."),
    "CELL_TOO_LONG": Kind(BLOCKER, "셀 값이 너무 깁니다({row}행, {most}바이트까지). 그 값을 줄여 다시 올리십시오.", "A cell in row {row} is longer than {most} bytes. Shorten it and upload the file again."),
    "NUM_NONFINITE": Kind(NOTE, "무한대/비수치 값 {count}건이 '{column}' 열에 있습니다. 통계에서는 뺐습니다.", "Column '{column}' holds {count} infinite values or no numbers. Statistics leave them out."),
    "DATE_IMPOSSIBLE": Kind(WARNING, "존재하지 않는 날짜 {count}건이 '{column}' 열에 있습니다.", "Column '{column}' holds {count} dates that do not exist."),
    "TIME_ZONES_MIXED": Kind(WARNING, "'{column}' 열에 시간대 표기가 섞여 있습니다. 하나로 맞추십시오.", "Column '{column}' mixes time zones. Use one."),
    "CELL_FORMULA": Kind(NOTE, "수식으로 해석될 수 있는 값 {count}건이 '{column}' 열에 있습니다. 내보낼 때는 글자로 바꿉니다.", "Column '{column}' holds {count} values that a spreadsheet could take for formulas. Exports turn them into text."),
    "NUM_AS_TEXT": Kind(NOTE, "'{column}' 열의 숫자에 다른 글자가 붙어 있습니다: {forms}. 숫자만 저장하고 단위는 열 이름에 적으십시오.", "Numbers of column '{column}' carry other signs: {forms_en}. Store plain numbers, and write the unit into the column's name."),
    "CODE_ZEROS": Kind(NOTE, "'{column}' 열에 0으로 시작하는 코드 {count}건이 있어 글자로 읽었습니다. 엑셀에서 열면 앞의 0이 사라지니 설명에 적으십시오.", "Column '{column}' holds {count} codes that begin with a zero, and was read as text. Spreadsheets drop such zeros: say so in the description."),
    "TEXT_BROKEN": Kind(WARNING, "'{column}' 열에 깨진 글자가 든 칸이 {count}개 있습니다. 원본에서 UTF-8로 다시 저장해 올리십시오.", "{count} cells of column '{column}' hold letters that were lost. Save the file again from its source as UTF-8."),
    "TYPE_MIXED": Kind(NOTE, "'{column}' 열은 {kind} 열인데 다른 종류의 값 {count}건이 섞여 있습니다. 그 칸을 고치거나 열을 나누십시오.", "Column '{column}' holds {kind_en}, and {count} values of another kind among them. Correct these cells or give them a column of their own."),
    "DATE_ORDER": Kind(NOTE, "'{column}' 열의 날짜 {count}건은 {order}으로 읽었으나 {other}으로도 읽힙니다. 연-월-일로 적으면 분명합니다.", "{count} dates of column '{column}' were read as {order_en} and could be {other_en}. Written as year-month-day they are clear."),
    "TIME_NO_DATE": Kind(NOTE, "'{column}' 열의 시각에 날짜가 없습니다. 날짜를 함께 적거나 파일 이름과 설명에 적으십시오.", "The times of column '{column}' have no date. Write it with them, or into the file's name and the description."),
    "PLACEHOLDER": Kind(NOTE, "'{column}' 열에 결측을 뜻하는 글자 {count}건이 있습니다: {examples}", "Column '{column}' holds {count} words that stand for missing values: {examples}"),
    "COL_CONSTANT": Kind(NOTE, "'{column}' 열은 값이 하나뿐입니다.", "Column '{column}' has one value only."),
    "COL_NEARLY_CONSTANT": Kind(NOTE, "'{column}' 열은 거의 모든 행({pct} %)에서 {value}입니다. 다른 값은 {count}건뿐입니다.", "Column '{column}' is {value} in nearly all rows ({pct} %); {count} cells have another value."),
    "COL_SPARSE": Kind(WARNING, "'{column}' 열의 {pct} %가 비어 있습니다.", "{pct} % of column '{column}' are empty."),
    "NAME_SPACES": Kind(NOTE, "열 이름 '{column}'의 앞뒤에 공백이 있습니다.", "The column name '{column}' begins or ends with a space."),
    "ROWS_REPEATED": Kind(WARNING, "앞의 행과 똑같은 행이 {count}개 있습니다({pct} %).", "{count} rows ({pct} %) repeat an earlier row."),
    "ROWS_REPEATED_BUT_ID": Kind(WARNING, "번호 열({column})을 빼면 앞의 행과 똑같은 행이 {count}개 있습니다({pct} %).", "Without the numbering column ({column}), {count} rows ({pct} %) repeat an earlier row."),
    "KEY_REPEATED": Kind(WARNING, "행을 구별하는 열로 보이는 '{column}'의 값을 되풀이하는 행이 {count}개({pct} %) 있습니다. 두 번 저장된 기록인지 확인하십시오.", "{count} rows ({pct} %) repeat a value of '{column}', which seems to tell the rows apart. See whether records were saved twice."),
    "KEY_NONE": Kind(NOTE, "행을 구별하는 열이나 열 쌍이 없습니다. 일련번호나 시각 열을 더하면 행을 가리킬 수 있습니다.", "No column and no pair of columns tells the rows apart. With a number or a time each row could be named."),
    "TIME_BACKWARD": Kind(WARNING, "'{column}' 열의 시각이 {count}번 거꾸로 갑니다.", "The time in column '{column}' goes backward {count} times."),
    "TIME_GAPS": Kind(NOTE, "'{column}' 열의 시각에 공백이 {count}곳 있습니다(가장 긴 것 {longest}초).", "The time in column '{column}' has {count} gaps (the longest {longest} s)."),
    "TIME_COLUMN_NONE": Kind(NOTE, "측정값의 표에 시각 열이 없습니다. 측정한 시각을 더하거나 간격을 설명에 적으십시오.", "The table of measurements has no column of time. Add one, or say in the description at which interval the rows were taken."),
    "TIME_UNEVEN": Kind(NOTE, "'{column}' 열의 간격이 고르지 않습니다(중앙값 {median}초에 가까운 것 {pct} %, 가장 흔한 것 {mode}초 {mode_pct} %). 한 행이 한 번의 작업이면 설명에 적으십시오.", "The steps of column '{column}' are not even ({pct} % are near the median of {median} s, {mode_pct} % are {mode} s). Say in the description where a row is a shot or a cycle."),
    "TIME_REPEATED": Kind(NOTE, "'{column}' 열에 {by}앞에 나온 시각을 되풀이하는 행이 {count}개 있습니다. 두 번 저장된 것인지 확인하십시오.", "{count} rows repeat an earlier stamp of column '{column}'{by_en}. See whether they were saved twice."),
    "ENTITY_UNEVEN": Kind(NOTE, "'{column}' 열의 {count}개는 수집 간격이 나머지(약 {usual}초)와 다릅니다: {examples}. 설비마다 간격이 다르면 설명에 적으십시오.", "{count} of column '{column}' are read at another interval than the rest (about {usual} s): {examples}. Say so in the description where it is meant."),
    "DAYS_EMPTY": Kind(NOTE, "'{column}' 열로 보면 {span}일 가운데 {count}일에 데이터가 없습니다(토·일요일 {weekend}일): {examples}. 쉬는 날이면 설명에 적으십시오.", "By column '{column}', {count} of {span} days have no rows ({weekend} Saturdays and Sundays): {examples}. Say in the description where these are days off."),
    "TIME_OLD": Kind(NOTE, "'{column}' 열의 마지막 시각은 {last}로, 기준일 {as_of}보다 {days}일 앞섭니다. 수집 기간을 설명에 적으십시오.", "The last stamp of column '{column}' is {last}, {days} days before {as_of}. State the period in the description."),
    "TIME_FUTURE": Kind(WARNING, "'{column}' 열의 마지막 시각 {last}이(가) 기준일 {as_of}보다 뒤입니다. 시계나 날짜 형식을 확인하십시오.", "The last stamp of column '{column}', {last}, lies after {as_of}. See to the clock and to the form of the dates."),
    "COL_SAME": Kind(NOTE, "'{column}' 열은 '{other}' 열과 모든 값이 같습니다. 잘못 복사된 열이면 빼십시오.", "Column '{column}' equals column '{other}' in every row. Leave it out if it was copied by mistake."),
    "SPELLING": Kind(NOTE, "'{column}' 열에 띄어쓰기나 대소문자만 다른 값이 있습니다: {examples} 같은 뜻이면 하나로 맞추십시오.", "Column '{column}' holds values that differ in spaces, signs or capitals alone: {examples} Use one spelling where they mean the same."),
    "LIMIT_BROKEN": Kind(WARNING, "'{column}' 열의 {count}행({pct} %)이 표에 적힌 한계({limits}) 밖에 있습니다. 한계나 측정값 가운데 어느 쪽이 잘못되었는지 확인하십시오.", "{count} rows ({pct} %) of column '{column}' lie outside the limits in the table ({limits}). See whether the limits or the values are wrong."),
    "SERIES_GAPS": Kind(NOTE, "{series} 수집 간격 {interval}초로 보면 {count}곳이 비었고 측정 {missing}개가 빠졌습니다(가장 긴 것 {longest}초, {row}행 앞). 정지 시간이면 설명에 적으십시오.", "{series_en}, at an interval of {interval} s, there are {count} gaps and {missing} missing points (the longest {longest} s, before row {row}). Say in the description where they are stops."),
    "TIME_RESOLUTION": Kind(NOTE, "'{column}' 열은 시각마다 정확히 {rows}행입니다. 저장할 때 초 아래가 잘렸을 수 있으니 원본의 시각을 쓰십시오.", "Column '{column}' has exactly {rows} rows at each stamp. Seconds may have been cut off when it was saved: use the stamps of the source."),
    "TIME_CLOCK": Kind(NOTE, "'{column}' 열의 시각이 {row}행에서 {seconds}초 되돌아갑니다. 일광 절약 시간이나 시계 조정으로 보이니 표준시로 적으십시오.", "The time in column '{column}' steps back by {seconds} s at row {row}, as when summer time ends or a clock is set. Use standard time."),
    "SENSOR_STUCK": Kind(WARNING, "'{column}' 열{of}이 {row}행부터 {count}행 동안 {value}에 멈춰 있습니다. 센서가 끊겼는지 확인하고, 정상이면 설명에 적으십시오.", "Column '{column}'{of} stands still at {value} for {count} rows from row {row} on. See whether the sensor was broken, and say so in the description if it was not."),
    "SENSOR_CLIPPED": Kind(WARNING, "'{column}' 열의 {count}칸({pct} %)이 {end} {value}에 걸려 있습니다. 측정 범위를 넘어 잘린 값인지 확인하십시오.", "{count} cells ({pct} %) of column '{column}' stand exactly at its {end_en} {value}. See whether they were cut off at the end of the measuring range."),
    "SENSOR_SENTINEL": Kind(WARNING, "'{column}' 열에 다른 값과 동떨어진 {value}이(가) {count}번 나옵니다. 측정하지 못했다는 표시이면 빈 칸으로 바꾸십시오.", "Column '{column}' holds {value} {count} times, far from all other values. Leave the cells empty if it stands for no measurement."),
    "SENSOR_SPIKES": Kind(NOTE, "'{column}' 열에 이웃 값에서 튀었다가 돌아오는 값이 {count}번 있습니다(첫 번째 {row}행: {value}{most}).", "Column '{column}' leaps away from its neighbours and back {count} times (the first in row {row}: {value}{most_en})."),
    "SENSOR_DRIFT": Kind(NOTE, "'{column}' 열의 수준이 {row}행 부근에서 달라집니다(중앙값 {before} → {after}). 설비나 조건이 바뀌었으면 설명에 적으십시오.", "The level of column '{column}' changes near row {row} (median {before} to {after}). Say in the description what was changed."),
    "SENSOR_COARSE": Kind(NOTE, "'{column}' 열은 {count}가지 값만 나옵니다. 센서의 분해능이 낮거나 저장할 때 반올림되었을 수 있습니다.", "Column '{column}' takes {count} different values only. The sensor is coarse, or values were rounded when they were saved."),
    "LABEL_ONE_CLASS": Kind(WARNING, "라벨로 보이는 '{column}' 열에 값이 하나({value})뿐입니다. 이 데이터만으로는 분류 모델을 학습할 수 없으니 다른 값이 있는 구간을 더하십시오.", "Column '{column}', which looks like a label, has one value only ({value}). No classifier can be trained on it alone: add rows with other values."),
    "LABEL_RARE": Kind(NOTE, "라벨로 보이는 '{column}' 열에서 가장 드문 값 {value}이(가) {pct} %({count}행)입니다.", "In column '{column}', which looks like a label, the rarest value {value} has {pct} % ({count} rows)."),
    "SENSOR_QUIET": Kind(NOTE, "'{column}' 열{of}이 {row}행부터 {count}행 동안 잡음 없이 매끄럽게만 움직입니다. 빈 값을 이어 채웠거나 필터를 건 구간인지, 설비가 멈춘 때인지 설명에 적으십시오.", "Column '{column}'{of} moves without its usual noise for {count} rows from row {row} on. Say in the description whether values were filled in or smoothed there, or the machine stood."),
    "SENSOR_SHIFT": Kind(NOTE, "'{column}' 열{of}의 앞 3분의 1과 뒤 3분의 1은 분포가 다릅니다(차이 {pct} %). 설비나 조건이 바뀌었으면 설명에 적으십시오.", "The first and the last third of column '{column}'{of} are distributed differently (apart by {pct} %). Say in the description what was changed."),
    "SENSOR_UNIT": Kind(WARNING, "'{column}' 열이 {where}에서 다른 단위로 적힌 것 같습니다(가운데값 {value}, 다른 곳 {other}: 약 {factor}, {hint}). 확인하고 한 단위로 맞추어 다시 올리십시오.", "Column '{column}' seems to be written in another unit in {where} (median {value}, elsewhere {other}: about {factor}, {hint}). If so, use one unit and upload the file again."),
    "LABEL_CONFLICT": Kind(NOTE, "라벨 '{column}' 열에서 입력값이 모두 같은데 라벨이 다른 행이 {count}개({pct} %) 있습니다{rows}. 라벨을 다시 확인하고, 맞는 라벨이면 구별할 열을 더하십시오.", "{count} rows ({pct} %) have the same inputs as another row and another label in column '{column}'{rows_en}. Check these labels; if they are right, add a column that tells the rows apart."),
    "LABEL_LEAK": Kind(WARNING, "'{column}' 열만 보아도 라벨 '{label}'을(를) 알 수 있습니다({score}). 라벨을 정한 뒤에야 알게 되는 값이면 학습에 쓰지 않도록 설명에 적거나 빼십시오.", "Column '{column}' alone gives away the label '{label}' ({score_en}). If it is known only after the label, leave it out or say so in the description."),
    "LABEL_ORDER": Kind(NOTE, "라벨 '{column}'의 값이 행 순서대로 몰려 있습니다({count}개 구간). 순서대로 나누어 학습하면 안 된다고 설명에 적으십시오.", "The classes of label '{column}' stand one after the other in the file ({count} stretches). Say in the description that it must not be split in its order."),
    "LABEL_MISSING": Kind(WARNING, "라벨로 보이는 '{column}' 열의 {count}행({pct} %)에 라벨이 없습니다{rows}. 라벨을 채우거나 그 행을 빼십시오.", "{count} rows ({pct} %) have no label in column '{column}'{rows_en}. Fill in the labels or leave the rows out."),
    "LABEL_BY_FILE": Kind(NOTE, "라벨 '{column}'의 값이 표마다 하나뿐입니다(표 {count}개, 값 {classes}가지: {examples}). 모델이 라벨이 아니라 파일(설비·날짜)의 차이를 배울 수 있으니 설명에 적으십시오.", "Each of {count} tables has one class of label '{column}' ({classes} classes: {examples}). A model may learn what tells the files apart, a machine or a day: say so in the description."),
    "LABEL_IN_NAME": Kind(NOTE, "라벨 열은 없고 표 {count}개의 이름만 라벨로 보이는 말을 담고 있습니다({classes}가지: {examples}). 라벨 열을 더하거나, 이름이 라벨이라고 설명에 적으십시오.", "There is no column of labels, but the names of {count} tables hold words like labels ({classes} kinds: {examples}). Add a column, or say in the description that the names are the labels."),
    "UNITS_REPEATED": Kind(WARNING, "'{column}' 열에서 {unit} {whole}개 가운데 {count}개가 앞의 것과 첫 행부터 끝 행까지 같습니다({examples}). 늘린(증강) 데이터이면 설명에 적고, 잘못 복사한 것이면 빼십시오.", "In column '{column}', {count} of {whole} {unit_en} are the same from first row to last as an earlier one ({examples}). Say so if the data were augmented, and leave out what was copied by mistake."),
    "WINDOW_REPEATED": Kind(WARNING, "'{column}' 열에서 뽑아 본 17행 구간의 {pct} %가 같은 모양으로 되풀이됩니다(값에 상수를 더한 것도 같은 모양, 첫 번째 {row}행). 늘린(증강) 데이터나 설정값이면 설명에 적으십시오.", "Of the sampled stretches of 17 rows of column '{column}', {pct} % come again in the same shape, a constant added or not (the first from row {row}). Say so if the data were augmented or the values are set by a program."),
    "COLUMNS_DIFFER": Kind(NOTE, "'{table}'의 열이 '{other}'의 열과 조금 다릅니다({what}). 같은 표여야 하면 열을 맞추십시오.", "The columns of '{table}' differ a little from those of '{other}' ({what_en}). Make them alike if they should be one table."),
    "FILE_IDENTICAL": Kind(WARNING, "내용이 바이트까지 같은 파일이 {count}개 있습니다: {examples}. 하나만 남기고, 라벨이 서로 다르면 어느 것이 맞는지 확인하십시오.", "{count} files have the same bytes: {examples}. Keep one, and if their labels differ, see which is right."),
    "TABLE_IDENTICAL": Kind(WARNING, "모든 칸이 같은 표가 {count}개 있습니다: {examples}. 형식만 다른 사본이면 하나만 남기십시오.", "{count} tables have the same cells: {examples}. Keep one if the others are copies in another format."),
    "COPY_SHIFTED": Kind(WARNING, "'{table}'의 열 {count}개는 '{other}'의 열에 상수를 더하거나 그대로 옮긴 것입니다: {examples}. 따로 측정한 것이 아니면 설명에 적거나 빼십시오.", "{count} columns of '{table}' are columns of '{other}' with a constant added, or as they are: {examples}. Unless both were measured, say so or leave one out."),
    "WINDOW_SHARED": Kind(WARNING, "'{table}'의 '{column}' 열에서 뽑아 본 17행 구간의 {pct} %가 '{other}'에도 같은 모양으로 있습니다(열 {count}개). 같은 측정을 두 번 넣었으면 설명에 적거나 빼십시오.", "Of the sampled stretches of 17 rows of column '{column}' of '{table}', {pct} % stand in the same shape in '{other}', too ({count} columns). If one measurement was put in twice, say so or leave one out."),
    "ROWS_SHARED": Kind(WARNING, "'{table}'와 '{other}'에 같은 행이 {about}{pct} % 있습니다. 기간이 겹치게 내보냈으면 한쪽에서 빼십시오.", "'{table}' and '{other}' share {about_en}{pct} % of their rows. Leave them out of one if the periods of the exports overlap."),
    "SPLIT_OVERLAP": Kind(WARNING, "학습·검증·시험으로 나눈 '{table}'와 '{other}'에 같은 행이 {about}{pct} % 있습니다. 성능이 부풀려지니 한쪽에서 빼십시오.", "'{table}' and '{other}', which are training, validation or test, share {about_en}{pct} % of their rows. Leave them out of one, since they flatter every model."),
    "REFERENCE_BROKEN": Kind(WARNING, "'{table}'의 '{column}' {what} {whole}개 가운데 {found}개({pct} %)만 '{other}'의 '{to}' 열에 있습니다. 빠진 {count}개를 기준 표에 더하거나 값을 고치십시오.", "Of {whole} {what_en} of '{column}' in '{table}', {found} ({pct} %) stand in column '{to}' of '{other}'. Add the missing {count} to that table or correct the values."),
    "PUBLIC_COPY": Kind(WARNING, "'{table}'의 {what} {pct} %가 공개 데이터 '{other}'({source}, {licence})에 있습니다. 팔 권리가 있는지 확인하고 출처를 설명에 적으십시오.", "Of the {what_en} of '{table}', {pct} % stand in the public data '{other}' ({source}, {licence}). See whether you may sell them, and name the source in the description."),
    "AUGMENTATION_UNSAID": Kind(WARNING, "늘린(증강) 데이터가 아니라고 하셨지만 표 {count}개에 복제나 되풀이가 있습니다: {examples}. 데이터를 확인하거나 증강 여부를 고치십시오.", "You say that the data were not augmented, but {count} tables hold copies or repeats: {examples}. Look at the data or correct what you say."),
    "PII_RRN": Kind(BLOCKER, "주민등록번호로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 삭제 후 다시 올려 주세요.", "Column '{column}' holds {count} values that look like resident registration numbers (the first in row {row}). Delete them and upload the file again."),
    "PII_CONTACT": Kind(BLOCKER, "휴대전화 번호나 전자우편으로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 삭제 후 다시 올려 주세요.", "Column '{column}' holds {count} values that look like mobile numbers or e-mail addresses (the first in row {row}). Delete them and upload the file again."),
    "PII_CARD": Kind(BLOCKER, "카드 번호로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 삭제 후 다시 올려 주세요.", "Column '{column}' holds {count} values that look like card numbers (the first in row {row}). Delete them and upload the file again."),
    "PII_PASSPORT": Kind(BLOCKER, "여권 번호로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 삭제 후 다시 올려 주세요.", "Column '{column}' holds {count} values that look like numbers of passports (the first in row {row}). Delete them and upload the file again."),
    "PII_ACCOUNT": Kind(BLOCKER, "계좌 번호로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 삭제 후 다시 올려 주세요.", "Column '{column}' holds {count} values that look like numbers of bank accounts (the first in row {row}). Delete them and upload the file again."),
    "BUSINESS_NUMBER": Kind(WARNING, "사업자등록번호로 보이는 값 {count}건이 '{column}' 열에 있습니다(첫 번째 {row}행). 거래처의 번호이면 공개해도 되는지 확인하십시오.", "Column '{column}' holds {count} values that look like business registration numbers (the first in row {row}). See whether those of others may be published."),
    "PII_NAME": Kind(WARNING, "'{column}' 열은 사람의 이름으로 보입니다. 맞으면 열을 빼거나 번호로 바꾸고, 아니면 그대로 두십시오.", "Column '{column}' seems to hold names of persons. If so, leave it out or replace it by numbers; if not, keep it."),
    "PII_ADDRESS": Kind(WARNING, "'{column}' 열은 주소로 보입니다. 사람이 사는 곳이면 열을 빼거나 시·군·구까지만 적으십시오.", "Column '{column}' seems to hold addresses. Where persons live there, leave it out or keep the district alone."),
    "TRADE_SECRET": Kind(NOTE, "'{column}' 열은 {what}(으)로 보입니다. 공개해도 되는지 확인하고, 안 되면 열을 빼거나 번호로 바꾸십시오.", "Column '{column}' seems to hold {what_en}. See whether it may be published; if not, leave it out or replace it by numbers."),
    "TYPE_MISMATCH": Kind(BLOCKER, "내용이 {wanted} 아닙니다. {found}확장자에 맞는 파일을 올리십시오.", "The content is not {wanted_en}. {found_en}Upload a file that fits its extension."),
    "TYPE_UNKNOWN": Kind(BLOCKER, "알 수 없는 형식입니다. CSV, JSON Lines, XLSX, Parquet, Arrow, ZIP으로 올리십시오.", "The format is not known. Upload CSV, JSON Lines, XLSX, Parquet, Arrow or ZIP."),
    "TYPE_UNSUPPORTED": Kind(BLOCKER, "{found} 형식은 받지 않습니다. CSV, JSON Lines, XLSX, Parquet, Arrow, ZIP으로 올리십시오.", "{found} is not accepted. Upload CSV, JSON Lines, XLSX, Parquet, Arrow or ZIP."),
    "TYPE_FORBIDDEN": Kind(BLOCKER, "실행 코드를 담을 수 있는 형식은 받지 않습니다. 데이터를 CSV나 Parquet으로 내보내 올리십시오.", "Formats that can carry code are not accepted. Export the data to CSV or Parquet."),
    "ARCHIVE_RATIO": Kind(BLOCKER, "압축을 풀면 한도를 넘습니다. 나누어 압축해 올리십시오.", "It unpacks to more than the limit. Pack it in parts."),
    "ARCHIVE_MEMBERS": Kind(BLOCKER, "파일이 너무 많거나 압축 구성이 비정상입니다({most}개까지).", "There are too many files in the archive, or it is not built as it should be (at most {most})."),
    "ARCHIVE_TRUNCATED": Kind(BLOCKER, f"파일이 중간에 끊겼습니다. {_RESAVE_KO}", f"The file ends in the middle. {_RESAVE_EN}"),
    "ARCHIVE_CRC": Kind(BLOCKER, f"압축 검사값이 맞지 않습니다. {_RESAVE_KO}", f"The archive's check value is wrong. {_RESAVE_EN}"),
    "ARCHIVE_NESTED": Kind(BLOCKER, "압축 파일 안의 압축 파일은 받지 않습니다({member}). 풀어서 함께 압축하십시오.", "An archive within an archive is not accepted ({member}). Unpack it first."),
    "ARCHIVE_PATH": Kind(BLOCKER, f"파일 이름에 경로가 있습니다({{member}}). {_ZIP_KO}", f"A name in the archive leads out of it ({{member}}). {_ZIP_EN}"),
    "ARCHIVE_LINK": Kind(BLOCKER, f"링크는 받지 않습니다({{member}}). {_ZIP_KO}", f"Links are not accepted ({{member}}). {_ZIP_EN}"),
    "ARCHIVE_DUPLICATE": Kind(BLOCKER, f"같은 이름이 두 번 있습니다({{member}}). {_ZIP_KO}", f"The same name appears twice ({{member}}). {_ZIP_EN}"),
    "ARCHIVE_NAME": Kind(BLOCKER, f"압축 안의 파일 이름이 올바르지 않습니다. {_ZIP_KO}", f"A name in the archive is not valid. {_ZIP_EN}"),
    "ARCHIVE_OVERLAP": Kind(BLOCKER, f"압축 구조가 겹칩니다. {_ZIP_KO}", f"Parts of the archive overlap. {_ZIP_EN}"),
    "ARCHIVE_SIZE_LIE": Kind(BLOCKER, f"기록된 크기와 실제가 다릅니다({{member}}). {_ZIP_KO}", f"The size written in the archive is not the real one ({{member}}). {_ZIP_EN}"),
    "ARCHIVE_ENCRYPTED": Kind(BLOCKER, "암호가 걸린 파일은 받지 않습니다. 암호 없이 압축해 올리십시오.", "Encrypted files are not accepted. Pack them without a password."),
    "ARCHIVE_BROKEN": Kind(BLOCKER, f"압축 파일이 손상되었습니다. {_ZIP_KO}", f"The archive is damaged. {_ZIP_EN}"),
    "ARCHIVE_NO_DATA": Kind(BLOCKER, "압축 파일 안에 받을 수 있는 데이터가 없습니다.", "The archive holds no data that is accepted."),
    "PARQUET_BROKEN": Kind(BLOCKER, f"Parquet 파일이 손상되었거나 끝부분이 없습니다. {_PARQUET_KO}", f"The Parquet file is damaged or its end is missing. {_PARQUET_EN}"),
    "PARQUET_EXPANSION": Kind(BLOCKER, "펼친 크기가 한도를 넘습니다. 나누어 올리십시오.", "It unfolds to more than the limit. Split it."),
    "PARQUET_FEATURE": Kind(BLOCKER, f"지원하지 않는 Parquet 기능입니다. {_PARQUET_KO}", f"It uses a feature of Parquet that is not supported. {_PARQUET_EN}"),
    "ARROW_INVALID": Kind(BLOCKER, f"Arrow 버퍼가 올바르지 않습니다. {_PARQUET_KO}", f"The buffers of the Arrow file are not valid. {_PARQUET_EN}"),
    "ARROW_EXPANSION": Kind(BLOCKER, "펼친 크기가 한도를 넘습니다. 작은 묶음으로 나누어 쓰거나 Parquet으로 내보내 올리십시오.", "It unfolds to more than the limit. Write it in smaller batches or export it to Parquet."),
    "JSON_LINE": Kind(WARNING, "{row}행은 올바른 JSON 객체가 아닙니다. 그 행을 고쳐 다시 올리십시오.", "Line {row} is no valid JSON object. Correct it and upload the file again."),
    "JSON_SHAPE": Kind(BLOCKER, f"표의 행이 될 JSON 객체가 없습니다. {_JSON_KO}", f"There are no JSON objects to be rows of a table. {_JSON_EN}"),
    "JSON_BROKEN": Kind(BLOCKER, f"배열의 {{row}}번째 값에서 JSON 문법이 틀렸습니다. {_JSON_KO}", f"The JSON is not valid at value {{row}} of the array. {_JSON_EN}"),
    "JSON_TOO_LARGE": Kind(BLOCKER, "배열 하나로 된 JSON은 {most}바이트까지 받습니다. 한 줄에 객체 하나씩(JSON Lines) 저장해 올리십시오.", "JSON that is one array may hold {most} bytes. Save one object a line (JSON Lines) and upload it."),
    "JSON_DEPTH": Kind(BLOCKER, "{row}행의 중첩이 너무 깊습니다({most}단계까지). 표로 펼쳐 올리십시오.", "Line {row} is nested too deeply (at most {most}). Flatten it to a table."),
    "JSON_DUPLICATE": Kind(WARNING, "{row}행에 같은 키 '{column}'이(가) 두 번 나옵니다. 뒤의 값만 읽었습니다. 키를 하나로 고쳐 다시 올리십시오.", "Line {row} has the key '{column}' twice, of which the later was read. Keep one and upload the file again."),
    "JSON_NAN": Kind(WARNING, "{row}행에 JSON에 없는 수(NaN, Infinity)가 있습니다. null이나 숫자로 고쳐 다시 올리십시오.", "Line {row} holds a number that JSON does not have (NaN, Infinity). Write null or a number and upload the file again."),
    "JSON_NEW_KEYS": Kind(WARNING, "처음 {lines}행에 없던 키가 {row}행부터 나와 표에서 뺐습니다: {examples}. 첫 행에 모든 키를 적어 다시 올리십시오.", "Keys that the first {lines} rows do not have begin in line {row} and were left out: {examples}. Name every key in the first row and upload the file again."),
    "SCHEMA_DEPTH": Kind(BLOCKER, "중첩이 너무 깊습니다({most}단계까지). 표로 펼쳐 올리십시오.", "It is nested too deeply (at most {most}). Flatten it to a table."),
    "XML_ENTITY": Kind(BLOCKER, f"XML 엔터티는 허용되지 않습니다. {_EXCEL_KO}", f"XML entities are not allowed. {_EXCEL_EN}"),
    "XLSX_EXTENT": Kind(BLOCKER, f"시트 범위가 비정상적으로 큽니다. {_EXCEL_KO}", f"The sheet's extent is too large. {_EXCEL_EN}"),
    "XLSX_EXPANSION": Kind(BLOCKER, "엑셀 파일을 펼친 크기가 한도를 넘습니다. CSV로 저장해 올리십시오.", "The workbook unfolds to more than the limit. Save it as CSV."),
    "XLSX_MACRO": Kind(BLOCKER, f"매크로나 외부 연결이 있는 파일은 받지 않습니다. {_EXCEL_KO}", f"Files with macros or external links are not accepted. {_EXCEL_EN}"),
    "XLSX_ENCRYPTED": Kind(BLOCKER, "암호가 걸린 엑셀 파일이거나 확장자와 다른 옛 형식입니다. 암호 없이 XLSX로 저장해 올리십시오.", "The workbook has a password, or an old format under another extension. Save it as XLSX without a password."),
    "XLSX_ERRORS": Kind(NOTE, "오류 값(#N/A, #DIV/0! 등)이 든 칸 {count}개를 빈 칸으로 읽었습니다.", "{count} cells hold errors (#N/A, #DIV/0! and so on) and were read as empty."),
    "XLSX_BROKEN": Kind(BLOCKER, f"엑셀 파일이 손상되었습니다. {_EXCEL_KO}", f"The workbook is damaged. {_EXCEL_EN}"),
    "IMAGE_PIXELS": Kind(BLOCKER, "사진이 너무 큽니다({member}, {most}화소까지).", "An image is too large ({member}, at most {most} pixels)."),
    "IMG_BROKEN": Kind(WARNING, "열리지 않는 사진이 {count}장 있습니다: {examples}. 원본에서 다시 저장해 올리십시오.", "{count} images cannot be decoded: {examples}. Save them again from their source and upload them."),
    "IMG_IDENTICAL": Kind(WARNING, "다른 사진과 파일이 똑같은 사진이 {count}장 있습니다: {examples}. 일부러 넣은 것이 아니면 빼고 다시 올리십시오.", "{count} images have the same bytes as another: {examples}. Unless they are meant, leave them out and upload the rest."),
    "IMG_SIMILAR": Kind(NOTE, "다른 사진과 거의 같은 사진이 {count}장 있습니다: {examples}. 학습과 시험에 나누어 넣지 않도록 설명에 적으십시오.", "{count} images are nearly the same as another: {examples}. Say so, that nobody puts them into training and test alike."),
    "IMG_SPLIT": Kind(WARNING, "학습·검증·시험으로 나눈 사진 가운데 다른 쪽에도 있는 것이 {count}장 있습니다: {examples}. 성능이 부풀려지니 한쪽에서 빼십시오.", "{count} images of training, validation and test stand in another of them, too: {examples}. Leave them out of one, since they flatter every model."),
    "IMG_SIZES": Kind(NOTE, "사진의 크기가 {count}가지입니다: {examples}. 뜻한 것인지 확인하십시오.", "The images have {count} sizes: {examples}. See whether that is meant."),
    "IMG_MODES": Kind(NOTE, "사진의 색 방식이 {count}가지입니다: {examples}. 뜻한 것인지 확인하십시오.", "The images have {count} colour modes: {examples}. See whether that is meant."),
    "IMG_DARK": Kind(NOTE, "다른 사진보다 아주 어두운 사진이 {count}장 있습니다: {examples}. 쓸 수 있는지 확인하십시오.", "{count} images are far darker than the others: {examples}. See whether they are of use."),
    "IMG_BRIGHT": Kind(NOTE, "다른 사진보다 아주 밝은 사진이 {count}장 있습니다: {examples}. 쓸 수 있는지 확인하십시오.", "{count} images are far brighter than the others: {examples}. See whether they are of use."),
    "IMG_BLURRED": Kind(NOTE, "다른 사진보다 아주 흐린 사진이 {count}장 있습니다: {examples}. 쓸 수 있는지 확인하십시오.", "{count} images are far more blurred than the others: {examples}. See whether they are of use."),
    "IMG_PLAIN": Kind(NOTE, "담긴 것이 거의 없는 사진이 {count}장 있습니다: {examples}. 쓸 수 있는지 확인하십시오.", "{count} images show next to nothing: {examples}. See whether they are of use."),
    "IMG_LABEL_MISSING": Kind(WARNING, "주석이 없는 사진이 {count}장 있습니다: {examples}. 주석을 더하거나, 대상이 없으면 빈 주석 파일을 넣으십시오.", "{count} images have no annotation: {examples}. Add it, or an empty one where there is nothing to annotate."),
    "IMG_LABEL_ORPHAN": Kind(WARNING, "사진이 없는 주석이 {count}개 있습니다: {examples}. 사진을 더하거나 주석을 빼십시오.", "{count} annotations have no image: {examples}. Add the images or leave the annotations out."),
    "IMG_LABEL_BROKEN": Kind(WARNING, "읽을 수 없는 주석 파일이 {count}개 있습니다: {examples}. 형식을 고쳐 다시 올리십시오.", "{count} annotation files cannot be read: {examples}. Correct them and upload them again."),
    "IMG_BOX_OUTSIDE": Kind(WARNING, "사진 밖으로 나가거나 넓이가 없는 상자가 {count}개 있습니다: {examples}. 좌표를 고쳐 다시 올리십시오.", "{count} boxes leave their image or have no area: {examples}. Correct them and upload them again."),
    "IMG_CLASS_UNKNOWN": Kind(WARNING, "분류 목록에 없는 분류의 상자가 {count}개 있습니다: {examples}. 목록이나 상자를 고쳐 다시 올리십시오.", "{count} boxes have a class that the list does not name: {examples}. Correct the list or the boxes and upload them again."),
    "IMG_CLASS_RARE": Kind(NOTE, "가장 흔한 분류의 5 %도 되지 않는 분류가 {count}개 있습니다: {examples}. 설명에 적으십시오.", "{count} classes have less than 5 % of the boxes of the most frequent one: {examples}. Say so in the description."),
    "HDF5_EXTERNAL": Kind(BLOCKER, "HDF5(MATLAB 7.3 포함)는 아직 받지 않습니다. 외부 파일을 가리킬 수 있기 때문입니다. CSV나 Parquet으로, MATLAB에서는 save -v7로 내보내 올리십시오.", "HDF5, and with it MATLAB 7.3, is not accepted, because it can point to other files. Export the data to CSV or Parquet, in MATLAB by save -v7."),
    "SHAPE_TOO_LARGE": Kind(BLOCKER, "변수 '{name}'의 선언된 크기가 너무 크거나 든 값과 다릅니다. 나누어 저장해 올리십시오.", "The variable '{name}' says that it is too large, or larger than its values. Save it in parts."),
    "MAT_BROKEN": Kind(BLOCKER, "MAT 파일이 손상되었습니다. MATLAB에서 save -v7로 다시 저장해 올리십시오.", "The MAT file is damaged. Save it again in MATLAB by save -v7 and upload it."),
    "MAT_NO_TABLE": Kind(BLOCKER, "MAT 파일에 숫자로 된 표나 열이 없습니다. 구조체의 값을 행렬로 꺼내 저장하거나 CSV로 내보내 올리십시오.", "The MAT file holds no table or column of numbers. Save the values of structs as matrices, or export them to CSV."),
    "MAT_SKIPPED": Kind(NOTE, "숫자 표가 아닌 변수 {count}개를 읽지 않았습니다: {examples}. 필요하면 행렬로 꺼내 다시 올리십시오.", "{count} variables that are no table of numbers were not read: {examples}. Save them as matrices if they matter."),
    "TOO_SLOW": Kind(BLOCKER, "정해진 시간 안에 읽지 못했습니다. 파일을 나누어 올리십시오.", "It could not be read in time. Split the file."),
    "FILE_EXPANSION": Kind(BLOCKER, "읽는 데 필요한 메모리가 한도를 넘습니다. 나누어 올리십시오.", "Reading it takes more memory than allowed. Split it."),
    "FILE_INVALID": Kind(BLOCKER, f"파일을 읽다가 멈췄습니다. 형식이 올바르지 않습니다. {_RESAVE_KO}", f"Reading it broke off: the format is not valid. {_RESAVE_EN}"),
    "VALUE_OUT_OF_RANGE": Kind(WARNING, "'{column}' 열의 {count}칸({pct} %)이 선언한 범위({said}) 밖이거나 숫자가 아닙니다(첫 번째 {row}행: {examples}). 값이나 선언한 범위 가운데 틀린 쪽을 고치십시오.", "{count} cells ({pct} %) of column '{column}' lie outside the declared range ({said}) or are no numbers (the first in row {row}: {examples}). Correct the values or the declaration."),
    "VALUE_NOT_IN_CODES": Kind(WARNING, "'{column}' 열의 {count}칸({pct} %)이 선언한 값({said})에 없습니다(첫 번째 {row}행: {examples}). 값을 고치거나 목록에 더하십시오.", "{count} cells ({pct} %) of column '{column}' hold none of the declared values ({said}; the first in row {row}: {examples}). Correct them or add them to the list."),
    "VALUE_NOT_IN_PATTERN": Kind(WARNING, "'{column}' 열의 {count}칸({pct} %)이 선언한 형식({said})과 다릅니다(첫 번째 {row}행: {examples}). 값이나 형식을 고치십시오.", "{count} cells ({pct} %) of column '{column}' do not have the declared form ({said}; the first in row {row}: {examples}). Correct the values or the form."),
    "VALUE_OF_OTHER_KIND": Kind(WARNING, "'{column}' 열을 {kind}(으)로 선언했지만 {count}칸({pct} %)이 그렇지 않습니다(첫 번째 {row}행: {examples}). 값이나 선언을 고치십시오.", "Column '{column}' was declared to hold {kind_en}, but {count} cells ({pct} %) do not (the first in row {row}: {examples}). Correct the values or the declaration."),
    "RELATION_BROKEN": Kind(WARNING, "{count}행({pct} %)이 선언한 규칙 '{rule}'을(를) 지키지 않습니다(첫 번째 {row}행: {examples}). 값이나 규칙을 고치십시오.", "{count} rows ({pct} %) break the declared rule '{rule}' (the first is row {row}: {examples}). Correct the values or the rule."),
    "KEY_BROKEN": Kind(WARNING, "행을 구별한다고 선언한 열({column})의 값이 앞의 행과 같은 행이 {count}개 있습니다({pct} %). 겹친 기록을 지우거나, 구별하는 열을 더 선언하십시오.", "{count} rows ({pct} %) repeat an earlier row in the columns declared to tell rows apart ({column}). Delete records that came in twice, or declare a further column."),
    "DECLARED_MISSING": Kind(NOTE, "선언한 열 {count}개가 이 파일에 없습니다: {examples}. 이름이 파일과 같은지 확인하십시오.", "{count} declared columns are not in this file: {examples}. See whether their names are those of the file."),
    "DECLARED_UNFIT": Kind(WARNING, "'{column}' 열에 대한 선언({what})을 쓸 수 없습니다: {why}. 선언을 고치십시오.", "What was declared of column '{column}' ({what}) cannot be used: {why_en}. Correct the declaration."),
    "UNIT_DIFFERS": Kind(WARNING, "'{column}' 열의 이름에는 단위가 {own}인데 {unit}(으)로 선언했습니다. 어느 쪽이 맞는지 확인하십시오.", "The name of column '{column}' says {own}, but {unit} was declared. See which of the two is right."),
    "REPORT_CUT": Kind(NOTE, "보고서가 너무 길어 일부를 줄였습니다.", "The report was too long and has been shortened."),
    "STAGE_TOO_LARGE": Kind(NOTE, "정리본(Parquet)이 허용된 크기보다 커서 만들지 않았습니다. 보고서는 그대로입니다.", "The staged Parquet would take more than is allowed and was not made. The report is whole."),
}  # fmt: skip


def found(  # noqa: PLR0913 - each is a place that a finding can name
    code: str,
    *,
    severity: Severity | None = None,
    member: str | None = None,
    row: int | None = None,
    column: str | None = None,
    count: int = 1,
    examples: Iterable[str] = (),
    **facts: object,
) -> Finding:
    """Return a finding with its sentences filled in.

    Args:
        severity: another than the code's own, where damage is wide
        facts: what else the sentences name
    """
    kind = KINDS[code]
    shown = tuple(one[:200] for one in examples)
    known = {
        "member": member or "",
        "row": row,
        "column": column if column is not None else "",
        "count": f"{count:,}",
        "examples": ", ".join(shown),
        **facts,
    }
    return Finding(
        code=SAME_CODE.get(code, code),
        severity=severity or kind.severity,
        ko=kind.ko.format(**known),
        en=kind.en.format(**known),
        member=member,
        row=row,
        column=column,
        count=count,
        examples=shown,
    )


class Refused(Exception):
    """A file of which nothing more can be said than one finding; only inside the child."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def refuse(code: str, **facts: object) -> Refused:
    """Return the exception for a file that ends with one finding."""
    return Refused(found(code, **facts))  # type: ignore[arg-type]
