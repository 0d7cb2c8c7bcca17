"""What the newsroom changes about a policy is a version like any other."""

from django.http import HttpRequest
from wagtail import hooks

from comments.models import PhraseList, Space
from moderation.policies import AS_IT_STOOD, record_changes

CONCERNED = (Space, PhraseList)


@hooks.register("before_create_snippet")
def keep_what_stood_before_one_more(request: HttpRequest, model: type) -> None:
    _before(request, issubclass(model, CONCERNED))


@hooks.register("before_edit_snippet")
def keep_what_stood(request: HttpRequest, instance: object) -> None:
    _before(request, isinstance(instance, CONCERNED))


@hooks.register("before_delete_snippet")
def keep_what_stood_before_one_less(request: HttpRequest, instances: list) -> None:
    _before(request, any(isinstance(instance, CONCERNED) for instance in instances))


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def keep_what_was_changed(request: HttpRequest, instance: object) -> None:
    if isinstance(instance, CONCERNED):
        record_changes(request.user)


@hooks.register("after_delete_snippet")
def keep_what_was_taken_away(request: HttpRequest, instances: list) -> None:
    if any(isinstance(instance, CONCERNED) for instance in instances):
        record_changes(request.user)


def _before(request: HttpRequest, is_concerned: bool) -> None:
    if is_concerned and request.method == "POST":
        record_changes(None, AS_IT_STOOD)
