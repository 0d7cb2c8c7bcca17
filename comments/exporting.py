"""What discussions keep about a member, to be taken along."""

from typing import Any

from django.conf import settings

from accounts.models import User
from comments.models import Comment, Follow, Guest, Mute, Visit, Vote


def everything_about(member: User) -> dict[str, Any]:
    """Sections of the export. Also what was written as a guest with the same address, where it was proven."""
    guests = Guest.objects.confirmed().with_address(member.email)
    return {
        "comments": _comments(Comment.objects.filter(member=member)),
        "comments_as_guest": _comments(Comment.objects.filter(guest__in=guests)),
        "guest_names": list(
            guests.order_by("pk").values("name", "website", "may_be_quoted", "confirmed_at", "made_at")
        ),
        "votes": _votes(member),
        "follows": _follows(member),
        "muted": _muted(member),
        "visits": [
            {"discussion": visit.thread.title, "read_until": visit.read_until}
            for visit in Visit.objects.filter(member=member).select_related("thread").order_by("read_until")
        ],
    }


def _comments(own) -> list[dict[str, Any]]:
    own = own.select_related("thread", "gone_rule", "tally").prefetch_related("revisions", "screenings")
    return [
        {
            "address": settings.SITE_URL + comment.get_absolute_url(),
            "discussion": comment.thread.title,
            "answers_to": settings.SITE_URL + f"/discuss/c/{comment.parent_id}/" if comment.parent_id else None,
            "text": comment.body,
            "state": comment.get_state_display(),
            "rule": comment.gone_rule.text if comment.gone_rule else None,
            "written_at": comment.created_at,
            "published_at": comment.published_at,
            "edited_at": comment.edited_at,
            "kept_until": comment.kept_until,
            "other_texts": [
                {"text": text.body, "state": text.get_state_display(), "made_at": text.made_at}
                for text in comment.revisions.all()
            ],
            "screened": [{"outcome": seen.outcome, "reasons": seen.reasons} for seen in comment.screenings.all()],
            "agree": comment.tally.agree,
            "disagree": comment.tally.disagree,
            "unsure": comment.tally.unsure,
            "respect": comment.tally.respect,
        }
        for comment in own.order_by("pk").iterator(chunk_size=500)
    ]


def _votes(member: User) -> list[dict[str, Any]]:
    return [
        {
            "comment": settings.SITE_URL + f"/discuss/c/{vote.comment_id}/",
            "opinion": vote.opinion or None,
            "respect": vote.respect,
            "at": vote.made_at,
        }
        for vote in Vote.objects.filter(member=member).order_by("pk")
    ]


def _follows(member: User) -> list[dict[str, Any]]:
    return [
        {
            "discussion": follow.thread.title,
            "branch": settings.SITE_URL + f"/discuss/c/{follow.branch_id}/" if follow.branch_id else None,
            "rhythm": follow.get_rhythm_display(),
            "since": follow.made_at,
        }
        for follow in Follow.objects.filter(member=member).select_related("thread").order_by("pk")
    ]


def _muted(member: User) -> list[dict[str, Any]]:
    return [
        {"name": str(mute.member or mute.guest), "since": mute.made_at}
        for mute in Mute.objects.filter(by=member).select_related("member", "guest").order_by("pk")
    ]
