"""Feeds that can always be written: XML knows fewer signs than people can type."""

import re

from django.utils import feedgenerator

# What XML 1.0 has no way to write, not even as a number (section 2.2). Django refuses to write a feed with them.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Clean:
    def add_item(self, title: str, link: str, description: str, **more) -> None:
        more = {name: for_xml(value) if isinstance(value, str) else value for name, value in more.items()}
        super().add_item(for_xml(title), link, for_xml(description), **more)


class Rss(_Clean, feedgenerator.Rss201rev2Feed):
    pass


class Atom(_Clean, feedgenerator.Atom1Feed):
    pass


def for_xml(text: str) -> str:
    return _NOT_IN_XML.sub("", str(text))
