"""Between the gateway's dataclasses and the messages of filmstudio.auth.v1."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.auth.v1 import api_keys_pb2, auth_pb2, invitations_pb2, members_pb2
from studio_gateway.account import Account
from studio_gateway.api_keys import NAME_PREFIX, ApiKey
from studio_gateway.invitations import Invitation
from studio_gateway.sessions import Tokens
from studio_gateway.workspaces import Member, Workspace
from studio_platform.errors import FieldViolation, InvalidInput

_ROLES = {
    "viewer": members_pb2.MEMBER_ROLE_VIEWER,
    "reviewer": members_pb2.MEMBER_ROLE_REVIEWER,
    "editor": members_pb2.MEMBER_ROLE_EDITOR,
    "owner": members_pb2.MEMBER_ROLE_OWNER,
}


def user_message(account: Account, *, is_admin: bool) -> auth_pb2.User:
    """The account as clients see it."""
    return auth_pb2.User(
        name=f"users/{account.user_id}",
        email=account.email,
        display_name=account.display_name,
        workspace=f"workspaces/{account.workspace_id}",
        create_time=_timestamp(account.created_at),
        role=auth_pb2.USER_ROLE_ADMIN if is_admin else auth_pb2.USER_ROLE_USER,
    )


def workspace_message(workspace: Workspace) -> members_pb2.Workspace:
    """A workspace as one of its members sees it."""
    return members_pb2.Workspace(
        name=f"workspaces/{workspace.workspace_id}",
        display_name=workspace.display_name,
        personal=workspace.personal,
        role=_ROLES[workspace.role],
        create_time=_timestamp(workspace.created_at),
    )


def member_message(member: Member) -> members_pb2.Member:
    """A member as the others see it."""
    return members_pb2.Member(
        name=f"members/{member.user_id}",
        user=f"users/{member.user_id}",
        email=member.email,
        display_name=member.display_name,
        role=_ROLES[member.role],
        create_time=_timestamp(member.created_at),
    )


def api_key_message(key: ApiKey) -> api_keys_pb2.ApiKey:
    """A key without its secret."""
    return api_keys_pb2.ApiKey(
        name=f"{NAME_PREFIX}{key.key_id}",
        display_name=key.display_name,
        scopes=key.scopes,
        expire_time=_timestamp(key.expires_at),
        workspace=f"workspaces/{key.workspace_id}",
        hint=key.hint,
        create_time=_timestamp(key.created_at),
    )


def invitation_message(invitation: Invitation) -> invitations_pb2.Invitation:
    """An invitation without its token."""
    message = invitations_pb2.Invitation(
        name=f"invitations/{invitation.invitation_id}",
        email=invitation.email or "",
        expire_time=_timestamp(invitation.expires_at),
        create_time=_timestamp(invitation.created_at),
    )
    if invitation.workspace_id is not None and invitation.role is not None:
        message.workspace = f"workspaces/{invitation.workspace_id}"
        message.role = _ROLES[invitation.role]
    return message


def moment(message: Message, field: str, path: str) -> datetime | None:
    """A Timestamp of a message, aware; None where it is unset. Raises InvalidInput, which names `path`."""
    if not message.HasField(field):
        return None
    try:
        written: datetime = getattr(message, field).ToDatetime(UTC)
    except (ValueError, OverflowError):
        text = "is no time of the years 1 to 9999"
        raise InvalidInput(
            "TIME_INVALID", f"{path} {text}.", violations=(FieldViolation(path, text),)
        ) from None
    return written


def role_text(role: members_pb2.MemberRole.ValueType) -> str:
    """A role as it is stored."""
    return next(text for text, number in _ROLES.items() if number == role)


def tokens_message(tokens: Tokens) -> auth_pb2.Tokens:
    """A session's tokens."""
    return auth_pb2.Tokens(
        access_token=tokens.access_token,
        access_expire_time=_timestamp(tokens.access_expires_at),
        refresh_token=tokens.refresh_token,
        refresh_expire_time=_timestamp(tokens.refresh_expires_at),
    )


def jwks_message(keys: Mapping[str, bytes]) -> auth_pb2.Jwks:
    """kid -> 32 raw bytes as a key set (RFC 8037), in the order given."""
    return auth_pb2.Jwks(
        keys=[
            auth_pb2.Jwk(
                kid=kid,
                x=base64.urlsafe_b64encode(raw).rstrip(b"=").decode(),
                kty="OKP",
                crv="Ed25519",
                alg="EdDSA",
                use="sig",
            )
            for kid, raw in keys.items()
        ]
    )


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
