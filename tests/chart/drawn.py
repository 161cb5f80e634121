"""Values drawn at random from what the schema allows: pools of all kinds, and what surrounds them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.chart.release import Values, example, merged

ENGINES = {
    "imagegen": ("storyboard", "diffusers", "openai", "null"),
    "videogen": ("camera", "diffusers", "openai", "null"),
    "audiogen": ("kokoro", "score", "effects", "diffusers-music", "openai", "null-speech"),
    "composer": ("null-segment", "null-film", "null-sheet"),
}
OWN = {"storyboard": "imagegen", "camera": "videogen", "audio": "audiogen"}
SIZES = st.sampled_from(["512Mi", "1Gi", "2.5G", "40Gi"])
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=18).map(
    lambda text: f"p{text.strip('-')}x"
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30)
"""Anything that may stand in an annotation or a variable, quotes, braces and colons included."""


def _some(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[Values]:
    """Any of the fields, or none."""
    return st.fixed_dictionaries({}, optional=fields)


MODEL_CACHE = _some(
    type=st.sampled_from(["none", "pvc", "ephemeral", "image"]),
    size=SIZES,
    accessMode=st.sampled_from(["ReadWriteMany", "ReadWriteOnce"]),
    existingClaim=st.sampled_from(["", "weights"]),
    image=st.just("registry.example.org/weights@sha256:" + "0" * 64),
    readOnly=st.booleans(),
)
SCALING = _some(
    mode=st.sampled_from(["fixed", "keda"]),
    replicas=st.integers(0, 3),
    min=st.integers(0, 3),
    max=st.integers(2, 9),
    lag=st.integers(1, 10_000),
    cooldownSeconds=st.integers(0, 86_400),
)
POD = {
    "settings": st.dictionaries(
        st.sampled_from(["FILM_DRAWN", "FILM_LOG_LEVEL"]),
        st.one_of(TEXTS, st.booleans(), st.integers(0, 10**12)),
    ),
    "podAnnotations": st.dictionaries(WORDS, TEXTS, max_size=2),
    "nodeSelector": st.dictionaries(WORDS, WORDS, max_size=1),
    "tolerations": st.lists(st.just({"operator": "Exists"}), max_size=1),
    "preStopSeconds": st.integers(0, 60),
    "terminationGracePeriodSeconds": st.integers(65, 86_400),
    "startFailuresMax": st.integers(1, 1000),
    "stateSize": SIZES,
    "sharedMemorySize": st.one_of(st.just(""), SIZES),
    "runtimeClassName": st.sampled_from(["", "nvidia"]),
}
MODELS = {
    "FILM_IMAGEGEN_MODEL": "/models/a",
    "FILM_VIDEOGEN_MODEL": "/models/b",
    "FILM_AUDIOGEN_MODEL": "/models/c",
}


@st.composite
def pools(draw: st.DrawFn) -> Values:
    """One pool; nearly always one that the chart takes."""
    service = draw(st.sampled_from(sorted(ENGINES)))
    several = 1 if service in ("imagegen", "videogen") else 3
    names = st.lists(st.sampled_from(ENGINES[service]), min_size=1, max_size=several, unique=True)
    pool: Values = draw(
        _some(
            **POD,
            enabled=st.booleans(),
            lanes=st.integers(0, 256),
            gpu=_some(count=st.integers(0, 2), resourceName=st.just("amd.com/gpu")),
            modelCache=MODEL_CACHE,
            scaling=SCALING,
        )
    )
    return merged({"settings": MODELS}, pool) | {"service": service, "engines": draw(names)}


@st.composite
def drawn_values(draw: st.DrawFn) -> Values:
    """Whole values over an example's."""
    base = example(draw(st.sampled_from(["evaluation", "production"])))
    change = _some(
        fullnameOverride=st.one_of(st.just(""), WORDS),
        commonLabels=st.dictionaries(WORDS, WORDS, max_size=1),
        openshift=st.booleans(),
        gateway=_some(**{key: POD[key] for key in ("settings", "podAnnotations", "preStopSeconds")}),
        jobs=_some(replicas=st.integers(0, 5), settings=POD["settings"]),
        authorities=_some(existingConfigMap=st.sampled_from(["", "house"])),
        proxy=_some(https=st.sampled_from(["", "http://proxy.example.org:3128/"])),
        networkPolicy=_some(enabled=st.booleans()),
        tests=_some(enabled=st.booleans()),
        monitoring=st.just({part: {"enabled": True} for part in ("podMonitor", "rules", "dashboard")}),
    )
    drawn = draw(st.dictionaries(WORDS, pools(), min_size=1, max_size=2))
    # Two pools of one engine are refused, so the chart's own pool makes room.
    services = {pool["service"] for pool in drawn.values()}
    left_out = {name: {"enabled": False} for name, service in OWN.items() if service in services}
    return merged(merged(base, draw(change)), {"generators": left_out | drawn})
