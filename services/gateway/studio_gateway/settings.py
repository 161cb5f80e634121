"""Settings of the gateway."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from studio_gateway.admission import Registration
from studio_platform.settings import Address, CommaList, DatabaseSettings, PublicSettings, ServerSettings


class GatewaySettings(DatabaseSettings, PublicSettings, ServerSettings):
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
