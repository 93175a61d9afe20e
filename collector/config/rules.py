"""`[[rules]]` as they are written. What a rule leaves out it takes from the one whose name it bears, so that hardly any
key is required here: `rulebook` puts them together and `rule_fit` says what does not fit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from collector.config.base import Name, Settings
from collector.config.values import Count, listed

Kind = Literal["above", "below", "age", "absent", "change", "state", "ratio", "forecast"]


def _limit(value: Any) -> Any:
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise ValueError('expected a number, with its unit if it has one, or a list of words; write "90 %" or ["FATAL"]')


def _words(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise ValueError("an empty list names nothing; write a text or a list of texts, or remove it")
    return listed(value)


_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string"}]}
_WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
Written = Annotated[Any, BeforeValidator(_limit), WithJsonSchema({"anyOf": [*_NUMBER["anyOf"], _WORDS]})]
"""A number as people write it, with or without a unit, or words; which it is tells the kind of the rule."""
Words = Annotated[tuple[str, ...], BeforeValidator(_words, json_schema_input_type=str | tuple[str, ...])]


class RuleSettings(Settings):
    """`[[rules]]`: what is a problem. A rule that bears the name of a default one changes that where it applies."""

    name: Name = Field(description="what the rule is called; the name of a default rule changes that one")
    rule: Kind | None = Field(None, description="how it judges; left out where the name is that of a default rule")
    metric: str | None = Field(None, description="the number that is judged, such as used_ratio")
    per: str | None = Field(None, description="another number of the same subject that `metric` is divided by")
    state: str | None = Field(None, description="the word that is judged, such as state")
    warning: Written | None = Field(
        None, description='from where on it is a warning: "90 %", "5 GB", "2d", 4; or words'
    )
    critical: Written | None = Field(None, description="from where on it is critical")
    clear: Written | None = Field(None, description="how far it must come back before the problem is over")
    wanted: Words | None = Field(None, description="the words that a state should be; any other is a problem")
    excused: dict[str, str] | None = Field(
        None, description="words that are no problem while a number of the subject is 0: { EXITED = 'exitstatus' }"
    )
    limit: Written | None = Field(None, description='what the number is forecast to reach: "500 GB", "100 %"')
    level: Literal["warning", "critical"] | None = Field(
        None, description="how bad it is where no limit says so; by default a warning"
    )
    way: Literal["up", "down"] | None = Field(None, description="which changes count; by default both")
    sibling: str | None = Field(None, description="the node to compare with; by default the hub's own node")
    passes: Count | None = Field(None, description="in how many passes in a row it must be so to be confirmed")
    hub: str | None = Field(None, description="only nodes of these hubs; * stands for anything")
    environment: str | None = Field(None, description="only nodes in these environments; * stands for anything")
    group: str | None = Field(None, description="only nodes in these groups; * stands for anything")
    node: str | None = Field(None, description="only these nodes; * stands for anything")
    kind: str | None = Field(None, description="only what sources of this kind tell, such as host")
    subject: Words | None = Field(None, description='only these subjects, such as "disk:/data*"; one or a list')
    runbook: str | None = Field(None, min_length=1, description="a page of the site that says what to do")
    off: bool = Field(False, description="true: it judges nothing where it applies")

    def written(self) -> dict[str, Any]:
        """What the file says, without what it leaves out."""
        return {key: getattr(self, key) for key in self.model_fields_set}


class DefaultRule(RuleSettings):
    """A rule that a source brings along. Those of kind `own` judge by the record's past, as their `about` says."""

    rule: Kind | Literal["own"] | None = None  # type: ignore[assignment]
    about: str = ""
    says: str = ""
