"""Hostile, broken and good JSON, made when asked for."""

import gzip
import json

from tests.quality.corpus import Case

GOOD = b'{"a": 1, "b": "x"}\n{"a": 2.50, "b": null}\n{"a": 3, "b": "y"}\n'


def lines(count: int, *others: bytes) -> bytes:
    return b'{"a": 1, "b": "x"}\n' * count + b"".join(one + b"\n" for one in others)


def array(count: int) -> bytes:
    return json.dumps([{"a": number, "b": "x"} for number in range(count)]).encode()


CASES = (
    Case("jsonl empty", "a.jsonl", lambda: b"", "FILE_EMPTY"),
    Case("jsonl blank", "a.jsonl", lambda: b"\n\n \n", "TABLE_NO_ROWS"),
    Case("jsonl wrong", "a.jsonl", lambda: lines(3, b'{"a": 1,'), "JSON_LINE", "4행은 올바른 JSON 객체가 아닙니다."),
    Case("jsonl wrong few", "a.jsonl", lambda: lines(100, b'{"a": 1} x', b"[1]"), "JSON_LINE", "101행은", blocks=False),
    Case("jsonl no objects", "a.jsonl", lambda: b"1\n2\n", "JSON_SHAPE", "JSON 객체가 없습니다."),
    Case("jsonl empty objects", "a.jsonl", lambda: b"{}\n{}\n", "JSON_SHAPE"),
    Case("jsonl depth", "a.jsonl", lambda: lines(9, b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"), "JSON_DEPTH", "10행의 중첩이 너무 깊습니다"),
    Case("jsonl depth open", "a.jsonl", lambda: lines(9, b'{"a":' * 150_000), "JSON_DEPTH"),
    Case("jsonl depth 40", "a.jsonl", lambda: lines(9, b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"), "JSON_DEPTH"),
    Case("jsonl duplicate", "a.jsonl", lambda: lines(3, b'{"a": 1, "a": 2}'), "JSON_DUPLICATE", "4행에 같은 키 'a'"),
    Case("jsonl duplicate few", "a.jsonl", lambda: lines(100, b'{"a": 1, "b": "x", "b": "y"}'), "JSON_DUPLICATE", "101행에", blocks=False),
    Case("jsonl new keys", "a.jsonl", lambda: lines(1_000, b'{"c": 1}'), "JSON_NEW_KEYS", "1001행부터 나와 표에서 뺐습니다: c.", blocks=False),
    Case("jsonl nan", "a.jsonl", lambda: lines(100, b'{"a": NaN, "b": -Infinity}'), "JSON_NAN", "101행에 JSON에 없는 수", blocks=False),
    Case("jsonl surrogate", "a.jsonl", lambda: lines(100, b'{"a": 1, "b": "\\ud800"}'), "ENC_INVALID", "101행에 올바르지 않은 문자", blocks=False),
    Case("jsonl surrogate key", "a.jsonl", lambda: b'{"\\ud800": 1}\n', "JSON_SHAPE"),
    Case("jsonl nul", "a.jsonl", lambda: lines(100, b'{"a": 1, "b": "x\\u0000"}'), "CHAR_NUL", "101행 b열에 NUL", blocks=False),
    Case("jsonl raw nul", "a.jsonl", lambda: lines(100, b'{"a": 1, "b": "x\0"}'), "JSON_LINE", "101행은", blocks=False),
    Case("jsonl nul key", "a.jsonl", lambda: b'{"a\\u0000": 1}\n', "CHAR_NUL"),
    Case("jsonl bidi key", "a.jsonl", lambda: b'{"\\u202ea": 1}\n', "CHAR_BIDI"),
    Case("jsonl huge number", "a.jsonl", lambda: lines(9, b'{"a": ' + b"9" * 500_000 + b"}"), "CELL_TOO_LONG"),
    Case("jsonl large number", "a.jsonl", lambda: lines(9, b'{"a": ' + b"9" * 5_000 + b"}"), None),
    Case("jsonl nonfinite", "a.jsonl", lambda: lines(100, b'{"a": 1e999}'), "NUM_NONFINITE", blocks=False),
    Case("jsonl line", "a.jsonl", lambda: lines(9, b'{"a": "' + b"x" * 2_000_000 + b'"}'), "CELL_TOO_LONG"),
    Case("jsonl keys", "a.jsonl", lambda: json.dumps({f"k{n}": n for n in range(2_001)}).encode(), "COL_TOO_MANY"),
    Case("jsonl empty key", "a.jsonl", lambda: b'{"": 1, "b": 2}\n', "COL_BLANK"),
    Case("jsonl half utf8", "a.jsonl", lambda: lines(100, b'{"a": 1, "b": "\xed\xa0\x80"}'), "ENC_INVALID", "101행에", blocks=False),
    Case("jsonl cp949", "a.jsonl", lambda: '{"온도": 1, "비고": "가나다"}\n'.encode("cp949") * 9, "ENC_CONVERTED", "CP949로", blocks=False),
    Case("jsonl utf-16", "a.ndjson", lambda: '{"온도": 1}\n{"온도": 2}\n'.encode("utf-16"), "ENC_CONVERTED", "UTF-16으로", blocks=False),
    Case("jsonl binary", "a.jsonl", lambda: b"PK\x03\x04" + bytes(60), "TYPE_MISMATCH", "내용이 JSON Lines가 아닙니다."),
    Case("jsonl bomb", "a.jsonl.gz", lambda: gzip.compress(lines(8_000_000)), "ARCHIVE_RATIO"),
    Case("json array cut", "a.json", lambda: array(9)[:-1], "JSON_BROKEN", "9번째 값에서"),
    Case("json array wrong", "a.json", lambda: b'[{"a": 1}, {"a": }]', "JSON_BROKEN", "2번째 값에서"),
    Case("json array trailing", "a.json", lambda: array(9) + b"x", "JSON_BROKEN"),
    Case("json array comma", "a.json", lambda: b'[{"a": 1},]', "JSON_BROKEN"),
    Case("json array empty", "a.json", lambda: b"[ ]", "TABLE_NO_ROWS"),
    Case("json array of numbers", "a.json", lambda: b"[1, 2]", "JSON_SHAPE"),
    Case("json array open", "a.json", lambda: b"[" * 1_000_000, "JSON_DEPTH"),
    Case("json array large", "a.json", lambda: b"[" + b" " * (64 << 20) + b"]", "JSON_TOO_LARGE"),
    Case("good jsonl", "a.jsonl", lambda: GOOD, None),
    Case("good jsonl bom", "a.jsonl", lambda: b"\xef\xbb\xbf" + GOOD, None),
    Case("good jsonl gz", "a.jsonl.gz", lambda: gzip.compress(GOOD), None),
    Case("good json", "a.json", lambda: array(2_000), None),
    Case("good json lines", "a.json", lambda: GOOD, None),
)  # fmt: skip
