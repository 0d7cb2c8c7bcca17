"""The statement of reasons for a refusal or a removal, as Article 17 (3) of the Digital Services Act asks for it: what
was decided and how far it reaches, the facts, the use of programs, the ground, and what can be done against it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.text import Truncator

from comments.models import Comment, CommentRevision
from comments.models.spaces import Concern
from moderation.finding import Found, how_found
from moderation.models import Act, Decision

QUOTED = 1500  # characters of their own words that authors find in the letter; the page has them all

REACH = {
    Act.REFUSE: "Nobody but you and the moderators reads it, wherever they are. It is for good, unless it is taken "
    "back.",
    Act.REMOVE: "Nobody but you and the moderators reads it any more, wherever they are. Where others have answered, a "
    "line without your words holds the place. It is for good, unless it is taken back.",
    Act.REFUSE_EDIT: "The newer text is shown to nobody. The older one stands as it stood, with its votes and answers. "
    "It is for good, unless it is taken back.",
}


@dataclass(frozen=True)
class Statement:
    """What an author is told, on the page and in the letter."""

    decision: Decision
    body: str  # the words that it is about; "" once they are erased
    html: str
    sent_at: datetime
    reach: str
    found: Found
    is_law: bool  # the ground is a law, not the rules of the house alone: one that was named, or that the rule names

    @property
    def excerpt(self) -> str:
        return Truncator(self.body).chars(QUOTED)

    @property
    def quoted(self) -> str:
        """For plain letters: each line set off."""
        return "\n".join(f"> {line}".rstrip() for line in self.excerpt.splitlines())

    @property
    def why_it_counts(self) -> str:
        """What gives the ground its force: Article 17 (3), (d) and (e)."""
        if self.decision.law:
            return "We take it to be against this law, and against the rule of the house besides."
        if self.is_law:
            return "We take it to be against the law that this rule names."
        return "Whoever comments here agrees to the rules of the house. We do not say that it is against the law."

    @property
    def is_about_edit(self) -> bool:
        return self.decision.act == Act.REFUSE_EDIT

    @property
    def is_erased(self) -> bool:
        return not self.body


def statement_of(decision: Decision, comment: Comment) -> Statement:
    """Why a comment was refused or removed, or its newer text refused. Four queries at most."""
    text = _refused_edit(decision) if decision.act == Act.REFUSE_EDIT else comment
    return Statement(
        decision=decision,
        body=text.body if text else "",
        html=text.body_html if text else "",
        sent_at=text.made_at if isinstance(text, CommentRevision) else comment.created_at,
        reach=REACH[Act(decision.act)],
        found=how_found(decision),
        is_law=is_against_the_law(decision),
    )


def is_against_the_law(decision: Decision) -> bool:
    """Whether its ground is a law, which whoever decided has named, or the rule names."""
    return bool(decision.law) or (decision.rule is not None and decision.rule.concerns == Concern.ILLEGAL)


def _refused_edit(decision: Decision) -> CommentRevision | None:
    refused = CommentRevision.objects.refused().filter(comment=decision.comment_id, made_at__lte=decision.made_at)
    return refused.order_by("-pk").first()
