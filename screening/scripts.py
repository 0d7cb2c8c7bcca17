"""What of Unicode we must know: which signs make words, in which scripts words are not set apart, what looks alike."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

# Thai, Lao, Myanmar, Khmer; kana, Bopomofo, Han: words follow each other without a blank.
UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ec0-\u0ec6\u1000-\u102a\u1780-\u17b3"
    "\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U000323af"
)

# What looks like a Latin letter to nearly everybody: by hand from confusables.txt of Unicode (UTS 39).
LOOKS_LIKE = dict(
    zip(
        "аеорсухіјѕһԁԛԝкмтвнгьпіӏүғзαοερνικτυχηωγσϲϳаօոսհցզյ",
        "aeopcyxijshdqwkmtbhrbnilyf3aoepviktuxnwyocjaonuhgqj",
        strict=True,
    )
)

# What looks like a Cyrillic letter in a Cyrillic word, digits that stand for one included.
CYRILLIC_LIKE = dict(zip("aeopcyxkmtbhisj0346@", "аеорсухкмтвніѕјозчба", strict=True))

# Letters that Unicode holds for letters of their own, and readers for one they know: strokes, small capitals, boxes.
DRAWN_AS = dict(
    zip(
        "øđłıħŧƒɑɡœæØĐŁĦŦŒÆᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
        [*"odlihtfag", "oe", "ae", *"odlht", "oe", "ae", *"abcdefghijklmnoprstuvwyz"],
        strict=True,
    )
)
DRAWN_AS |= {chr(first + at): chr(97 + at) for first in (0x1F130, 0x1F150, 0x1F170) for at in range(26)}

# The letters beyond a to z that are used together: of European languages in Latin letters, of Turkish and Vietnamese.
ACCENTED_LETTERS = [
    frozenset(letters)
    for letters in (
        "äöüß éïëáóèàâêîôûç",  # German, Dutch, Swedish, Finnish and what they borrow
        "àâæçéèêëîïôœùûüÿ",
        "áéíóúüñ çàèòïãâêôõ",  # Spanish, Catalan, Portuguese, Galician
        "àèéìíîòóùú",
        "åäöæøéðþáíóúý",
        "ąćęłńóśźż",
        "áäčďéěíĺľňóôŕřšťúůýž",
        "áéíóöőúüű",
        "ăâîșşțţ",
        "çğıöşüâîûə",
        "čćđšž",
        "āčēģīķļņšūž ąęėįų",
        "ċġħżàèìòù",
        "âêîôûŵŷáéíóú",
        "ëçäöüõšž",
        "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
    )
]


@cache
def marks() -> str:
    """Signs that hang on a letter (accents, vowel signs), as the inside of a class of a regular expression."""
    return ranges(code for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")


@cache
def word() -> re.Pattern[str]:
    """A run of letters and digits with what hangs on them, in scripts that set words apart. `_` is none: _so_."""
    return re.compile(rf"[^\W_{UNSPACED}](?:[^\W_{UNSPACED}]|[{marks()}])*+")


def ranges(codes: Iterable[int]) -> str:
    """`[a-cx]`, without the brackets."""
    parts: list[list[int]] = []
    for code in codes:
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in parts)
