"""Settings from the environment: shared groups, all faults in one list, and the text of `.env.example`.

A service's settings class inherits the groups that it needs and adds its own fields:

    class JobsSettings(DatabaseSettings, BrokerSettings, ServerSettings): ...

Each field's variable is FILM_ and its name in capitals; its description says unit, limit and use. FILM_X_FILE
names a file with the text of FILM_X.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, TextIO, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticUndefined
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from studio_platform.setting_files import SettingFileError, SettingFiles

PREFIX = "FILM_"
EXIT_CODE_BAD_SETTINGS = 2


def _split_commas(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]
"""A list of texts written with commas between."""

Address = Annotated[str, Field(pattern=r"^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]+):\d{1,5}$")]
"""host:port."""


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


class LogLevel(StrEnum):
    """The lowest level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


ValueT = TypeVar("ValueT")


def _given(value: ValueT, is_enough: bool) -> ValueT:
    """The value of a field that may be left out only beside others; its fault is that of one left out."""
    if not is_enough:
        raise PydanticCustomError("missing", "Field required")
    return value


class StudioSettings(BaseSettings):
    """The base of all settings: variables with the prefix FILM_, frozen, faults without values."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        protected_namespaces=(),
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - there is no .env file
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - see SettingFiles
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, variables, and the files that FILM_X_FILE variables name."""
        return init_settings, env_settings, SettingFiles(settings_cls)


class DatabaseSettings(StudioSettings):
    """Where Postgres is."""

    database_url: SecretStr = Field(
        description="Postgres address with user and password: postgresql://user:password@host:port/database.",
        min_length=1,
    )
    database_pooled: bool = Field(
        default=False,
        description=(
            "Whether that address is of a pooler in transaction mode, such as PgBouncer (true or false). "
            "Migrations need one of Postgres itself."
        ),
    )
    database_pool_size_max: int = Field(
        default=10, ge=1, le=200, description="Most open Postgres connections of one process (1 to 200)."
    )
    database_wait_seconds: float = Field(
        default=60.0, ge=0, le=600, description="How long a start waits for Postgres, in seconds (0 to 600)."
    )
    database_statement_timeout_seconds: float = Field(
        default=15.0, ge=0.1, le=300, description="Longest SQL statement, in seconds (0.1 to 300)."
    )


class BrokerSettings(StudioSettings):
    """Where NATS is."""

    nats_url: str = Field(
        default="nats://127.0.0.1:4222",
        pattern=r"^(nats|tls)://\S+$",
        description="NATS address: nats://host:port, or tls://host:port.",
    )
    nats_user: str = Field(default="", description="NATS user of this component; empty: none.")
    nats_password: SecretStr = Field(default=SecretStr(""), description="NATS password of this component.")


class ObjectSettings(StudioSettings):
    """Where the S3 store is."""

    s3_endpoint: Address = Field(
        default="127.0.0.1:9000", description="S3 address for this service: host:port, no scheme."
    )
    s3_public_endpoint: str = Field(
        default="",
        description="S3 address that clients reach, host:port, put into signed URLs; empty: the one above.",
    )
    media_public_base_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:_\[\]/-]*[^/])?$",
        description=(
            "What stands before the bucket in addresses for clients, such as https://media.example.org of "
            "a CDN that asks the address above, with its host, for what it lacks; empty: that address."
        ),
    )
    s3_identity_token_path: str = Field(
        default="",
        description=(
            "File with a token of this workload's identity, read anew for each session with S3, in place of "
            "the two keys; empty: the keys."
        ),
    )
    s3_access_key: str = Field(
        default="",
        validate_default=True,
        description="S3 access key of this component. Required without FILM_S3_IDENTITY_TOKEN_PATH.",
    )
    s3_secret_key: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        description="S3 secret key of this component. Required without FILM_S3_IDENTITY_TOKEN_PATH.",
    )
    s3_token_service_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:_\[\]/-]+)?$",
        validate_default=True,
        description=(
            "What gives a session for that token, such as https://sts.eu-central-1.amazonaws.com. Required "
            "with it."
        ),
    )
    s3_role: str = Field(
        default="",
        validate_default=True,
        description=(
            "Role that the token may take on, such as arn:aws:iam::123456789012:role/film. Required with it."
        ),
    )
    s3_session_seconds: int = Field(
        default=3600,
        ge=900,
        le=43_200,
        description=(
            "Length of a session with S3, in seconds (900 to 43200); addresses that clients are given end "
            "with theirs, so an hour or more is best."
        ),
    )
    s3_bucket: str = Field(
        default="film", pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", description="The one S3 bucket."
    )
    s3_secure: bool = Field(default=False, description="Whether S3 is spoken over TLS (true or false).")
    s3_region: str = Field(default="us-east-1", min_length=1, description="S3 region.")

    @field_validator("s3_access_key", "s3_secret_key")
    @classmethod
    def _key_or_token(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        given = bool(value if isinstance(value, str) else value.get_secret_value())
        if given and info.data.get("s3_identity_token_path"):
            raise PydanticCustomError("superfluous", "is left out where an identity token is given")
        return _given(value, given or bool(info.data.get("s3_identity_token_path")))

    @field_validator("s3_token_service_url", "s3_role")
    @classmethod
    def _beside_the_token(cls, value: str, info: ValidationInfo) -> str:
        return _given(value, bool(value) or not info.data.get("s3_identity_token_path"))


class PublicSettings(StudioSettings):
    """Where browsers find the studio."""

    public_base_url: str = Field(
        default="",
        pattern=r"^(https?://[A-Za-z0-9.:_\[\]-]+)?$",
        description=(
            "Address under which browsers reach the HTTP pages, such as https://film.example.org, for links "
            "to shared films; empty: it is not known."
        ),
    )


class KeySettings(StudioSettings):
    """Who signs identities."""

    gateway_address: Address = Field(
        default="127.0.0.1:8484",
        description="Gateway whose public keys check identity tokens: host:port.",
    )


class ServerSettings(StudioSettings):
    """How the process listens, logs and stops."""

    listen: Address = Field(default="127.0.0.1:50051", description="gRPC address to listen on: host:port.")
    health_listen: Address = Field(
        default="127.0.0.1:8081",
        description="HTTP address for /healthz, /readyz and /metrics: host:port; port 0 takes a free one.",
    )
    log_format: LogFormat = Field(default=LogFormat.JSON, description="Log lines as json or console.")
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="Lowest level written: debug, info, warning or error."
    )
    reflection: bool = Field(
        default=False, description="Whether gRPC reflection is served (true or false); off in production."
    )
    message_size_max_bytes: int = Field(
        default=4 * 1024 * 1024,
        ge=1024,
        le=64 * 1024 * 1024,
        description="Largest gRPC message in either direction, in bytes (1 KiB to 64 MiB).",
    )
    drain_grace_seconds: float = Field(
        default=20.0,
        ge=0,
        le=3600,
        description="How long calls and work may finish after a stop signal, in seconds (0 to 3600).",
    )
    connection_age_max_seconds: float = Field(
        default=3600.0,
        ge=0.1,
        le=86_400,
        description=(
            "After so long a gRPC connection takes no new calls, in seconds (0.1 to 86400), so that callers "
            "find new replicas."
        ),
    )
    parent_pipe_fd: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="File descriptor of a pipe; the process stops when its other end closes. Empty: none.",
    )
    faults: CommaList = Field(
        default=(),
        description="For tests only: point=kill, =fail or =refuse, @once-file after it; commas.",
    )


