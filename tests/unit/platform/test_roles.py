"""Which role a method asks for, and who has enough of one."""

from __future__ import annotations

import pytest

from filmstudio.options.v1 import options_pb2
from studio_platform.roles import ROLES, least_role, suffices

USER, PUBLIC, INTERNAL = options_pb2.ACCESS_USER, options_pb2.ACCESS_PUBLIC, options_pb2.ACCESS_INTERNAL


@pytest.mark.parametrize(
    ("access", "scope", "role", "least"),
    [
        (USER, "jobs.read", options_pb2.ROLE_UNSPECIFIED, "viewer"),
        (USER, "jobs.write", options_pb2.ROLE_UNSPECIFIED, "editor"),
        (USER, "", options_pb2.ROLE_UNSPECIFIED, "editor"),
        (USER, "reviews.write", options_pb2.ROLE_REVIEWER, "reviewer"),
        (USER, "members.write", options_pb2.ROLE_OWNER, "owner"),
        (USER, "account.read", options_pb2.ROLE_ANY, ""),
        (PUBLIC, "", options_pb2.ROLE_UNSPECIFIED, ""),
        (INTERNAL, "generation.run", options_pb2.ROLE_UNSPECIFIED, ""),
    ],
)
def test_the_least_role_is_the_options_or_follows_from_the_scope(
    access: options_pb2.Access.ValueType, scope: str, role: options_pb2.Role.ValueType, least: str
) -> None:
    policy = options_pb2.MethodPolicy(access=access, scope=scope, role=role)

    assert least_role(policy) == least


@pytest.mark.parametrize("least", ROLES)
def test_a_role_includes_those_before_it_and_none_after(least: str) -> None:
    enough = [role for role in ROLES if suffices({role}, least)]

    assert enough == list(ROLES[ROLES.index(least) :])


def test_no_role_suffices_where_none_is_asked_for_and_nowhere_else() -> None:
    assert suffices((), "")
    assert not any(suffices((), least) for least in ROLES)
    assert not suffices({"janitor"}, "viewer")
