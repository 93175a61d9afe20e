"""The model of `[audiences.NAME]`: who sees which part of the fleet on published pages."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from collector.config.base import Name, Owner, Settings

AUDIENCE = r"^[a-z0-9][a-z0-9-]*$"
AudienceName = Annotated[str, StringConstraints(pattern=AUDIENCE, max_length=63)]
"""Becomes part of a URL, of file names and of web servers' rules."""


class Audience(Settings):
    """`[audiences.NAME]`: people who are shown some nodes. Nodes named in several ways are shown once."""

    people: tuple[Name, ...] = Field((), description="who belongs to it, as almanac user list names them")
    hubs: tuple[Name, ...] = Field((), description="hubs, each with all of its nodes")
    environments: tuple[Name, ...] = Field((), description="environments, each with all of its nodes")
    groups: tuple[Name, ...] = Field((), description="groups, each with all of its nodes")
    nodes: tuple[Name, ...] = Field((), description="nodes")
    owners: tuple[Owner, ...] = Field(
        (), description="owners of VMs: of the clusters that have such, their VMs alone and what they use"
    )
    cluster_sums: bool = Field(
        False, description="whether owners are shown the sums of their clusters too, from which follows what others use"
    )
    pages: tuple[str, ...] = Field(
        (),
        description='pages of your own, such as "notes/*", that are shown though a word in them is a hidden name',
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.hubs or self.environments or self.groups or self.nodes or self.owners):
            raise ValueError('is shown nothing; write nodes = ["web-1"], or hubs, environments, groups or owners')
        if self.cluster_sums and not self.owners:
            raise ValueError("cluster_sums is for owners of VMs, and there are none; name some, or remove it")
        return self
