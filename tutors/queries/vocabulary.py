"""Words that are no names: what people call subjects, boards, languages, cities and the rest.

Spelling and sound come from the database (`search_words`, `search_sound`), so that a term is cut
into words exactly as a question is.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import connection

from curriculum.queries import SUBJECT_ALIASES, catalogue
from tutorhub.core import memo
from tutorhub.core.cities import cities

# Said in a question without saying anything that a filter or a name could use.
FILLERS = """
tutor tutors tutoring tuition tuitions teacher teachers teaching teach teaches sir madam mam maam
coaching coach class classes lesson lessons school student students grade standard std best good
top near nearby me my in at for of to from and or the a an with who can need want looking find
search subject board area city around by speaking speaks speak medium language ट्यूटर शिक्षक
शिक्षिका अध्यापक ट्यूशन कोचिंग कक्षा के का की में पास से और लिए चाहिए
"""
SUBJECTS = {
    "physics": "भौतिकी भौतिक-विज्ञान",
    "maths": "गणित",
    "chemistry": "रसायन रसायन-विज्ञान रसायन-शास्त्र",
    "biology": "जीव-विज्ञान जीवविज्ञान",
    "science": "विज्ञान",
    "english": "अंग्रेजी",
    "hindi": "हिंदी हिन्दी",
    "sanskrit": "संस्कृत",
    "history": "इतिहास",
    "geography": "भूगोल",
    "social-science": "सामाजिक-विज्ञान social-studies",
    "economics": "अर्थशास्त्र",
    "computer-science": "कंप्यूटर",
    "yoga": "योग",
    "music": "संगीत",
    "dance": "नृत्य",
    "jee": "jee iit-jee",
    "neet": "neet",
    "art": "art drawing painting",
    "vocal-music": "vocal",
    "keyboard": "piano",
}
BOARDS = {"ICSE": "isc cisce", "IGCSE": "cambridge", "CBSE": "सीबीएसई"}
CITIES = {
    "bengaluru": "bangalore banglore बेंगलुरु बैंगलोर",
    "mumbai": "bombay मुंबई",
    "delhi": "new-delhi दिल्ली",
    "kolkata": "calcutta कोलकाता",
    "chennai": "madras चेन्नई",
    "pune": "poona पुणे",
    "hyderabad": "हैदराबाद",
    "mysuru": "mysore",
    "kochi": "cochin ernakulam",
    "thiruvananthapuram": "trivandrum",
    "prayagraj": "allahabad",
    "vadodara": "baroda",
    "varanasi": "banaras benares वाराणसी",
    "visakhapatnam": "vizag",
    "gurugram": "gurgaon",
    "jaipur": "जयपुर",
    "lucknow": "लखनऊ",
    "patna": "पटना",
}
MODES = {"online": "online ऑनलाइन", "home": "home at-home home-visit घर"}
GENDERS = {"female": "female lady woman महिला", "male": "male man gents पुरुष"}

# Alike in sound is enough at half of the letters; otherwise four fifths of them must agree.
SHARE_IF_SAME_SOUND = 0.6
SHARE_OF_LETTERS = 0.8
SHORTEST_MISSPELT = 4


@dataclass(frozen=True)
class Term:
    """What words mean; `kind` is a filter, or "filler"."""

    kind: str
    key: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Terms by their words, and every word of a term by its sound and by its first letter."""

    terms: dict[tuple[str, ...], list[Term]]
    sounds: dict[str, list[str]]
    initials: dict[str, list[str]]

    def alike(self, word: str, sound: str) -> set[str]:
        """The words of terms that this may be, misspelt."""
        if word in self.initials.get(word[:1], ()) or len(word) < SHORTEST_MISSPELT:
            return {word}
        return {
            *_close(word, self.sounds.get(sound, ()) if sound else (), SHARE_IF_SAME_SOUND),
            *_close(word, self.initials.get(word[:1], ()), SHARE_OF_LETTERS),
        }


def _close(word: str, others: "list[str] | tuple[()]", share: float) -> Iterator[str]:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    for other in others:
        if abs(len(other) - len(word)) > 2 or len(other) < SHORTEST_MISSPELT:
            continue
        matcher.set_seq1(other)
        if matcher.quick_ratio() >= share and matcher.ratio() >= share:
            yield other


def _meanings() -> Iterator[tuple[str, str, str]]:
    """Kind, key and text of every term, what is meant more often first."""
    offered = catalogue()
    yield from (("subject", key, subject.name) for key, subject in offered.subjects.items())
    yield from (("subject", key, key) for key in offered.subjects)
    yield from (("subject", key, alias) for alias, key in SUBJECT_ALIASES.items())
    yield from _listed("subject", SUBJECTS)
    yield from (("board", key, key) for key in offered.boards)
    yield from _listed("board", BOARDS)
    yield from _listed("mode", MODES)
    yield from _listed("gender", GENDERS)
    yield from (("filler", "", text) for text in FILLERS.split())
    yield from (("language", key, language.name) for key, language in offered.languages.items())
    yield from _listed("city", CITIES)
    yield from (("city", slug, city.name) for slug, city in cities().items())


def _listed(kind: str, texts: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for key, words in texts.items():
        yield from ((kind, key, word) for word in words.split())


@memo.for_a_minute(size=1)
def vocabulary() -> Vocabulary:
    meanings = list(_meanings())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT words, ARRAY(SELECT search_sound(word) FROM unnest(words) AS word)"
            "  FROM (SELECT search_words(said) AS words, nr"
            "          FROM unnest(%s::text[]) WITH ORDINALITY AS t (said, nr) OFFSET 0) AS cut"
            " ORDER BY nr",
            [[text for _, _, text in meanings]],
        )
        cuts = cursor.fetchall()
    terms: dict[tuple[str, ...], list[Term]] = defaultdict(list)
    sounds, initials = defaultdict(list), defaultdict(list)
    known: set[str] = set()
    for (kind, key, _), (words, heard) in zip(meanings, cuts, strict=True):
        terms[tuple(words)].append(Term(kind, key, tuple(words)))
        for word, sound in zip(words, heard, strict=True):
            if word not in known:
                known.add(word)
                sounds[sound].append(word)
                initials[word[:1]].append(word)
    return Vocabulary(dict(terms), dict(sounds), dict(initials))
