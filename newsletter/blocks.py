"""What a letter may be put together from, in the newsroom. `newsletter.composing` makes plain blocks of it."""

from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, RichTextBlock, StructBlock, TextBlock, URLBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from comments import quoting

LISTED_PICKS = 60


def picks_to_choose() -> list[tuple[str, str]]:
    """Comments that moderators picked, the newest first, as a list to choose from."""
    return [(str(pick.comment_id), f"{pick.name}: {pick.text[:90]}") for pick in quoting.newest_picks(LISTED_PICKS)]


class ArticleInLetter(StructBlock):
    article = SnippetChooserBlock("articles.Article")
    lead = BooleanBlock(required=False, label="Large, with its picture")
    headline = CharBlock(required=False, max_length=200, help_text="Empty: that of the article.")
    text = TextBlock(required=False, max_length=600, rows=3, help_text="Empty: the standfirst of the article.")
    call = CharBlock(required=False, max_length=80, label="Words of the link", help_text="Empty: “Read on”.")

    class Meta:
        icon = "doc-full"
        label = "Article"


class CommentInLetter(StructBlock):
    """Only who said it is kept here, never the words: they are asked for whenever the letter is drawn."""

    comment = ChoiceBlock(
        choices=picks_to_choose,
        help_text="Comments that moderators picked. One that is taken down later leaves the letter by itself.",
    )
    call = CharBlock(required=False, max_length=80, label="Words of the link", help_text="Empty: “Answer”.")

    class Meta:
        icon = "openquote"
        label = "A reader’s comment"


class PictureInLetter(StructBlock):
    picture = ImageChooserBlock()
    alt = CharBlock(
        required=False, max_length=300, label="What it shows", help_text="Empty: what is said with the picture itself."
    )
    url = URLBlock(required=False, label="Leads to")

    class Meta:
        icon = "image"
        label = "Picture"


class ButtonInLetter(StructBlock):
    label = CharBlock(max_length=60, label="Words")
    url = URLBlock(label="Leads to")

    class Meta:
        icon = "link"
        label = "Button"


ISSUE_BLOCKS = [
    ("text", RichTextBlock(features=["bold", "italic", "link", "ul", "ol"], label="Text")),
    ("article", ArticleInLetter()),
    ("comment", CommentInLetter()),
    ("picture", PictureInLetter()),
    ("button", ButtonInLetter()),
]
