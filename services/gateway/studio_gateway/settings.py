"""Settings of the gateway."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from studio_gateway.admission import Registration
from studio_gateway.http.branding import Branding
from studio_gateway.limits.addresses import ClientAddresses, ForwardedHeader
from studio_gateway.limits.rates import Rates
from studio_platform.settings import (
    Address,
    CommaList,
    DatabaseSettings,
    PublicSettings,
    ServerSettings,
    StudioSettings,
)

PerMinute = Annotated[int, Field(ge=1, le=1_000_000)]


class RateLimitSettings(StudioSettings):
    """How many calls are let in, over all replicas together; see docs/limits.md."""

    limit_read_per_minute: PerMinute = Field(
        default=3_000, description="Reading calls of one user a minute (1 to 1,000,000)."
    )
    limit_write_per_minute: PerMinute = Field(
        default=1_200, description="Writing calls of one user a minute (1 to 1,000,000)."
    )
    limit_submit_per_minute: PerMinute = Field(
        default=120, description="Calls of one user that start heavy work, a minute (1 to 1,000,000)."
    )
    limit_stream_per_minute: PerMinute = Field(
        default=300, description="Streams that one user may open a minute (1 to 1,000,000)."
    )
    limit_auth_per_minute: PerMinute = Field(
        default=60,
        description=(
            "Sign-ins, registrations and wrong share links from one address a minute, and changes of "
            "passwords and the like by one user (1 to 1,000,000)."
        ),
    )
    limit_address_per_minute: PerMinute = Field(
        default=12_000, description="Calls of any kind from one address a minute (1 to 1,000,000)."
    )
    trusted_proxies: CommaList = Field(
        default=(),
        description=(
            "Networks of the proxies before the gateway, such as 10.0.0.0/8, with commas between; only their "
            "word on whom they ask for is taken. Empty: none."
        ),
    )
    forwarded_header: ForwardedHeader = Field(
        default=ForwardedHeader.X_FORWARDED_FOR,
        description=(
            "The header in which these proxies say so: x-forwarded-for or forwarded. The other is not read."
        ),
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            try:
                ip_network(text)
            except ValueError as error:
                raise ValueError(f"FILM_TRUSTED_PROXIES: {text} is no network such as 10.0.0.0/8") from error
        return value

    def rates(self) -> Rates:
        """The rates."""
        return Rates.per_minute(
            read=self.limit_read_per_minute,
            write=self.limit_write_per_minute,
            submit=self.limit_submit_per_minute,
            stream=self.limit_stream_per_minute,
            auth=self.limit_auth_per_minute,
            address=self.limit_address_per_minute,
        )

    def client_addresses(self) -> ClientAddresses:
        """Who a call is from."""
        return ClientAddresses([ip_network(text) for text in self.trusted_proxies], self.forwarded_header)


class StudioPageSettings(StudioSettings):
    """The web studio: what it calls itself, and where its films are fetched from."""

    media_origins: CommaList = Field(
        default=(),
        description=(
            "Origins that browsers fetch films and stills from, such as https://media.example.org (of the S3 "
            "address that clients reach, or of the CDN before it), with commas between; empty: its own alone."
        ),
    )
    brand_name: str = Field(
        default="", max_length=40, description="What the web studio calls itself; empty: Film Studio."
    )
    brand_accent: str = Field(
        default="",
        pattern=r"^(#[0-9A-Fa-f]{6})?$",
        description="Its one colour, such as #e0b25c; pages make it lighter or darker until it can be read.",
    )
    brand_logo_file: str = Field(
        default="", description="File of its logo (.svg, .png, .webp; 256 KiB at most); empty: none."
    )

    @field_validator("media_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if not re.fullmatch(r"https?://[A-Za-z0-9.:_\[\]-]+", text):
                raise ValueError(f"FILM_MEDIA_ORIGINS: {text} is no origin such as https://media.example.org")
        return value

    def branding(self) -> Branding:
        """What the instance calls itself."""
        return Branding(self.brand_name, self.brand_accent, self.brand_logo_file)


class GatewaySettings(
    DatabaseSettings, PublicSettings, RateLimitSettings, StudioPageSettings, ServerSettings
):
    """The gateway: where it listens, whom it forwards to, and the account of a studio on one machine."""

    listen: Address = Field(default="127.0.0.1:8484", description="gRPC address to listen on: host:port.")
    http_listen: Address = Field(
        default="127.0.0.1:8485",
        description="HTTP address of the API and its pages: host:port; port 0 takes a free one.",
    )
    cors_origins: CommaList = Field(
        default=(),
        description=(
            "Origins whose pages may call the API from a browser, such as https://film.example.org, with "
            "commas between; empty: none."
        ),
    )
    jobs_address: Address = Field(
        default="127.0.0.1:50051", description="The job service, to which calls are forwarded: host:port."
    )
    refresh_token_lifetime_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="How long a session lasts without being used, in days (1 to 365).",
    )
    registration: Registration = Field(
        default=Registration.OPEN,
        description="Who may make an account: open (anybody), invite (whoever is invited), closed (nobody).",
    )
    admin_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Makes one who claims it an administrator, once: 16 to 256 characters; empty: none.",
    )
    local_account_email: str = Field(
        default="",
        max_length=254,
        description="Address of an account made at the start, who is also the operator; empty: none.",
    )
    local_account_password: SecretStr = Field(
        default=SecretStr(""), description="Password of that account, 10 to 256 characters."
    )

    @model_validator(mode="after")
    def _admin_secret_is_long(self) -> Self:
        length = len(self.admin_secret.get_secret_value())
        if length and not 16 <= length <= 256:
            raise ValueError("FILM_ADMIN_SECRET: 16 to 256 characters, or none")
        return self

    @model_validator(mode="after")
    def _local_account_is_whole(self) -> Self:
        length = len(self.local_account_password.get_secret_value())
        if self.local_account_email and not 10 <= length <= 256:
            raise ValueError(
                "FILM_LOCAL_ACCOUNT_PASSWORD: 10 to 256 characters with FILM_LOCAL_ACCOUNT_EMAIL"
            )
        return self
