"""How memory is told: bytes, kibibytes, used and free, or a bare percentage."""

from collections.abc import Callable, Mapping
from typing import Final

from network.observations import MemoryPool
from network.quirks.rows import SourceRows, as_text, format_index

MemoryReader = Callable[[SourceRows], list[MemoryPool]]

_RAM_TYPE: Final = (1, 3, 6, 1, 2, 1, 25, 2, 1, 2)
_VIRTUAL_TYPE: Final = (1, 3, 6, 1, 2, 1, 25, 2, 1, 3)
_DISK_TYPES: Final = tuple((1, 3, 6, 1, 2, 1, 25, 2, 1, number) for number in range(4, 11))
_OTHER_TYPE: Final = (1, 3, 6, 1, 2, 1, 25, 2, 1, 1)
# net-snmp lists these as "other"; they are memory all the same.
_PARTS_OF_PHYSICAL: Final = ("memory buffers", "cached memory", "shared memory")
_MEMORY_NAMES: Final = (*_PARTS_OF_PHYSICAL, "swap space", "main memory")
_UCD_PARTS: Final = {"buffers": "Memory buffers", "cached": "Cached memory"}
# What Linux counts as used and gives back at once, under the name it has beside the whole (EOS says RAM).
_SPARE_PARTS: Final = {
    "physical memory": ("memory buffers", "cached memory"),
    "ram": ("ram (buffers)", "ram (cache)"),
}


def pool(
    name: str,
    *,
    used: float | None = None,
    total: float | None = None,
    percent: float | None = None,
    index: str | None = None,
) -> MemoryPool:
    """Build a pool, working out what follows from what is known."""
    if percent is None and used is not None and total:
        percent = used * 100 / total
    if used is None and percent is not None and total:
        used = total * percent / 100
    return MemoryPool(
        name=name,
        used_bytes=None if used is None else round(used),
        total_bytes=None if total is None else round(total),
        usage_percent=None if percent is None else round(percent, 2),
        index=index,
    )


def _read_plain(rows: SourceRows) -> list[MemoryPool]:
    """Used, free, total or percent, whichever the agent has."""
    pools = []
    for index in rows.indexes("used", "free", "total", "percent"):
        used, free, total = (_bytes(rows, name, index) for name in ("used", "free", "total"))
        if total is None and used is not None and free is not None:
            total = used + free
        if used is None and total is not None and free is not None:
            used = max(0, total - free)
        percent = rows.scaled("percent", index)
        if (used is None and percent is None) or total == 0:
            continue
        pools.append(
            pool(rows.name_of(index), used=used, total=total, percent=percent, index=format_index(index))
        )
    return pools


def _read_high_capacity(rows: SourceRows) -> list[MemoryPool]:
    """CISCO-ENHANCED-MEMPOOL: 64-bit columns where the agent has them, 32-bit ones where not."""
    pools = []
    for index in rows.indexes("used", "used_32"):
        used, free = _bytes(rows, "used", index), _bytes(rows, "free", index)
        if used is None or free is None:
            used, free = _bytes(rows, "used_32", index), _bytes(rows, "free_32", index)
        if used is not None and free is not None and used + free > 0:
            pools.append(pool(rows.name_of(index), used=used, total=used + free, index=format_index(index)))
    return pools


def _read_with_total(rows: SourceRows) -> list[MemoryPool]:
    """Only rows with a total are memory (Junos lists fans and sensors in the same table)."""
    pools = []
    for index in rows.indexes("percent"):
        total = _bytes(rows, "total", index)
        if total:
            percent = rows.scaled("percent", index)
            pools.append(pool(rows.name_of(index), total=total, percent=percent, index=format_index(index)))
    return pools


def _read_huawei(rows: SourceRows) -> list[MemoryPool]:
    """A percentage for each board; its size in mebibytes or, where that is empty, in bytes.

    The bytes are a signed number of 32 bits: wrong for every board of 2 GiB and more.
    """
    pools = []
    for index in rows.indexes("percent"):
        percent = rows.scaled("percent", index)
        mebibytes = rows.number("total_mebibytes", index) or 0
        total = mebibytes * 1024 * 1024 if mebibytes > 0 else (rows.number("total", index) or 0) % 2**32
        if percent:
            pools.append(
                pool(rows.name_of(index), total=total or None, percent=percent, index=format_index(index))
            )
    return pools


