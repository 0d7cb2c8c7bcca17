"""`manage.py erase_person ana@example.org`: the paper erases somebody who asked for it, by post or at the door."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models.functions import Lower

from accounts import leaving
from accounts.leaving import Choice, LastAdmin
from accounts.models import User
from civic.lib.tokens import fingerprints
from comments import leaving as guests_leaving
from comments.models import Comment, Guest, Vote
from moderation import report_jobs
from newsletter import subscribing
from newsletter.models import Subscriber
from notifications.forgetting import forget_address
from notifications.models import Notification


class Command(BaseCommand):
    help = (
        "Erase a member, guests and a subscriber with this e-mail address: names, addresses, keys, follows, letters. "
        "Comments and votes stay without a name, or go too with --words. Says what there is; erases with --yes only. "
        "You have made sure that the person who asks is the one with this address."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("--words", action="store_true", help="what they wrote goes too, and their votes")
        parser.add_argument("--yes", action="store_true", help="do it; it cannot be undone")

    def handle(self, email: str, words: bool, yes: bool, **options) -> None:
        member = User.objects.filter(email__iexact=email).first()
        guests = Guest.objects.annotate(lower_email=Lower("email")).filter(guests_leaving.typed_address(email))
        self._say_what_there_is(email, member, guests)
        if not yes:
            self.stdout.write("Nothing was changed. Say --yes to erase it; with --words what they wrote goes too.")
            return
        ids = [guest.pk for guest in guests]  # once their addresses are gone nobody finds them
        if member:
            self._erase_member(member, words)
        self._erase_guests(ids, email, words)
        if subscriber := Subscriber.objects.at(email).first():
            subscribing.erase(subscriber)
        forget_address(email)
        report_jobs.forget_address(email)
        report_jobs.forget_leavers()
        self.stdout.write(f"Erased. Their comments {'went too' if words else 'stay without a name'}.")

    def _say_what_there_is(self, email: str, member: User | None, guests) -> None:
        told = Notification.objects.filter(address_hash__in=fingerprints("address", email.lower()))
        found = {
            "member accounts": 1 if member else 0,
            "comments as a member": Comment.objects.filter(member=member).count() if member else 0,
            "votes": Vote.objects.filter(member=member).count() if member else 0,
            "names as a guest": guests.count(),
            "comments as a guest": Comment.objects.filter(guest__in=guests).count(),
            "notices of illegal content": report_jobs.notices_of(email).count(),
            "newsletter subscribers": Subscriber.objects.at(email).count(),
            "notes of letters": told.count(),
        }
        for what, number in found.items():
            self.stdout.write(f"{what}: {number}")

    def _erase_member(self, member: User, words: bool) -> None:
        try:
            begun = leaving.leave(member, Choice(words_go=words, letters_go=True))
        except LastAdmin as refusal:
            raise CommandError(refusal.message) from refusal
        leaving.finish(leaving_id=begun.pk)  # now, so that what is said below is true; the job finds nothing left to do

    def _erase_guests(self, ids: list[int], email: str, words: bool) -> None:
        guests_leaving.let_go(guests_leaving.typed_address(email), words_go=words)
        for pk in ids:
            guests_leaving.finish(guest_id=pk)
