"""Leaving for good, as far as Wagtail is concerned: its log of changes, and its own way to delete people."""

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import ModelLogEntry

from accounts.leaving import Choice, LastAdmin, leave
from accounts.models import Leaving, User


def forget_member(leaving: Leaving) -> None:
    """The log of the newsroom says whom somebody changed, by name. That it was changed, when and by whom stays."""
    entries = ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(leaving.member_id)
    )
    entries.update(label="Somebody who has left", data={})


@hooks.register("before_delete_user")
def leave_instead(request: HttpRequest, member: User) -> HttpResponse | None:
    """Whoever is deleted in the newsroom leaves as if they had gone themselves: their words stay without a name."""
    if request.method != "POST":
        return None
    return _leave(request, [member])


@hooks.register("before_bulk_action")
def leave_together(request: HttpRequest, action_type: str, objects: list, action) -> HttpResponse | None:
    if action_type != "delete" or not objects or not isinstance(objects[0], User):
        return None
    return _leave(request, objects)


def _leave(request: HttpRequest, members: list[User]) -> HttpResponse:
    for member in members:
        try:
            leave(member, Choice(words_go=False, letters_go=False))
        except LastAdmin as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{member} leaves. What they wrote stays, without a name.")
    return redirect("wagtailusers_users:index")
