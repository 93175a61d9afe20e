"""Reads almanac.toml: $VAR expanded, validated whole, every error at once with its place and its mend."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from collector.config import kinds, toml
from collector.config.audiences import AUDIENCE
from collector.config.base import NAME
from collector.config.fit import mismatches, misnamed
from collector.config.instances import APPENDED
from collector.config.intake import LISTEN
from collector.config.rule_fit import unfit_rules
from collector.config.settings import Config, SourceSettings
from collector.config.toml import Finding, KeyPath
from collector.model import AlmanacError, printable

_SECRET = re.compile("pass|secret|token|key|channel|^ping$", re.IGNORECASE)
_EXPECTED = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "int_parsing_size": "expected a smaller number",
    "float_type": "expected a number",
    "greater_than": "expected more than {gt:.0f}",
    "greater_than_equal": "expected {ge:.0f} or more",
    "less_than_equal": "expected {le:.0f} or less",
    "string_type": "expected text in quotes",
    "tuple_type": "expected a list in brackets",
    "path_type": "expected a path in quotes",
    "dict_type": "expected a table",
    "model_type": "expected a table",
}
_UNFIT = {
    "too_short": "is an empty list",
    "string_too_short": "may not be empty",
    "string_too_long": "has more than {max_length} characters",
    "string_pattern_mismatch": "is empty or holds a character that may not stand there",
}
_TABLES = {"tuple_type": "[[{}]]", "dict_type": "[{}.NAME]", "model_type": "[{}]"}
_SHAPES = {
    NAME: "a name may not hold a slash or a control character, nor begin with a space; write another",
    AUDIENCE: "the name of an audience has small letters, digits and - only; write another",
    APPENDED: 'is appended to an address, so it begins with / or ?; write one such as "/stats"',
    LISTEN: 'expected an address with a port, or a socket; write "127.0.0.1:8411" or "unix:/run/almanac/intake.sock"',
}
"""What is said of a text that has not the shape of a pattern."""
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)\}|([A-Za-z_]\w*))")


class ConfigError(AlmanacError):
    """The configuration can't be used. `lines` says everything that is wrong with it, one sentence each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load(file: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The settings in a file, its relative paths resolved against its folder. Raises ConfigError."""
    return parse(_text(file), file, environ)


