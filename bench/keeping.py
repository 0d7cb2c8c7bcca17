"""What is kept of pages while stories are drawn for the first time: the parts of the site, none of a story."""

from django.core.cache.backends.locmem import LocMemCache

OF_A_STORY = ("story-", "read-on", "writers:")


class PartsOfTheSite(LocMemCache):
    def set(self, key, *args, **kwargs) -> None:
        if not any(name in key for name in OF_A_STORY):
            super().set(key, *args, **kwargs)

    def add(self, key, *args, **kwargs) -> bool:
        return True if any(name in key for name in OF_A_STORY) else super().add(key, *args, **kwargs)
