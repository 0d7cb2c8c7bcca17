"""What is so for one reader only: own comments and why they wait, votes, who is muted, what is new. Everybody else's
page has none of it."""

from accounts.models import User
from comments.models import Mute, Visit, Vote
from comments.readers import Reader
from comments.visits import new_since
from comments.waiting import reasons_to_wait


def mark(nodes: list, reader: Reader) -> None:
    """Fill in what concerns `reader` in the `Node`s of a page. No query for anybody without a key or an account; three
    for a member, three more at most where own comments wait."""
    if reader.is_anybody or not nodes:
        return
    for node in nodes:
        node.is_own = node.comment.belongs_to(reader)
        node.may_edit = node.is_own and node.comment.is_editable
    _explain_waiting([node for node in nodes if node.is_own and node.comment.is_waiting])
    if reader.member:
        votes = own_votes([node.comment.pk for node in nodes], reader)
        for node in nodes:
            node.vote = votes.get(node.comment.pk)
        _mark_muted(nodes, reader.member)
        _mark_new(nodes, reader.member)


def own_votes(comment_ids: list[int], reader: Reader) -> dict[int, Vote]:
    """The reader's votes by comment. One query for a member, none for anybody else."""
    if reader.member is None or not comment_ids:
        return {}
    return {vote.comment_id: vote for vote in Vote.objects.filter(member=reader.member, comment__in=comment_ids)}


def _mark_muted(nodes: list, member: User) -> None:
    muted = set(Mute.objects.filter(by=member).values_list("member", "guest"))
    for node in nodes:
        node.is_muted = not node.comment.is_gone and (node.comment.member_id, node.comment.guest_id) in muted


def _mark_new(nodes: list, member: User) -> None:
    """What others published since the member's last visit; of people whom the member has muted, nothing."""
    visit = Visit.objects.filter(member=member, thread__comments=nodes[0].comment.pk).first()
    since = new_since(visit)
    for node in nodes if since else ():
        seen = node.is_own or node.is_muted or node.comment.is_gone
        node.is_new = not seen and node.comment.published_at > since


def _explain_waiting(nodes: list) -> None:
    """Why own comments wait."""
    reasons = reasons_to_wait(node.comment for node in nodes)
    for node in nodes:
        node.reasons = reasons.get(node.comment.pk, [])