def with_rules(config: Config, file: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The settings in force with the rules of a file that holds nothing else added to theirs; of one that holds more,
    its own settings. Raises ConfigError."""
    text = _text(file)
    raw, findings = _raw(text, file, environ)
    if set(raw) - {"rules"}:
        return parse(text, file, environ)
    try:
        added = Config.model_validate(raw).rules
    except ValidationError as error:
        raise ConfigError(_lines(file, text, findings + list(_said(error, raw)))) from error
    whole = config.with_rules(config.rules + added)
    findings += [
        (("rules", int(path[1]) - len(config.rules), *path[2:]), told)
        for path, told in unfit_rules(whole)
        if int(path[1]) >= len(config.rules)
    ]
    if findings:
        raise ConfigError(_lines(file, text, findings))
    return whole


def expect_nodes(config: Config) -> None:
    """Raises ConfigError where there is nothing to ask; what was recorded can be read all the same."""
    if not config.nodes:
        raise ConfigError([f"{config.file}: nodes: nothing is watched; add a table such as [nodes.here]"])


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        mend = f"make one with: almanac init {file.parent}" if file.name == "almanac.toml" else "name another"
        raise ConfigError([f"{file}: there is no such file; {mend}"]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{file}: is not UTF-8: {error}; save it as UTF-8"]) from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise ConfigError([f"{file}: can't be read: {said}; name another"]) from error


def parse(text: str, file: Path, environ: Mapping[str, str]) -> Config:
    """The settings in a text that stands in `file`. Raises ConfigError with every finding, in the order of the file."""
    raw, unset = _raw(text, file, environ)
    findings: list[Finding] = [(("file",), "no such key; remove it")] if "file" in raw else []
    findings += misnamed(raw)
    wrong: set[str | int] = set()
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        findings += _said(error, raw)
        wrong = {details["loc"][0] for details in error.errors()}
        config = Config.model_validate({key: part for key, part in raw.items() if key not in wrong})
    config = _resolved(config, file)
    findings += mismatches(config, wrong)
    if found := unset + [finding for finding in findings if not _holds(finding, unset)]:
        raise ConfigError(_lines(file, text, found))
    return config


def _raw(text: str, file: Path, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Finding]]:
    """What stands in a text, its variables replaced, and those that are not set."""
    unset: list[Finding] = []
    try:
        return _expanded(tomllib.loads(f"{text}\n"), environ, (), unset), unset
    except (ValueError, RecursionError) as error:
        raise ConfigError([f"{file}: {toml.told(error)}"]) from error


def _holds(finding: Finding, unset: list[Finding]) -> bool:
    """Whether an unset variable is within what a finding is about: then it is the reason, and is told."""
    path = finding[0]
    return any(where[: len(path)] == path for where, _ in unset)


def _lines(file: Path, text: str, findings: list[Finding]) -> list[str]:
    places = toml.places(text)
    placed = sorted(
        ((toml.line_of(places, path) or 0, path, message) for path, message in set(findings)),
        key=_in_file_order,
    )
    return [f"{file}: {f'line {line}: ' if line else ''}{_dotted(path)}: {message}" for line, path, message in placed]


def _in_file_order(finding: tuple[int, KeyPath, str]) -> tuple[int, str, str]:
    line, path, message = finding
    return line, _dotted(path), message


def _dotted(path: KeyPath) -> str:
    """`nodes.SDU.sources[0].folder`, names quoted as TOML wants them."""
    words = ""
    for key in path:
        if isinstance(key, int):
            words += f"[{key}]"
        else:
            words += ("." if words else "") + (key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key))
    return words


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def _expanded(value: Any, environ: Mapping[str, str], path: KeyPath, findings: list[Finding]) -> Any:
    """The value with $VAR and ${VAR} in its texts replaced, $$ being a plain $; an unset variable is a finding."""
    if isinstance(value, dict):
        return {key: _expanded(inner, environ, (*path, key), findings) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(inner, environ, (*path, index), findings) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replacement(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name is None:
            return "$"
        if name not in environ:
            findings.append((path, f"${name} is not set in the environment; set it, or write $$ for a plain $"))
        return environ.get(name, match[0])

    return _VARIABLE.sub(replacement, value)


def _said(error: ValidationError, raw: Any) -> Iterator[Finding]:
    """pydantic's errors in our words; a list is not called empty for what is wrong with all that stands in it."""
    every = error.errors()
    for details in every:
        path = details["loc"]
        if details["type"] == "too_short" and any(path == one["loc"][: len(path)] != one["loc"] for one in every):
            continue
        named = path[:-1] if path and path[-1] == "[key]" else path  # pydantic's word for the name of a table
        yield named, _sentence(details, _model_at(raw, path[:-1])) + _brackets(details["type"], path, raw)


def _brackets(kind: str, path: KeyPath, raw: Any) -> str:
    """How a table is written that something else stands for; empty of what is no table, or within a list."""
    listed = isinstance(path[-1], int) if path else False
    name = path[:-1] if listed else path
    if kind not in _TABLES or any(isinstance(key, int) for key in name) or _model_at(raw, path) is None:
        return ""
    return "; write " + _TABLES["tuple_type" if listed else kind].format(_dotted(name))


def _sentence(details: ErrorDetails, model: type[BaseModel] | None) -> str:
    kind, key = details["type"], str(details["loc"][-1]) if details["loc"] else ""
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "extra_forbidden":
        near = get_close_matches(key, _keys(model) if model else [], n=1)
        return "no such key; " + (f"did you mean {near[0]}?" if near else "remove it")
    if kind == "missing":
        return f"is missing; write {key} = ..."
    if kind in _UNFIT:
        return _unfit(kind, details)
    said = _EXPECTED.get(kind, details["msg"].replace("Input should be", "expected")).format(**details.get("ctx", {}))
    named = next((part for part in reversed(details["loc"]) if isinstance(part, str)), "")
    shown = isinstance(details["input"], str | int | float) and not _SECRET.search(named)
    return said + (f" but got {json.dumps(details['input'], ensure_ascii=False)[:80]}" if shown else "")


def _unfit(kind: str, details: ErrorDetails) -> str:
    """Of a text or a list that has not the right length or shape."""
    pattern = str(details["ctx"].get("pattern", ""))
    if pattern in _SHAPES:
        return _SHAPES[pattern]
    if pattern.startswith("^/"):
        return "expected an absolute path; write one such as /var/log/syslog"
    return f"{_UNFIT[kind]}; write another".format(**details["ctx"])


def _keys(model: type[BaseModel]) -> list[str]:
    """What may be written in a table; a key that is a word of Python has another name in the model."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(raw: Any, path: KeyPath) -> type[BaseModel] | None:
    """The model that holds the key at the end of a path: tables of named things are passed through."""
    model: type[BaseModel] = Config
    for key in path:
        raw = _within(raw, key)
        if model is SourceSettings and isinstance(raw, dict):
            model = kinds.find(raw["kind"]).Settings
        field = model.model_fields.get(str(key))
        if field is None:
            continue
        inner = [kind for kind in _parts(field.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not inner:
            return None
        model = inner[0]
    return model


def _within(raw: Any, key: str | int) -> Any:
    if isinstance(raw, dict):
        return raw.get(key)
    return raw[key] if isinstance(raw, list) and isinstance(key, int) else None


def _parts(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _resolved(config: Config, file: Path) -> Config:
    """The same with `file`, and all paths of this machine absolute."""
    folder, site = file.absolute().parent, config.site
    paths = {key: Path(os.path.normpath(folder / getattr(site, key))) for key in ("source", "data", "publish")}
    nodes = {
        name: node.model_copy(
            update={
                "key": node.key and folder / node.key,
                "jump_keys": node.jump_keys and tuple(folder / key for key in node.jump_keys),
            }
        )
        for name, node in config.nodes.items()
    }
    update = {"file": file, "site": site.model_copy(update=paths), "nodes": nodes, **_resolved_reports(config, folder)}
    return config.model_copy(update=update)


def _resolved_reports(config: Config, folder: Path) -> dict[str, Any]:
    reports = tuple(_placed(report, folder, ("channels_file",)) for report in config.reports)
    mail = config.mail and _placed(config.mail, folder, ("ca_file", "password_file", "sendmail"))
    watch = _placed(config.watch, folder, ("ping_file", "textfile"))
    instances = config.instances and _placed(config.instances, folder, ("ca_file", "locations"))
    consoles = config.consoles and _placed(config.consoles, folder, ("novnc",))
    return {"consoles": consoles, "mail": mail, "reports": reports, "watch": watch, "instances": instances}


def _placed(settings: Any, folder: Path, keys: Iterable[str]) -> Any:
    """The same settings, the paths under these keys absolute."""
    written = {key: getattr(settings, key) for key in keys}
    return settings.model_copy(update={key: folder / path for key, path in written.items() if path})
