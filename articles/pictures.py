"""Cutting pictures to the shapes that pages need, and saying where the cuts are.

No reader ever waits for a picture to be cut: that is done by a job when the picture is saved, and what came of it is
written to `Picture.cuts`, so a page learns all it needs from the picture's own row. Until then pages show the original.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.storage import default_storage
from wagtail.images.models import Filter, SourceImageIOError

from articles.models import Picture

# Best first: a browser takes the first it knows. AVIF is smallest and costs a second each to make, so it comes last,
# by a job of its own, and pages do without until then.
FORMATS = ("avif", "webp", "plain")
QUICK_FORMATS = ("webp", "plain")


@dataclass(frozen=True)
class Shape:
    """A place for a picture. `ratio` is (across, down), None for the picture's own; `sizes` as in HTML."""

    widths: tuple[int, ...]
    ratio: tuple[int, int] | None
    sizes: str
    plain_only: bool = False  # for programs that take one file and know no others

    def spec(self, width: int, kind: str) -> str:
        """In Wagtail's words. `fill` keeps the focal point in view and never enlarges."""
        cut = f"fill-{width}x{round(width * self.ratio[1] / self.ratio[0])}" if self.ratio else f"width-{width}"
        return cut if kind == "plain" else f"{cut}|format-{kind}"

    def widths_in(self, kind: str) -> tuple[int, ...]:
        if self.plain_only and kind != "plain":
            return ()
        # Old browsers get one middling size: who knows neither WebP nor AVIF has no sharp screen either.
        return (self.widths[min(1, len(self.widths) - 1)],) if kind == "plain" else self.widths


SHAPES = {
    "lead": Shape((400, 800, 1200, 1600), (16, 10), "(min-width: 76rem) 51rem, (min-width: 64rem) 65vw, 100vw"),
    "story": Shape((400, 800, 1200, 1600), None, "(min-width: 76rem) 60rem, (min-width: 64rem) 75vw, 100vw"),
    "text": Shape((400, 800, 1200), None, "(min-width: 48rem) 37.5rem, 100vw"),
    "teaser": Shape((400, 800), (3, 2), "(min-width: 64rem) 21rem, (min-width: 48rem) 45vw, 94vw"),
    "small": Shape((200, 400), (4, 3), "(min-width: 40rem) 11rem, 7.5rem"),
    "film": Shape((400, 800, 1200), (16, 9), "(min-width: 48rem) 37.5rem, 100vw"),
    "card": Shape((1200,), (1200, 630), "100vw", plain_only=True),  # for networks that show a link with a picture
}


@dataclass(frozen=True)
class Cut:
    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Drawing:
    """A picture in one shape, ready for a page. `sources` holds (media type, srcset) pairs, best first."""

    url: str
    width: int
    height: int
    sizes: str
    sources: list[tuple[str, str]]


def draw(picture: Picture, shape: str) -> Drawing:
    """How to show a picture in a shape; the original, where nothing was cut yet. No queries, no files opened."""
    kinds = picture.cuts.get(shape, {})
    plain = [Cut(default_storage.url(name), *size) for name, *size in kinds.get("plain", [])]
    fallback = plain[-1] if plain else Cut(picture.file.url, picture.width, picture.height)
    sources = [
        (f"image/{kind}", ", ".join(f"{default_storage.url(name)} {width}w" for name, width, _ in kinds[kind]))
        for kind in FORMATS
        if kind != "plain" and kinds.get(kind)
    ]
    return Drawing(fallback.url, fallback.width, fallback.height, SHAPES[shape].sizes, sources)


def cut(picture: Picture, kinds: Iterable[str] = QUICK_FORMATS, shapes: Iterable[str] = SHAPES) -> None:
    """Make what is missing of a picture in these formats and remember all there is. About 0.1 s a cut, AVIF ten times.

    A file that is gone or cannot be read leaves the picture as it is: pages go on showing the original's address.
    """
    cuts = {name: dict(found) for name, found in picture.cuts.items()}
    try:
        for name in shapes:
            for kind in kinds:
                cuts.setdefault(name, {})[kind] = _cut_one(picture, SHAPES[name], kind)
    except SourceImageIOError:
        return
    picture.cuts = cuts
    Picture.objects.filter(pk=picture.pk).update(cuts=cuts)


def _cut_one(picture: Picture, shape: Shape, kind: str) -> list[list]:
    filters = [Filter(shape.spec(width, kind)) for width in shape.widths_in(kind)]
    made = picture.get_renditions(*filters).values() if filters else ()
    # A small original gives the same cut for several widths; each stands once.
    by_size = {(r.width, r.height): r.file.name for r in made}
    return [[name, *size] for size, name in by_size.items()]
