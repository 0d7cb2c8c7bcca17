"""The phrases of one space as one text: read and written here, whatever lists the newsroom made of them."""

from itertools import chain, count

from comments.drafts import lines_of
from comments.models import PhraseList, Space


def phrases_of(space: Space) -> str:
    """The space's own phrases, one a line, of all its lists. Without those that hold everywhere. One query."""
    return "\n".join(lines_of(tuple(_lists(space).values_list("phrases", flat=True))))


def phrases_everywhere() -> tuple[str, ...]:
    """What is listed for every space. One query."""
    return lines_of(tuple(PhraseList.objects.filter(space=None).order_by("pk").values_list("phrases", flat=True)))


def set_phrases(space: Space, text: str) -> None:
    """Writes them all into the first list of the space and empties its others. Nothing where nothing differs."""
    if lines_of((text,)) == lines_of((phrases_of(space),)):
        return
    lists = list(_lists(space))
    first = lists[0] if lists else PhraseList(space=space, name=_free_name(space))
    first.phrases = text
    first.save()
    _lists(space).exclude(pk=first.pk).update(phrases="")


def _lists(space: Space):
    return PhraseList.objects.filter(space=space).order_by("pk")


def _free_name(space: Space) -> str:
    """Names of lists are each given once, and the newsroom may have given a list of this name to another space."""
    names = (f"{space.name[:40]} ({space.pk}{extra})" for extra in chain([""], (f", {n}" for n in count(2))))
    return next(name for name in names if not PhraseList.objects.filter(name=name).exists())
