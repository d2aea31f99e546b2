"""The words for what was measured: parts, kinds of sensors, units."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

MEASURED_PARTS: dict[str, Any] = {
    "processors": _l("Processors"),
    "memory": _l("Memory"),
    "storage": _l("Storage"),
    "sensors": _l("Sensors"),
    "power": _l("Power supplies"),
    "alarms": _l("Active alarms"),
    "ups": _l("UPS"),
}
MEASURED: dict[str, Any] = {
    "processors_added": _l("new processor"),
    "processors_removed": _l("processor is gone"),
    "processors_usage_percent": _l("load of the processor"),
    "memory_added": _l("new memory"),
    "memory_removed": _l("memory is gone"),
    "memory_usage_percent": _l("memory in use"),
    "memory_total_bytes": _l("size of the memory"),
    "storage_added": _l("new storage"),
    "storage_removed": _l("storage is gone"),
    "storage_usage_percent": _l("storage in use"),
    "storage_total_bytes": _l("size of the storage"),
    "sensors_added": _l("new sensor"),
    "sensors_removed": _l("sensor is gone"),
    "sensors_temperature": _l("temperature"),
    "sensors_voltage": _l("voltage"),
    "sensors_current": _l("current"),
    "sensors_power": _l("power"),
    "sensors_humidity": _l("humidity"),
    "sensors_fan": _l("fan"),
    "sensors_charge": _l("battery charge"),
    "sensors_runtime": _l("time left on battery"),
    "sensors_load": _l("load"),
    "power_added": _l("new power supply"),
    "power_removed": _l("power supply is gone"),
    "power_status": _l("state of the power supply"),
    "alarms_added": _l("new alarm"),
    "alarms_removed": _l("alarm is gone"),
    "alarms_severity": _l("severity of the alarm"),
    "ups_source": _l("source of the power"),
    "ups_battery_status": _l("state of the battery"),
    "ups_last_transfer_cause": _l("cause of the last change to battery"),
    "ups_battery_charge_percent": _l("battery charge"),
    "ups_battery_runtime_minutes": _l("time left on battery"),
    "ups_battery_temperature_celsius": _l("temperature of the battery"),
    "ups_load_percent": _l("load"),
    "ups_input_volts": _l("voltage of the mains"),
}
UNITS: dict[str, Any] = {
    "celsius": "°C",
    "volts": "V",
    "amperes": "A",
    "watts": "W",
    "percent": "%",
    "rpm": "rpm",
    "minutes": _l("minutes"),
    "seconds": _l("seconds"),
}
