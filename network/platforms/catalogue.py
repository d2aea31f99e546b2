"""Load the platform files and recognise a device."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from network.platforms.definition import (
    OF_THE_MODEL,
    Command,
    Identification,
    PlatformDefinition,
    SshSettings,
)
from network.platforms.parameters import argument_of

DEFAULT_PLATFORM = "default"
# A fitting description says more than any prefix of the object id.
_DESCRIPTION_WEIGHT = 1000
_OID_WITH_STARS = re.compile(r'"([0-2](?:\.(?:[0-9]+|\*))*\.\*(?:\.(?:[0-9]+|\*))*)"')


class BadPlatformFile(ValueError):
    """A platform file that cannot be used: names the file, the place and the reason."""


def load_platform(source: Traversable) -> PlatformDefinition:
    """Read and check one platform file."""
    try:
        data = yaml.safe_load(source.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise BadPlatformFile(f"{source.name}: {error}") from error
    try:
        definition = PlatformDefinition.model_validate(data)
    except ValidationError as error:
        raise BadPlatformFile(f"{source.name}: {'; '.join(_explain(error))}") from error
    if f"{definition.platform}.yaml" != source.name:
        raise BadPlatformFile(f"{source.name}: platform is {definition.platform!r}, the file says otherwise")
    return definition


@cache
def list_platforms() -> Mapping[str, PlatformDefinition]:
    """Return every platform of the package by name."""
    folder = resources.files("network.platforms")
    files = sorted(
        (item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name
    )
    return MappingProxyType({item.name.removesuffix(".yaml"): load_platform(item) for item in files})


def get_platform(name: str) -> PlatformDefinition:
    """Return one platform by name."""
    try:
        return list_platforms()[name]
    except KeyError:
        known = ", ".join(list_platforms())
        raise KeyError(f"No platform is called {name!r}; known are {known}.") from None


@lru_cache(maxsize=512)
def fit_to_model(name: str, object_id: str) -> PlatformDefinition:
    """Return a platform with the stars in its OIDs replaced by the numbers of the device's sysObjectID.

    Where sysObjectID is too short for a star, 0 stands there: an object that no device has.
    """
    text = get_platform(name).model_dump_json()
    arcs = object_id.split(".")

    def fit(found: re.Match[str]) -> str:
        places = enumerate(found.group(1).split("."))
        fitted = (_arc_of(arcs, place) if arc == OF_THE_MODEL else arc for place, arc in places)
        return f'"{".".join(fitted)}"'

    fitted = _OID_WITH_STARS.sub(fit, text)
    return get_platform(name) if fitted == text else PlatformDefinition.model_validate_json(fitted)


def _arc_of(arcs: list[str], place: int) -> str:
    return arcs[place] if place < len(arcs) else "0"


def find_command(settings: SshSettings | None, text: str) -> Command | None:
    """Return the listed command that the text is, or is with a value of the right type in its place."""
    for command in settings.commands if settings else ():
        if text == (command.run if command.parameter is None else None):
            return command
        if command.parameter is not None and argument_of(command.run, text) is not None:
            return command
    return None


def recognise(
    object_id: str | None, description: str | None, platforms: Iterable[PlatformDefinition] | None = None
) -> PlatformDefinition | None:
    """Return the platform that fits the system group best, or None."""
    candidates = list_platforms().values() if platforms is None else platforms
    scored = ((_score(item.identify, object_id or "", description or ""), item) for item in candidates)
    best = max(scored, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] > 0 else None


def _score(identify: Identification, object_id: str, description: str) -> int:
    score = 0
    if identify.sys_object_id:
        fitting = [len(prefix) for prefix in identify.sys_object_id if _has_prefix(object_id, prefix)]
        if not fitting:
            return 0
        score += max(fitting)
    if identify.sys_descr:
        if not re.search(identify.sys_descr, description):
            return 0
        score += _DESCRIPTION_WEIGHT
    if identify.not_sys_descr and re.search(identify.not_sys_descr, description):
        return 0
    return score


def _has_prefix(object_id: str, prefix: str) -> bool:
    return f"{object_id}.".startswith(f"{prefix.rstrip('.')}.")


def _explain(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors()]
