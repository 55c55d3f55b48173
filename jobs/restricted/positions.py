"""Where a phone was, from what a cell measured and where the cell stands. Core data (D09-3, DEC-5)."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from jobs.desensitise.numbers import METRES_PER_DEGREE

_FULL_CIRCLE = 360.0

POSITION_COLUMNS = {
    "enodeb_id": "bigint",
    "cell_id": "bigint",
    "period_started_at": "timestamp",
    "report_number": "bigint",
    "latitude": "double",
    "longitude": "double",
    "distance_m": "double",
    "bearing_deg": "double",
    "bearing_is_measured": "boolean",
}


def located(reports: DataFrame, cells: DataFrame) -> DataFrame:
    """One row per report that says how far the phone was from a cell whose site is known; `POSITION_COLUMNS` and more.

    reports: raw rows of `network.mro_samples`, several per report. cells: one row per cell, see `newest_cells`.
    The phone is put at the measured distance along the measured angle of arrival, which counts anticlockwise from
    north (3GPP TS 36.214, 5.2.6), else along the antenna's azimuth, in degrees clockwise from north.
    NULL: nothing; a report without a distance, a cell without a site or without any direction gives no row.
    """
    first = Window.partitionBy(*_REPORT).orderBy("neighbour_number")
    one_each = reports.withColumn("place", F.row_number().over(first)).where(
        "place = 1 AND timing_advance_m IS NOT NULL"
    )
    measured = F.pmod(_FULL_CIRCLE - F.col("angle_of_arrival_deg"), F.lit(_FULL_CIRCLE))
    bearing = F.coalesce(measured, F.col("azimuth_deg").cast("double"))
    return (
        one_each.where("place = 1 AND timing_advance_m IS NOT NULL")
        .join(cells, on=["enodeb_id", "cell_id"])
        .withColumn("bearing_deg", bearing)
        .withColumn("bearing_is_measured", F.col("angle_of_arrival_deg").isNotNull())
        .withColumn("distance_m", F.col("timing_advance_m").cast("double"))
        .withColumn("latitude", _shifted("site_latitude", F.cos(F.radians("bearing_deg"))))
        .withColumn("longitude", _shifted("site_longitude", F.sin(F.radians("bearing_deg")) / _narrowing()))
        .where("bearing_deg IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL")
    )


def newest_cells(parameters: DataFrame) -> DataFrame:
    """One row per cell: where its site stands in degrees and its azimuth, by the workbook that came last.

    parameters: raw rows of `network.engineering_parameters`.
    """
    newest = Window.partitionBy("enodeb_id", "cell_id").orderBy(F.desc("ingested_at"), F.desc("source_row_number"))
    return (
        parameters.withColumn("place", F.row_number().over(newest))
        .where("place = 1")
        .select(
            "enodeb_id",
            "cell_id",
            F.col("latitude").cast("double").alias("site_latitude"),
            F.col("longitude").cast("double").alias("site_longitude"),
            "azimuth_deg",
        )
    )


_REPORT = ("source_file_sha256", "enodeb_id", "cell_id", "period_started_at", "report_number")


def _shifted(site: str, share: Column) -> Column:
    """A coordinate in degrees, moved by the share of the distance that lies along its axis.

    The Earth as a sphere is good enough: one step of the distance is 78 m.
    """
    return F.col(site) + F.col("distance_m") * share / METRES_PER_DEGREE


def _narrowing() -> Column:
    """How much shorter a degree of longitude is than one of latitude."""
    return F.cos(F.radians("site_latitude"))
