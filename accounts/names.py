"""Names that readers may take, and those that are spoken for: people who work here, and the paper itself."""

import unicodedata

from accounts.models import User
from civic.lib.registry import reserved_names

# Letters that look like Latin ones and are used to look like somebody else.
_LOOKALIKES = str.maketrans(
    "аеорсухікАЕОРСУХІКВМНТοαεινρτυχΟΑΕΙΝΡΤΥΧ0134@", "aeopcyxikaeopcyxikbmhtoaeivptuxoaeinptyxoleaa"
)
_TITLES = ("admin", "administrator", "moderator", "editor", "staff", "the editors")


def folded(name: str) -> str:
    """The name as an eye reads it: without case, accents, spacing, punctuation and lookalikes.

    >>> folded("Rosаlind  Pïke.") == folded("rosalind pike")
    True
    """
    bare = unicodedata.normalize("NFKD", name.translate(_LOOKALIKES)).casefold().translate(_LOOKALIKES)
    return "".join(sign for sign in bare if sign.isalnum())


def is_taken(name: str, *, by: User | None = None) -> bool:
    """Whether the name is that of somebody who works here, of the paper, or of an office.

    `by` is the member who asks: one's own name is not taken.
    """
    wanted = folded(name)
    if not wanted:
        return False
    taken = {folded(title) for title in _TITLES}
    for names in reserved_names.ask():
        taken |= {folded(known) for known in names}
    own = {folded(by.display_name)} if by and by.pk else set()
    if wanted in taken:
        return not (by and by.is_staff_member and wanted in own)
    staff = User.objects.working_here()
    if by and by.pk:
        staff = staff.exclude(pk=by.pk)
    return wanted in {folded(known) for known in staff.values_list("display_name", flat=True)}
