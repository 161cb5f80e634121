"""Our phonemes as the recogniser's phones, for words that its dictionary doesn't hold."""

from __future__ import annotations

_TABLE = """
    A:EY I:AY O:OW Q:OW W:AW Y:OY a:AE æ:AE i:IY u:UW ɑ:AA ɒ:AA ɔ:AO ə:AH ɐ:AH ʌ:AH ᵊ:AH ɛ:EH e:EH
    ɜ:ER ɪ:IH ᵻ:IH ʊ:UH b:B d:D f:F h:HH j:Y k:K l:L m:M n:N p:P s:S t:T ɾ:T ʔ:T v:V w:W z:Z ɡ:G ŋ:NG
    ɹ:R ʃ:SH ʒ:ZH ʤ:JH ʧ:CH θ:TH ð:DH
"""
_PHONES = dict(pair.split(":") for pair in _TABLE.split())
_NO_SOUNDS = frozenset("ˈˌː ")


def phones_of(phonemes: str) -> str:
    """The phones of a word, separated by spaces. Raises KeyError for a sign that is no phoneme of ours."""
    phones = [_PHONES[sign] for sign in phonemes if sign not in _NO_SOUNDS]
    # The recogniser has one phone for the vowel of "her" with its r.
    return " ".join(phones).replace("ER R", "ER")
