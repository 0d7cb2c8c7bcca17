"""Links: how many, by whom, through whom, and whether they lead where they say."""

import pytest

from screening import Draft, Policy, Trust, screen
from screening.addresses import host_of, is_shortener


def seen(text: str, **draft) -> dict[str, str]:
    """What was noticed by rule, and the words that are marked."""
    signals = screen(Draft(text=text, **draft)).signals
    return {s.rule: text[slice(*s.span)] if s.span else s.evidence for s in signals}


@pytest.mark.parametrize(
    "link",
    [
        "[bank.example](https://evil.example)",
        "[https://bank.example/login](http://bank.example.evil.test/)",
        "[see BANK.example now](//evil.example/x 'title')",
        "[www.bank.example](<https://evil.example>)",
        "[bank.example](https://bank.example@evil.example/)",
        "[bank&#46;example](https://evil.example)",
        "[bank\uff0eexample](https://evil.example)",
        "[b\u0430nk.example](https://evil.example)",
        "[bank.example](https://b\u0430nk.example)",
    ],
)
def test_a_link_that_says_another_site_than_it_leads_to_is_marked(link):
    assert seen(f"log in: {link}, please")["decoy"] == link
    assert screen(Draft(text=link)).outcome == "hold"


@pytest.mark.parametrize("link", ["[bank.example][1]", "[Bank.example]"])
def test_a_link_by_label_is_followed(link):
    text = f"log in: {link}\n\n[1]: https://evil.example/x\n[bank.example]: <https://evil.example>"

    assert seen(text)["decoy"] == link


@pytest.mark.parametrize(
    "text",
    [
        "[bank.example](https://www.bank.example/minutes)",
        "[news.bank.example](https://bank.example)",
        "[the minutes](https://bank.example/minutes)",
        "[mail me: a@bank.example](https://other.example)",
        "[see e.g. this](https://other.example)",
        "[version 2.0](https://other.example)",
        "[minutes.pdf](https://other.example)",
        "[bank.example] (https://evil.example)",
        "[café.example](https://café.example/)",
        "[bank24.example](https://bank24.example)",
    ],
)
def test_honest_links_are_no_decoys(text):
    assert "decoy" not in seen(text)


@pytest.mark.parametrize(
    "text", ["https://bit.ly/3xyz", "tinyurl.com/abc", "HTTP://WWW.IS.GD/x", "[here](http://t.co/1)"]
)
def test_a_link_that_hides_where_it_leads_is_held(text):
    verdict = screen(Draft(text=f"look: {text}"))

    assert (verdict.outcome, verdict.rule) == ("hold", "shortener")


@pytest.mark.parametrize("host", ["youtu.be", "nyti.ms", "larkford.example", "", "bit.ly.example"])
def test_short_names_of_one_well_known_site_hide_nothing(host):
    assert not is_shortener(host)


def test_one_link_in_a_first_comment_is_held_even_where_first_comments_are_not():
    policy = Policy(hold_first=False)
    text = "It stands at https://larkford.example/minutes"

    assert screen(Draft(text=text, policy=policy)).outcome == "publish"
    verdict = screen(Draft(text=text, policy=policy, trust=Trust(published=0)))
    assert (verdict.outcome, verdict.reasons) == ("hold", ("one link in a first comment",))


def test_an_allowed_link_in_a_first_comment_that_is_read_anyway_is_no_reason_of_its_own():
    new = Trust(published=0)
    one = screen(Draft(text="It stands at https://larkford.example/minutes", trust=new))
    two = screen(Draft(text="At https://larkford.example/minutes and https://larkford.example/map", trust=new))
    none = screen(Draft(text="It stands in the minutes", trust=new))

    assert (one.rule, one.reasons) == ("newcomer", ("first comment",))
    assert two.rule == "links"
    assert none.priority < one.priority < two.priority  # it stands before other first comments, and is marked
    assert "links" in {signal.rule for signal in one.signals}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Larkford.example:443/x", "larkford.example"),
        ("http://user:word@evil.example", "evil.example"),
        ("larkford.example/minutes", "larkford.example"),
        ("//a.example?q", "a.example"),
        ("", ""),
    ],
)
def test_the_host_of_an_address(address, host):
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see murdev.com now", 1),
        ("SEE FIREPA.COM AND firepa.com.", 2),
        ("кино.рф и cinema.ru", 2),
        ("crazy-news.eu.pn and amazon.co.uk", 2),
        ("https://a.example/x.com and www.b.com/y.net", 2),
        ("write to ana.b@mail.com or ana@mail.co.uk", 0),
        ("he did it him self.so what, it.is over, as they say. Lewis.My word", 0),
        ("e.g. this, i.e. that, at 9 a.m. in the U.S. by node.js 1.2.3.4 and St.Mary", 0),
        ("a.comb, not-a.com-b, a.com.x1", 0),
    ],
)
def test_bare_names_are_links_where_readers_get_links(text, links):
    shown = {s.rule: s.evidence for s in screen(Draft(text=text)).signals}.get("links", "")

    assert shown == ("" if not links else "one link" if links == 1 else f"{links} links")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[larkford.example](https://larkford.example)", "one link"),
        ("[www.larkford.example][1]\n\n[1]: https://larkford.example/x", "2 links"),
        ("[larkford.example](https://larkford.example) and www.mill.example", "2 links"),
        ("www.mill.example, [here](https://larkford.example) [larkford.com]", "3 links"),
    ],
)
def test_a_link_whose_words_are_an_address_is_one_link(text, count):
    assert [s.evidence for s in screen(Draft(text=text)).signals if s.rule == "links"] == [count]
