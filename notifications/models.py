"""What somebody was told, once. An inbox for members, and the proof that no letter goes out twice."""

from django.db import models
from django.utils import timezone

from accounts.models import User


class Notification(models.Model):
    """One thing told to one recipient. `subject` says about what ("decision:12"), never in whose words.

    A guest is known by a keyed hash of the address: enough to write once, too little to write to.
    """

    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="notifications")
    address_hash = models.BinaryField(max_length=16)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    url = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "kind", "subject"], name="told_once"),
        ]
        indexes = [models.Index(fields=["member", "-made_at"], name="inbox_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
