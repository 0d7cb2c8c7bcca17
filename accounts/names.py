"""Names that readers may take, and those that are spoken for: people who work here, and the paper itself."""

import re
import unicodedata

from accounts.models import User
from civic.lib.registry import reserved_names

# Signs that look like Latin letters and are used to look like somebody else: Cyrillic, Greek, small capitals, digits.
# Capitals and small letters stand apart: "Н" looks like H, while the small Greek "η" looks like n.
_LOOKALIKES = str.maketrans(
    "АВЕЅЈІКМНОРСТУХЬѴԌԚԜӀ"
    "авекмнорстухѕіјьԁһӏԛԝѵп"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    "αβεηικνορτυχωγς"
    "ıɑɡℓøđłħŧᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"
    "0134578@$|!",
    "abesjikmhopctyxbvgqwi"
    "abekmhopctyxsijbdhiqwvn"
    "abezhikmnoptyx"
    "abenikvoptuxwyc"
    "iagiodlhtabcdeghijklmnoprstuvwyz"
    "oieastbasii",
)
# Offices that nobody may claim by a name, and words that make "Rosalind Pike (editor)" no other name.
_OFFICES = {"admin", "administrator", "administration", "editor", "editors", "moderation", "moderator", "moderators"}
_OFFICES |= {"official", "real", "staff", "team", "the", "webmaster"}
_LONG_ENOUGH = 8  # letters: a paper's name of this length may not stand inside another name either


def folded(name: str) -> str:
    """The name as an eye reads it: without case, accents, spacing, punctuation and lookalikes.

    >>> folded("Rosаlind  Pïke.") == folded("rosalind pike")
    True
    """
    return _letters(name).replace("rn", "m").replace("vv", "w")


def _letters(name: str) -> str:
    name = re.sub(r"^\W+|\W+$", "", name)
    bare = unicodedata.normalize("NFKD", name.translate(_LOOKALIKES)).casefold().translate(_LOOKALIKES)
    return "".join(sign for sign in bare if sign.isalnum()).replace("l", "i")


def is_taken(name: str, *, by: User | None = None) -> bool:
    """Whether the name is that of somebody who works here, of the paper, or of an office.

    `by` is the member who asks: one's own name, as it stands, is not taken, whoever came to work here since.
    """
    if by and by.pk and name == by.display_name:
        return False
    whole, bare = folded(name), folded(_without_offices(name))
    if whole and not bare:  # nothing but an office: "The Editors"
        return True
    readings = {whole, bare} - {""}
    if _has_the_papers_name(name, readings):
        return True
    staff = User.objects.working_here()
    if by and by.pk:
        staff = staff.exclude(pk=by.pk)
    return bool(readings & {folded(known) for known in staff.values_list("display_name", flat=True)})


def sounds_like_the_house(label: str) -> bool:
    """Whether the words beside a name would be taken for those of somebody who works here: “Moderator”, “The editors”,
    the name of the paper. “Editor, Sill Valley Record” would not."""
    words, bare = {folded(word) for word in re.split(r"[\W_]+", label)}, folded(_without_offices(label))
    return bool(words & _FOLDED_POWERS) or not bare or _has_the_papers_name(label, {folded(label), bare})


def _without_offices(name: str) -> str:
    words = re.split(r"[\W_]+", name)
    return " ".join(word for word in words if folded(word) not in _FOLDED_OFFICES)


def _has_the_papers_name(name: str, readings: set[str]) -> bool:
    """Whether a name is a reserved one, or contains one that is long enough to mean nothing else."""
    if readings & _FOLDED_OFFICES:
        return True
    for known in (reserved for names in reserved_names.ask() for reserved in names):
        core = _without_offices(known)
        if folded(core) in readings or (len(core) >= _LONG_ENOUGH and _letters(core) in _letters(name)):
            return True
    return False


_FOLDED_OFFICES = {folded(office) for office in _OFFICES}
# Who may remove what others wrote: nobody else is called that, in no combination.
_FOLDED_POWERS = {folded(power) for power in ("admin", "administrator", "moderation", "moderator", "moderators")}