def _read_linux(rows: SourceRows) -> list[MemoryPool]:
    """UCD-SNMP: what neither is free nor serves as buffer or cache; then these two, and the swap space."""
    total, free = _bytes(rows, "total", (0,)), _bytes(rows, "free", (0,))
    if not total or free is None:
        return []
    parts = {name: _bytes(rows, name, (0,)) for name in _UCD_PARTS}
    used = max(0, total - free - sum(part or 0 for part in parts.values()))
    pools = [pool(rows.name_of((0,)), used=used, total=total, index="0")]
    pools += [
        pool(_UCD_PARTS[name], used=part, total=total, index=name)
        for name, part in parts.items()
        if part is not None
    ]
    swap, free_swap = _bytes(rows, "swap", (0,)), _bytes(rows, "free_swap", (0,))
    if swap and free_swap is not None:
        pools.append(pool("Swap space", used=max(0, swap - free_swap), total=swap, index="swap"))
    return pools


def _read_host_resources(rows: SourceRows) -> list[MemoryPool]:
    """HOST-RESOURCES: on Linux, "used" of physical memory counts buffers and cache, which are not in use."""
    names = {index: as_text(rows.cell("name", index)) or "memory" for index in rows.indexes("type")}
    cells = {
        index: cell
        for index, name in names.items()
        if _is_memory(rows, index, name) and (cell := _storage_cell(rows, index)) is not None
    }
    by_name = {names[index].lower(): cell for index, cell in cells.items()}
    physical = by_name.get("physical memory", (0.0, 0.0))
    pools = []
    for index, (used, total) in cells.items():
        name = names[index].lower()
        spare = sum(by_name[part][0] for part in _SPARE_PARTS.get(name, ()) if part in by_name)
        if spare <= used:
            used -= spare
        if name in _PARTS_OF_PHYSICAL and physical[1]:
            # The agent gives a part its own size as total, so it would always be full.
            total = physical[1]
        if total:
            pools.append(pool(names[index], used=used, total=total, index=format_index(index)))
    return pools


def _read_host_resources_but_disks(rows: SourceRows) -> list[MemoryPool]:
    """HOST-RESOURCES of a firewall: every store that is no disk, whatever type it says to be."""
    pools = []
    for index in rows.indexes("type"):
        cell = _storage_cell(rows, index)
        if rows.cell("type", index) not in _DISK_TYPES and cell is not None and cell[1]:
            name = as_text(rows.cell("name", index)) or "memory"
            pools.append(pool(name, used=cell[0], total=cell[1], index=format_index(index)))
    return pools


def _is_memory(rows: SourceRows, index: tuple[int, ...], name: str) -> bool:
    kind = rows.cell("type", index)
    return kind in (_RAM_TYPE, _VIRTUAL_TYPE) or (kind == _OTHER_TYPE and name.lower() in _MEMORY_NAMES)


def _storage_cell(rows: SourceRows, index: tuple[int, ...]) -> tuple[float, float] | None:
    unit, size, used = (rows.number(name, index) for name in ("unit", "size", "used"))
    if unit is None or size is None or used is None:
        return None
    # Past 2^31 units the agents let the signed number wrap.
    return (used % 2**32) * unit, (size % 2**32) * unit


def _bytes(rows: SourceRows, name: str, index: tuple[int, ...]) -> float | None:
    value = rows.number(name, index)
    return None if value is None or value < 0 else value * rows.unit_bytes


MEMORY_READERS: Final[Mapping[str, MemoryReader]] = {
    "plain": _read_plain,
    "high_capacity": _read_high_capacity,
    "with_total": _read_with_total,
    "huawei": _read_huawei,
    "linux": _read_linux,
    "host_resources": _read_host_resources,
    "host_resources_but_disks": _read_host_resources_but_disks,
}
