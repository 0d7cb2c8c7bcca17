"""`manage.py seed`: fill an empty site with a small paper, to try everything. Only with DEBUG."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone


class Command(BaseCommand):
    help = "Load the demo paper. Runs twice without doubling; refuses where DEBUG is off."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--people", action="store_true", help="only say whom one can sign in as")

    def handle(self, people: bool, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("seeds are for trying things out: they need DEBUG=1")
        if people:
            self._name_people()
            return
        call_command("setup", verbosity=0)
        with transaction.atomic():
            articles = self._load()
        self.stdout.write(f"The paper has {articles} articles.")

    def _load(self) -> int:
        from seeds.load_articles import load_articles
        from seeds.load_newsletter import load_newsletter
        from seeds.load_people import load_guests, load_members
        from seeds.load_site import load_site
        from seeds.load_threads import load_rules, load_threads

        now = timezone.now()
        load_site()
        load_rules()
        members, guests = load_members(now), load_guests(now)
        articles = load_articles(now)
        threads = {slug: article.thread for slug, article in articles.items() if article.thread}
        load_threads(now, threads, members, guests)
        load_newsletter(now, articles)
        return len(articles)

    def _name_people(self) -> None:
        from seeds.load_people import demo_people

        for name, email, role in demo_people():
            self.stdout.write(f"{role:<20} {email:<28} {name}")
