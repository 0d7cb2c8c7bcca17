"""What cannot be a comment at all, whoever wrote it. The writer is told at once and keeps the text."""

from screening.draft import Draft, Signal


def refuses(draft: Draft) -> Signal | None:
    """The reason to turn the text away, or None."""
    if not any(sign.isprintable() and not sign.isspace() for sign in draft.text):
        return Signal("empty", 1.0, "there are no words in it")
    length, limit = len(draft.text), draft.policy.max_length
    if length > limit:
        return Signal("too_long", 1.0, f"it has {length:,} characters, and {limit:,} are possible")
    return None
