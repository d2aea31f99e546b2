"""The published JSON Schemas: of a snapshot, and of a platform file."""

import json
from importlib import resources
from typing import Any, Final

from pydantic import TypeAdapter

from network.observations import Snapshot
from network.platforms.definition import PlatformDefinition

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def build_snapshot_schema() -> dict[str, Any]:
    """Return the schema of what `Snapshot.to_dict` gives, as the code has it now."""
    schema = TypeAdapter(Snapshot).json_schema()
    return {"$schema": _DIALECT, **schema}


def build_platform_schema() -> dict[str, Any]:
    """Return the schema of a platform file, as the code has it now."""
    return {"$schema": _DIALECT, **PlatformDefinition.model_json_schema()}


def read_published_schema(name: str) -> dict[str, Any]:
    """Return a schema as it is shipped: `snapshot-v3`, older ones as `snapshot-v1`, or `platform`."""
    text = resources.files("network.schemas").joinpath(f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
