"""What a Korean word looks like when it is typed with the keyboard left in Latin letters.

People make passwords that way (``dkssudgktpdy`` is 안녕하세요), and so do those who guess them.
"""

import unicodedata
from typing import Final

# Keys of the standard two-set layout (두벌식, KS X 5002) in the order of Unicode's jamo.
_LEADS: Final = "r R s e E f a q Q t T d w W c z x v g"
_VOWELS: Final = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
_TAILS: Final = "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"

KEYS: Final = {
    chr(first + position): keys
    for first, layout in ((0x1100, _LEADS), (0x1161, _VOWELS), (0x11A8, _TAILS))
    for position, keys in enumerate(layout.split())
}


def keystrokes(text: str) -> str:
    """Return the Latin keys of a Korean text; other characters stay as they are.

    Example:
        ``keystrokes("제조")`` is ``"wpwh"``.
    """
    return "".join(KEYS.get(sign, sign) for sign in unicodedata.normalize("NFD", text))
