"""Language tags: BCP-47 to the three-letter codes of ISO 639-2/T that mp4 tracks carry."""

from __future__ import annotations

UNDETERMINED = "und"

_PAIRS = """
af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell
en:eng eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gd:gla gl:glg gu:guj he:heb hi:hin
hr:hrv hu:hun hy:hye id:ind is:isl it:ita ja:jpn ka:kat kk:kaz km:khm kn:kan ko:kor ku:kur ky:kir
la:lat lb:ltz lo:lao lt:lit lv:lav mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nob ne:nep
nl:nld nn:nno no:nor oc:oci pa:pan pl:pol ps:pus pt:por rm:roh ro:ron ru:rus sd:snd si:sin sk:slk
sl:slv so:som sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel tg:tgk th:tha tk:tuk tr:tur uk:ukr ur:urd
uz:uzb vi:vie xh:xho yi:yid yo:yor zh:zho zu:zul
"""
_TWO_TO_THREE = dict(pair.split(":") for pair in _PAIRS.split())

_THE_END = {
    "cs": "Konec",
    "da": "Slut",
    "de": "Ende",
    "en": "The End",
    "es": "Fin",
    "fi": "Loppu",
    "fr": "Fin",
    "it": "Fine",
    "nb": "Slutt",
    "nl": "Einde",
    "pl": "Koniec",
    "pt": "Fim",
    "ru": "Конец",
    "sv": "Slut",
}


def track_language(tag: str) -> str:
    """Return the ISO 639-2/T code of a BCP-47 tag's language; "und" for one not known here."""
    language = tag.replace("_", "-").split("-", 1)[0].lower()
    if len(language) == 3 and language.isascii() and language.isalpha():
        return language
    return _TWO_TO_THREE.get(language, UNDETERMINED)


def closing_words(tag: str) -> str:
    """Return what an end card says in a BCP-47 tag's language; empty for one not known here."""
    return _THE_END.get(tag.replace("_", "-").split("-", 1)[0].lower(), "")
