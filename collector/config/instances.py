"""The model of `[instances]`: what is asked of the instances of an application, and what is made of it."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, SecretStr, StringConstraints, WithJsonSchema

from collector.config.base import Settings
from collector.config.values import Bytes, Count, LocalPath, Seconds
from collector.model import Unit

Network = IPv4Network | IPv6Network
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.\-]{0,99}$")]
APPENDED = r"^[/?][\x21-\x7e]*$"
COUNTRY = "country"
_HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def _header(value: Any) -> Any:
    """A header may be a secret: no sentence quotes it."""
    if not isinstance(value, str) or not _HEADER.fullmatch(value):
        raise ValueError("is no value of a header: printable ASCII in quotes; write another")
    return value


def _network(value: Any) -> Any:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(value)
    except ValueError as error:
        raise ValueError(f'"{value}" is no network; write one such as "10.1.0.0/16"') from error


def known_locale(value: Any) -> Any:
    """A locale by its name; Babel, which knows them, is loaded only if one is named. Raises ValueError."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        Locale.parse(value)
    except (ValueError, TypeError, UnknownLocaleError) as error:
        raise ValueError(f'"{value}" is no locale; write one such as "en_GB" or "de_CH"') from error
    return value


Header = Annotated[SecretStr, BeforeValidator(_header)]
AnyNetwork = Annotated[
    Network, BeforeValidator(_network), PlainSerializer(str), WithJsonSchema({"type": "string", "minLength": 2})
]


class Endpoint(Settings):
    """`[[instances.endpoints]]`: an address that each instance answers with JSON."""

    url: Annotated[str, StringConstraints(pattern=APPENDED, max_length=1000)] = Field(
        description="appended to the base URL of the instance, such as /system-info"
    )
    headers: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")], Header] = Field(
        default_factory=dict, description='sent with it; of secrets write "$NAME", from the environment'
    )


class Crawled(Settings):
    """`[instances.fields.NAME]`: a value that instances tell of themselves."""

    label: str | None = Field(None, description="what it is called; by default its name, _ as a space")
    path: str | None = Field(None, description="where it stands in the answer, as stats.users; by default its name")
    unit: Unit = Field("count", description="of what its numbers are")
    chart: bool = Field(False, description="true: it has a chart among the statistics")
    chart_type: Literal["bar", "line", "pie"] = Field("bar", description="how that chart is drawn")
    aggregation: Literal["sum", "avg", "min", "max", "count"] | None = Field(
        None, description="what is made of a list or a table of numbers that one instance tells"
    )
    chart_aggregation: Literal["count", "sum", "avg", "min", "max"] = Field(
        "count", description="count: how many instances have each value; else what is made of the values of a group"
    )
    chart_aggregate_by: FieldName = Field(
        COUNTRY, description="the field by whose values instances are grouped; ignored where they are counted"
    )


class Instances(Settings):
    """`[instances]`: how the instances in the registry are asked."""

    endpoints: tuple[Endpoint, ...] = Field(min_length=1, description="what each instance is asked, in this order")
    fields_: dict[FieldName, Crawled] = Field(
        default_factory=dict, alias="fields", description="what is made of values"
    )
    jobs: Count = Field(20, description="how many instances are asked at once")
    per_host: Count = Field(2, description="how many of them on one host")
    time_limit: Seconds = Field(30.0, description="for all that one instance is asked")
    connect: Seconds = Field(10.0, description="until a connection stands, and for each wait within an answer")
    output: Bytes = Field(1_000_000, description="what an endpoint may answer")
    retries: Annotated[int, Field(ge=0, le=10)] = Field(
        2, description="how often what failed for a moment is tried again"
    )
    total: Seconds = Field(1800.0, description="for all instances; those not done by then count as timed out")
    private: tuple[AnyNetwork, ...] = Field(
        (), description="networks that are not public and may be asked all the same, such as 10.1.0.0/16"
    )
    locale: Annotated[str, BeforeValidator(known_locale)] = Field(
        "en_GB", description="how pages of instances write times, numbers and countries, such as de_CH"
    )
    locations: LocalPath | None = Field(
        None, description="a database in MaxMind's format that says where addresses are; else a small table does"
    )
    publish_email: bool = Field(False, description="true: pages show the mail addresses of contacts")
    ca_file: LocalPath | None = Field(
        None, description="certificates that sign those of instances, beside the machine's"
    )
