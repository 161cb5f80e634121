"""The words of a screenplay that the storyboard knows, as tables."""

from __future__ import annotations

import re

Table = tuple[tuple[str, str], ...]

# Each row: what is meant, and the words that say so. Earlier rows win.
INTERIORS: Table = (
    ("CAR", "car|taxi|cab|truck|van|limousine|jeep|driver's seat|backseat|windshield"),
    ("KITCHEN", "kitchen|pantry|bakery|galley"),
    ("BAR", "bar|pub|diner|cafe|café|restaurant|tavern|saloon|nightclub|club|bistro|coffee"),
    (
        "CORRIDOR",
        "corridor|hallway|hall|stairwell|staircase|tunnel|passage|ward|elevator|lift|lobby|basement",
    ),
    (
        "STATION",
        "station|platform|subway|metro|train|airport|terminal|warehouse|hangar|factory|church|cathedral",
    ),
    (
        "OFFICE",
        "office|study|precinct|police|newsroom|bank|laboratory|lab|classroom|library|studio|school|court",
    ),
    (
        "ROOM",
        "room|bedroom|apartment|flat|house|home|hotel|motel|cabin|cottage|attic|lounge|parlor|parlour|suite",
    ),
)
EXTERIORS: Table = (
    ("SKYLINE", "rooftop|roof|skyline|balcony|terrace|penthouse|tower"),
    ("HARBOUR", "harbour|harbor|dock|docks|pier|port|quay|wharf|marina|waterfront|lighthouse|jetty"),
    ("SEA", "sea|ocean|beach|shore|coast|boat|ship|deck|island|lake|river|lagoon|bay"),
    ("FOREST", "forest|wood|woods|jungle|grove|trees|swamp|park|garden|cemetery|graveyard"),
    ("MOUNTAIN", "mountain|mountains|ridge|summit|peak|cliff|valley|canyon|pass|glacier|hill|hills|cave"),
    ("STATION", "station|platform|railway|train|tracks|airport|depot"),
    (
        "FIELD",
        "field|meadow|farm|prairie|desert|plain|plains|pasture|countryside|road|highway|barn|dunes|ranch",
    ),
    (
        "STREET",
        "street|alley|avenue|road|city|town|sidewalk|square|market|downtown|bridge|corner|parking|village",
    ),
)
WEATHERS: Table = (
    ("STORM", "storm|thunder|thunderstorm|lightning|tempest|hurricane"),
    ("RAIN", "rain|rains|raining|rainy|drizzle|downpour|rain-soaked|rainswept|wet"),
    ("SNOW", "snow|snows|snowing|snowy|blizzard|snowfall|snowflakes"),
    ("FOG", "fog|foggy|mist|misty|haze|smoke|smoky"),
)
POSES: Table = (
    ("PHONE", "phone|telephone|cellphone|calls|dials|receiver"),
    ("RUN", "run|runs|running|sprints|races|flees|chases|bolts|dashes"),
    ("POINT", "point|points|pointing|aims|aiming|gestures at"),
    ("SIT", "sit|sits|sitting|seated|slumps|drives|driving|kneels|at the desk|at the table|at a table"),
    ("WALK", "walk|walks|walking|strides|paces|steps|crosses|enters|exits|approaches|wanders|arrives|leaves"),
    (
        "HOLD",
        "hold|holds|holding|carries|carrying|grips|clutches|reads|reading|pours|lifts|offers|hands|takes",
    ),
)
PROPS: Table = (
    ("LETTER", "letter|note|envelope|telegram|page|document|paper|papers|postcard"),
    ("PHOTO", "photo|photograph|picture|polaroid|portrait"),
    ("MAP", "map|blueprint|chart"),
    ("PHONE", "phone|telephone|cellphone|smartphone|receiver"),
    ("CUP", "cup|mug|coffee|tea|teacup"),
    ("GLASS", "glass|whiskey|whisky|wine|drink|tumbler"),
    ("BOTTLE", "bottle|beer|flask"),
    ("GUN", "gun|pistol|revolver|handgun"),
    ("KNIFE", "knife|blade|dagger"),
    ("KEY", "key|keys"),
    ("UMBRELLA", "umbrella"),
    ("BOOK", "book|notebook|diary|journal|ledger|novel|script|screenplay"),
    ("SUITCASE", "suitcase|briefcase|bag|luggage|case"),
    ("RADIO", "radio|transmitter|recorder"),
    ("CLOCK", "clock|watch|pocketwatch"),
    ("CANDLE", "candle|candles|candlelight"),
    ("LAMP", "lamp|lantern|flashlight|torch"),
    ("CIGARETTE", "cigarette|cigar|smokes"),
    ("FLOWER", "flower|flowers|rose|bouquet"),
    ("RING", "ring|coin|locket"),
    ("SCREEN", "screen|monitor|computer|laptop|television|tv"),
    ("DOOR", "door|doorway|gate"),
    ("WINDOW", "window"),
    ("CAR", "car|taxi|truck|headlights"),
)


def _expression(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w])(?:{words})(?![\w])", re.IGNORECASE)


_COMPILED = {
    id(table): tuple((meaning, _expression(words)) for meaning, words in table)
    for table in (INTERIORS, EXTERIORS, WEATHERS, POSES, PROPS)
}


def meant(table: Table, text: str) -> str:
    """The first meaning of the table that the text says; empty when it says none."""
    return next((meaning for meaning, words in _COMPILED[id(table)] if words.search(text)), "")


def all_meant(table: Table, text: str) -> tuple[str, ...]:
    """The table's meanings that the text says, in the order in which the text says them."""
    found = [
        (match.start(), meaning) for meaning, words in _COMPILED[id(table)] if (match := words.search(text))
    ]
    return tuple(meaning for _, meaning in sorted(found))
