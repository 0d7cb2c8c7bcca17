"""Names of groups of people, which the model does not get to see: each becomes the same sign.

Texts that quarrel about a group teach a model that its name is an insult (`docs/screening-model.md` has the figures). A
model that cannot tell one group from another has nothing to learn from a name. Insults are no names: they are left in.
"""

from screening import disguise

GROUP = "\u00a7"  # stands for any of them: a paragraph sign says nothing else in a comment

_ENGLISH = """
gay lesbian bisexual transgender trans transsexual nonbinary queer intersex asexual lgbt lgbtq lgbtqia homosexual
heterosexual straight cis cisgender male female woman women black white brown african american asian european hispanic
latino latina latinx arab arabic arabian indian indigenous aboriginal maori inuit romani roma sinti traveller kurd
kurdish turk turkish persian iranian iraqi syrian afghan pakistani bangladeshi chinese japanese korean vietnamese thai
filipino mexican canadian cuban brazilian colombian german french british english scottish welsh irish italian spanish
portuguese dutch belgian swiss austrian polish czech slovak hungarian romanian bulgarian serb serbian croat croatian
bosnian albanian greek russian ukrainian swedish norwegian danish finnish israeli palestinian egyptian moroccan
tunisian algerian nigerian somali ethiopian kenyan ghanaian congolese christian catholic protestant orthodox
evangelical mormon muslim islamic islam sunni shia sufi jew jewish judaism hindu sikh buddhist taoist jain atheist
agnostic christianity hinduism buddhism catholicism immigrant migrant refugee foreigner expat elderly teenage teenager
millennial millenial boomer blind deaf disabled paralyzed paralysed autistic dyslexic epileptic bipolar schizophrenic
amputee
"""

_GERMAN = """
schwul lesbisch lesbe bisexuell transgeschlechtlich transsexuell nichtbinär homosexuell heterosexuell hetero frau
frauen mädchen jude jüdin juden jüdisch muslim muslima muslimin muslime muslimisch moslem islamisch christ christin
christen christlich katholisch evangelisch hinduistisch buddhist buddhistisch atheist atheistisch türke türkin türken
türkisch kurde kurdin kurden kurdisch araber araberin arabisch syrer syrerin syrisch afghane afghanin afghanen
afghanisch iraner iranisch iraker irakisch russe russin russen russisch ukrainer ukrainerin ukrainisch pole polin
polen polnisch rumäne rumänisch bulgare bulgarisch serbe serbisch kroate kroatisch albaner albanisch bosnier bosnisch
grieche griechisch italiener italienisch spanier spanisch franzose französisch brite britisch engländer amerikaner
amerikanisch afrikaner afrikanisch asiate asiatisch chinese chinesisch japaner japanisch vietnamese vietnamesisch
deutsch deutsche deutscher israelisch palästinenser palästinensisch schwarz schwarze schwarzer weiß weiße sinto
ausländer ausländerin ausländisch migrant migrantin einwanderer flüchtling geflüchtete geflüchteter asylbewerber
seniorin rentner rentnerin behindert behinderte behinderter gehörlos taub taubstumm autist autistisch gelähmt ossi
wessi ostdeutsch westdeutsch
"""


def _folded(words: str) -> frozenset[str]:
    """As they are found in a hardened text."""
    return frozenset(disguise.unmasked(words).text.split())


# With the endings of plurals, possessives and adjectives.
_LISTED = (
    (_folded(_ENGLISH), ("", "s", "es")),
    (_folded(_GERMAN), ("", "s", "e", "en", "er", "em", "es", "n", "in", "innen")),
)


def is_group(word: str) -> bool:
    """Whether a folded word names a group of people, in any of its usual forms."""
    return any(word.removesuffix(end) in listed for listed, ends in _LISTED for end in ends if word.endswith(end))
