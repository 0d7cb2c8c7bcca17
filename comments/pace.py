"""Times between comments, in words."""


def how_long(seconds: int) -> str:
    """`40 seconds`, `2 minutes`, `3 hours`: whole numbers, rounded up, so that nobody comes back too early."""
    if seconds < 60:
        return _count(seconds, "second")
    minutes = -(-seconds // 60)
    return _count(minutes, "minute") if minutes < 90 else _count(-(-seconds // 3600), "hour")


def how_often(seconds: int) -> str:
    """`one comment every 2 minutes`, exactly; the largest unit that divides it."""
    if seconds == 0:
        return "as many comments as one likes"
    if seconds == 86_400:
        return "one comment a day"
    for unit, length in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % length == 0:
            number = seconds // length
            return f"one comment every {unit if number == 1 else _count(number, unit)}"
    raise ValueError(seconds)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
