"""`manage.py appoint ana@example.org Admins`: gives a member a role, making the account if there is none."""

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import User
from accounts.roles import Role


class Command(BaseCommand):
    help = "Give somebody a role: " + ", ".join(Role.values)

    def add_arguments(self, parser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--name", default="", help="the name to show, for a new account")

    def handle(self, email: str, role: str, name: str, **options) -> None:
        try:
            validate_email(email)
        except Exception as error:
            raise CommandError(f"{email} is not an e-mail address") from error
        user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name)
        group, _ = Group.objects.get_or_create(name=role)
        user.groups.add(group)
        self.stdout.write(f"{user.display_name} is now one of the {role}. Sign in at /accounts/login/ with a code.")
