"""The network policies allow exactly the flows of docs/architecture.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.chart.release import ROOT, Object, Release, Values, example, merged, render

Flow = tuple[str, str, int]
POOLS = ("storyboard", "camera", "audio", "composer")
OUTSIDERS = ("clients", "monitoring", "keda", "operators", "webhooks", "providers")
TOKENS = "tokens"
"""What gives sessions with S3; the evaluation's own knows keys alone."""
ROW = re.compile(r"^\| (\w+) \| (\w+) \| (\d+) \| (.*) \|$", re.MULTILINE)
DNS = 53


def _everyone() -> Values:
    """The evaluation with a namespace for each party outside."""
    peers = {name: [{"namespaceSelector": {"matchLabels": {"party": name}}}] for name in OUTSIDERS}
    return merged(example("evaluation"), {"networkPolicy": {"peers": peers}})


def _listed(*, with_optional: bool) -> set[Flow]:
    """The flows of the page, with each pool in place of "pools"."""
    rows = ROW.findall((ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## Flows")[2])
    return {
        (source, target, int(port))
        for start, end, port, why in rows
        if end != TOKENS and (with_optional or not why.startswith("("))
        for source in (POOLS if start == "pools" else (start,))
        for target in (POOLS if end == "pools" else (end,))
    }


def _parties(rule: Object, direction: str) -> Iterator[str]:
    """The components and outsiders of a rule; "*" is anybody."""
    for peer in rule.get(direction, [{}]):
        if "podSelector" in peer:
            yield peer["podSelector"]["matchLabels"].get("app.kubernetes.io/component", "others")
        elif "namespaceSelector" in peer:
            yield peer["namespaceSelector"]["matchLabels"].get("party", "others")
        else:
            yield "public" if "ipBlock" in peer else "*"


def _sides(release: Release) -> tuple[set[Flow], set[Flow], set[str]]:
    """The flows that receivers allow, those that senders allow, and who is closed by default."""
    received: set[Flow] = set()
    sent: set[Flow] = set()
    closed = set()
    for policy in release.of_kind("NetworkPolicy").values():
        own = policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        assert policy["spec"]["podSelector"]["matchLabels"] == release.component(own)
        if policy["spec"]["policyTypes"] == ["Ingress", "Egress"]:
            closed.add(own)
        for rule in policy["spec"]["ingress"] or ():
            received |= {(p, own, port["port"]) for p in _parties(rule, "from") for port in rule["ports"]}
        for rule in policy["spec"]["egress"] or ():
            sent |= {(own, p, port["port"]) for p in _parties(rule, "to") for port in rule["ports"]}
    return received, {flow for flow in sent if flow[2] != DNS}, closed


def _allowed(release: Release) -> set[Flow]:
    """What both sides allow; one side alone where the other is not of the release."""
    received, sent, closed = _sides(release)
    inner = {(a, b, port) for a, b, port in sent if b in closed and _admits(received, (a, b, port))}
    out = {(a, b, port) for a, b, port in sent if b not in closed}
    into = {("clients" if a == "*" else a, b, port) for a, b, port in received if a not in closed}
    return inner | out | into


def _admits(received: set[Flow], flow: Flow) -> bool:
    return flow in received or ("*", *flow[1:]) in received


def _asking_for_tokens(change: Values) -> set[Flow]:
    """Who reaches the token service of the production's values."""
    peer = [{"namespaceSelector": {"matchLabels": {"party": TOKENS}}}]
    values = merged(example("production"), {"networkPolicy": {"peers": {"tokenService": peer}}})
    _, sent, _ = _sides(render(merged(values, {"generators": {"pictures": {"enabled": False}}} | change)))
    return {flow for flow in sent if flow[1] == TOKENS}


def test_who_is_known_to_s3_by_its_identity_reaches_the_token_service() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    listed = {(start, int(port)) for start, end, port, _ in ROW.findall(text) if end == TOKENS}
    named = {(start if start not in POOLS else "pools", port) for start, _, port in _asking_for_tokens({})}
    assert named == listed

    url = {"s3": {"workloadIdentity": {"tokenServiceUrl": "http://sts.example.org:7480/sts"}}}
    assert {port for *_, port in _asking_for_tokens(url)} == {7480}
    assert (
        _asking_for_tokens({"s3": {"existingSecret": "keys", "workloadIdentity": {"enabled": False}}})
        == set()
    )


def test_policies_allow_what_the_page_lists_and_nothing_else() -> None:
    assert _allowed(render(_everyone())) == _listed(with_optional=True)


def test_without_parties_outside_only_what_is_not_optional_is_allowed() -> None:
    values = merged(
        _everyone(),
        {"networkPolicy": {"peers": {name: [] for name in ("monitoring", "keda", "operators", "providers")}}},
    )
    assert _allowed(render(values)) == _listed(with_optional=False)


def test_no_side_allows_what_the_other_refuses() -> None:
    received, sent, closed = _sides(render(_everyone()))
    assert {flow for flow in sent if flow[1] in closed and not _admits(received, flow)} == set()
    assert {flow for flow in received if flow[0] in closed and flow not in sent} == set()


def test_every_pod_of_the_release_is_closed_by_default(release: Release) -> None:
    closed = {
        policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for policy in release.of_kind("NetworkPolicy").values()
    }
    components = {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in release.pods().values()}
    assert closed >= components


@pytest.mark.parametrize("name", ["air-gapped", "production"])
def test_webhooks_reach_no_private_address_unless_it_is_named(
    releases: dict[str, Release], name: str
) -> None:
    jobs = releases[name].of_kind("NetworkPolicy")["film-studio-jobs"]["spec"]["egress"]
    (rule,) = [
        rule
        for rule in jobs
        if any(
            "ipBlock" in peer and peer["ipBlock"]["cidr"] in ("0.0.0.0/0", "10.20.0.0/16")
            for peer in rule.get("to", ())
        )
    ]
    if name == "air-gapped":
        assert rule["to"] == [{"ipBlock": {"cidr": "10.20.0.0/16"}}]
    else:
        assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]
        assert [port["port"] for port in rule["ports"]] == [443]


def test_with_a_proxy_every_part_but_the_servers_reaches_its_port() -> None:
    plain, proxied = (
        render(merged(_everyone(), {"proxy": {"https": address}}))
        for address in ("", "http://proxy.example.org:3128")
    )
    (_, before, closed), (_, after, _) = _sides(plain), _sides(proxied)
    assert after - before == {(part, "*", 3128) for part in closed - {"postgres", "nats", "s3"}}


def test_the_policies_can_be_left_out() -> None:
    values = merged(example("production"), {"networkPolicy": {"enabled": False}})
    assert render(values).of_kind("NetworkPolicy") == {}
