"""Small named functions for what a platform file cannot say; the files point to them by name."""

from network.quirks.memory import MEMORY_READERS
from network.quirks.processors import PROCESSOR_READERS
from network.quirks.sensors import SENSOR_READERS
from network.quirks.system import SYSTEM_FACTS

__all__ = ["MEMORY_READERS", "PROCESSOR_READERS", "SENSOR_READERS", "SYSTEM_FACTS"]