SettingsT = TypeVar("SettingsT", bound=StudioSettings)


def load(settings_class: type[SettingsT], stream: TextIO | None = None) -> SettingsT:
    """The settings from the environment.

    Raises SystemExit(2) after writing every fault to `stream` (standard error), without any value.
    """
    try:
        return settings_class()
    except SettingFileError as error:
        print(
            f"1 setting(s) must be put right before this service can start:\n  {error}",
            file=stream or sys.stderr,
        )
        raise SystemExit(EXIT_CODE_BAD_SETTINGS) from None
    except ValidationError as error:
        print(_fault_list(settings_class, error), file=stream or sys.stderr)
        raise SystemExit(EXIT_CODE_BAD_SETTINGS) from None


def describe(settings_class: type[StudioSettings]) -> str:
    """The text of `.env.example`: each group's variables with description, default, and whether required."""
    sections = [_section(group, names) for group, names in _groups(settings_class)]
    head = f"# Settings of {settings_class.__name__}; written from settings.py, not by hand."
    files = "# FILM_X_FILE names a file with the text of FILM_X; the process ends when it changes."
    return "\n\n".join([f"{head}\n{files}", *sections]) + "\n"


def variable(field_name: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field_name.upper()}"


def _fault_list(settings_class: type[StudioSettings], error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=True)
    lines = [f"{len(faults)} setting(s) must be put right before this service can start:"]
    lines += [_fault_line(settings_class, fault) for fault in faults]
    return "\n".join(lines)


def _fault_line(settings_class: type[StudioSettings], fault: ErrorDetails) -> str:
    location = [str(part) for part in fault["loc"]]
    if not location:
        return f"  settings: {fault['msg']}"
    name = location[0].lower().removeprefix(PREFIX.lower())
    field = settings_class.model_fields.get(name)
    state = "is missing" if fault["type"] == "missing" else fault["msg"].lower()
    use = f" Set it: {field.description}" if field is not None and field.description else ""
    return f"  {variable(name)}: {state}.{use}"


def _groups(settings_class: type[StudioSettings]) -> Iterable[tuple[type[StudioSettings], list[str]]]:
    """Each class of the settings' ancestry with the fields that it declares, the service's own first."""
    seen: set[str] = set()
    for ancestor in settings_class.__mro__:
        if not issubclass(ancestor, StudioSettings) or ancestor is StudioSettings:
            continue
        own = inspect.get_annotations(ancestor)
        names = [name for name in settings_class.model_fields if name in own and name not in seen]
        seen.update(names)
        if names:
            yield ancestor, names


def _section(group: type[StudioSettings], names: list[str]) -> str:
    title = (group.__doc__ or group.__name__).strip().splitlines()[0]
    return "\n".join([f"# --- {title}", *(_entry(name, group.model_fields[name]) for name in names)])


def _entry(name: str, field: FieldInfo) -> str:
    required = field.default is PydanticUndefined and field.default_factory is None
    note = " Required." if required else ""
    assignment = (
        f"{variable(name)}={'' if required else _written(field.get_default(call_default_factory=True))}"
    )
    return (
        f"# {field.description or _type_name(field.annotation)}{note}\n{'' if required else '# '}{assignment}"
    )


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)


def _type_name(annotation: Any) -> str:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type_name(part) for part in typing.get_args(annotation))
    return getattr(annotation, "__name__", str(annotation))
