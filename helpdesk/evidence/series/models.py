"""Tables of the time series: what is measured where, and its buckets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.database import Base


class Series(Base):
    """One measured value of one port, by the port's name; or of the device, with an empty name."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("device_id", "name", "metric"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    name: Mapped[str] = mapped_column(String(255))
    metric: Mapped[int] = mapped_column(SmallInteger)


class SeriesPoint(Base):
    """One bucket: the sum and the number of its values, so that a late one can still be added to it.

    A count of 0 says that there was a reading, and no honest value: a gap, not a zero.
    """

    __tablename__ = "series_points"
    __table_args__ = (Index("ix__series_points__resolution_at", "resolution", "at"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    resolution: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    # Seconds since 1970: buckets are reckoned in whole seconds, and both databases compare numbers fastest.
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    total: Mapped[float] = mapped_column(Double)
    count: Mapped[int]
