"""What is so for one reader only: own comments and why they wait, votes. Everybody else's page has none of it."""

from comments.models import Screening, Vote
from comments.readers import Reader


def mark(nodes: list, reader: Reader) -> None:
    """Fill in what concerns `reader` in the `Node`s of a page. No query for anybody without a key or an account."""
    if reader.is_anybody:
        return
    for node in nodes:
        node.is_own = node.comment.belongs_to(reader)
        node.may_edit = node.is_own and node.comment.is_editable
    _explain_waiting([node for node in nodes if node.is_own and node.comment.is_waiting])
    if reader.member:
        votes = own_votes([node.comment.pk for node in nodes], reader)
        for node in nodes:
            node.vote = votes.get(node.comment.pk)


def own_votes(comment_ids: list[int], reader: Reader) -> dict[int, Vote]:
    """The reader's votes by comment. One query for a member, none for anybody else."""
    if reader.member is None or not comment_ids:
        return {}
    return {vote.comment_id: vote for vote in Vote.objects.filter(member=reader.member, comment__in=comment_ids)}


def _explain_waiting(nodes: list) -> None:
    """Why own comments wait, in the words of the newest screening."""
    waiting = {node.comment.pk: node for node in nodes}
    for seen in Screening.objects.filter(comment__in=waiting).order_by("pk") if waiting else ():
        waiting[seen.comment_id].reasons = seen.reasons
