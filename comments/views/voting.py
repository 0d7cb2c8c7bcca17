"""Votes of members."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_POST

from civic.lib.forms import as_path
from comments import voting
from comments.drawing import draw_votes
from comments.readers import guest_key_of, reader_of
from comments.views.common import private, readable_comment, see_other
from comments.writers import Member, check_may_write


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """A member presses Agree, Disagree, Unsure or Respect. Back to where the button stood, or its new state alone."""
    comment = readable_comment(pk)
    if not comment.is_answerable:
        raise Http404
    reader = reader_of(request)
    if reader.member is None:
        return redirect_to_login(comment.get_absolute_url())
    button = request.POST.get("button", "")
    if button not in voting.BUTTONS:
        return see_other(comment.get_absolute_url())
    check_may_write(Member(reader.member))
    voting.press(comment, reader.member, button, key=guest_key_of(request))
    if request.headers.get("X-Requested-With") == "fetch":
        return private(HttpResponse(draw_votes(comment, reader, get_token(request))))
    back = as_path(request.POST.get("back", ""), "")
    return see_other(f"{back}#c-{pk}" if back else comment.get_absolute_url())
