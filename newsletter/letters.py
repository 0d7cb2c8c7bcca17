"""The single letters around a subscription, sent at once; `newsletter.jobs` calls them."""

from accounts.models import User
from accounts.roles import Role
from civic.lib.mail import send_letter
from civic.lib.site import SiteSettings
from newsletter import links
from newsletter.models import Newsletter, SignupFlood, Subscriber

LOOK_AFTER_LETTERS = {Role.NEWSLETTER_EDITOR, Role.ADMIN}


def send_confirmation(subscriber: Subscriber, newsletters: list[Newsletter]) -> None:
    """Asks whether the address is theirs. It goes to somebody who may never have heard of us: it quotes nothing
    that was typed, and carries no list headers, for there is no subscription yet."""
    subject = f"Please confirm: {_names(newsletters)}"
    context = {
        "newsletters": newsletters,
        "confirm_url": links.confirm_url(subscriber),
        "not_me_url": links.not_me_url(subscriber),
    }
    _send("confirm", subscriber, newsletters, subject, context)


def send_already(subscriber: Subscriber, newsletters: list[Newsletter]) -> None:
    """Somebody asked for what already comes. The page could not say so without telling strangers."""
    _send(
        "already", subscriber, newsletters, f"You already get {_names(newsletters)}", _ways_out(subscriber, newsletters)
    )


def send_welcome(subscriber: Subscriber, newsletters: list[Newsletter]) -> None:
    """The first letter after the confirmation, with the free report."""
    rewards = {n.reward.pk: n.reward for n in newsletters if n.reward}.values()
    reports = [{"reward": reward, "url": links.report_url(reward)} for reward in rewards]
    context = {**_ways_out(subscriber, newsletters), "reports": reports}
    _send("welcome", subscriber, newsletters, f"Welcome to {_names(newsletters)}", context)


def send_flood(flood: SignupFlood) -> None:
    """To each who looks after the letters."""
    is_over = flood.ended_at is not None
    subject = "Confirmation letters go out again" if is_over else "Somebody floods the newsletter form"
    for member in User.objects.active().filter(groups__name__in=LOOK_AFTER_LETTERS).distinct():
        context = {"flood": flood, "is_over": is_over}
        send_letter("newsletter/letters/flood", to=member.email, subject=subject, context=context)


def _ways_out(subscriber: Subscriber, newsletters: list[Newsletter]) -> dict:
    return {
        "newsletters": newsletters,
        "leave_url": links.leave_url(subscriber, newsletters),
        "preferences_url": links.preferences_url(subscriber),
        "headers": links.list_headers(subscriber, newsletters),
    }


def _send(template: str, subscriber: Subscriber, newsletters: list[Newsletter], subject: str, context: dict) -> None:
    senders = {newsletter.sender_name for newsletter in newsletters}
    send_letter(
        f"newsletter/letters/{template}",
        to=subscriber.email,
        subject=subject,
        context={**context, "several": len(newsletters) > 1},
        headers=context.get("headers"),
        sender_name=senders.pop() if len(senders) == 1 else "",
    )


def _names(newsletters: list[Newsletter]) -> str:
    """ "The Morning Lamp", "The Morning Lamp and Council Watch"; of more, the paper's name."""
    if len(newsletters) > 2:
        return f"the letters of {SiteSettings.current().name}"
    return " and ".join(newsletter.name for newsletter in newsletters)
