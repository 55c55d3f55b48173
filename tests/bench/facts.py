"""Desensitised facts by the million, made by the engine: purchases, their customers, and measurements of cells."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from contracts.loading import load
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import BatchRow, BatchState
from jobs.storage.zones import Zone

REGIONS = ("330100", "330200", "320100", "440100", "510100", "420100")
PRODUCTS = ("P01", "P02", "P03", "P04")
#: Counters of an hour, with a value that each never exceeds by more than nine; what succeeds stays below what was tried.
COUNTERS = {
    "RRC.ConnEstabAtt.Sum": 1_000,
    "RRC.ConnEstabSucc.Sum": 980,
    "ERAB.RelActNbr": 1_300,
    "ERAB.RelAbnormal": 3,
    "DRB.PdcpSduVolumeDL": 900_000,
    "CELL.AvailableTime": 3_590,
}
_CELLS = 1_000
_PURCHASES_OF_A_CUSTOMER = 25
_FIRST = date(2024, 1, 1)
_ARRIVAL = date(2026, 1, 31)


@dataclass(frozen=True)
class Span:
    """Facts of some days: half of them purchases, half measurements, as many each day."""

    first_day: int
    days: int
    facts_a_day: int

    @property
    def customers(self) -> int:
        """People who buy: as many as a customer file of that size of business has."""
        return max(1, self.days * self.facts_a_day // 2 // _PURCHASES_OF_A_CUSTOMER)


def release(lake: Lake, batch_id: str, span: Span, *, customers: int) -> None:
    """Write the span's facts as one batch of each dataset and show it to the marts; customers come with the first day."""
    of_each = span.facts_a_day // 2
    numbers = lake.spark.range(span.first_day * of_each, (span.first_day + span.days) * of_each)
    frames = {"crm.transactions": _purchases(numbers, of_each, customers)}
    frames["network.cell_measurements"] = _measurements(numbers, of_each)
    if not span.first_day:
        frames["crm.customers"] = _customers(lake.spark.range(customers))
    for dataset, frame in frames.items():
        contract = load(dataset)
        lake.replace_batch(
            Zone.DESENSITISED, contract.table, contract.desensitised_columns, batch_id, _whole(frame, dataset, batch_id)
        )
        Ledger(lake.home).record("batches", [_passed(dataset, batch_id)])
        lake.release(contract)


def _purchases(numbers: DataFrame, a_day: int, customers: int) -> DataFrame:
    number = F.col("id")
    return numbers.select(
        F.concat(F.lit("t"), number).alias("transaction_key"),
        F.concat(F.lit("c"), F.abs(F.xxhash64(number)) % customers).alias("customer_key"),
        _one_of(PRODUCTS, number).alias("product_code"),
        (number % 3 + 1).alias("quantity"),
        (number % 500 + F.lit(0.5)).cast("decimal(18,2)").alias("unit_price_cny"),
        ((number % 500 + F.lit(0.5)) * (number % 3 + 1)).cast("decimal(18,2)").alias("amount_cny"),
        _day(number, a_day).alias("traded_on"),
        _one_of(REGIONS, F.floor(number / 7)).alias("region_code"),
        _one_of(("online", "store"), F.floor(number / 3)).alias("channel"),
        _came_in(number, a_day),
    )


def _customers(numbers: DataFrame) -> DataFrame:
    number = F.col("id")
    return numbers.select(
        F.concat(F.lit("c"), number).alias("customer_key"),
        F.lit("person").alias("customer_kind"),
        F.concat(F.lit("r"), number).alias("resident_key"),
        _one_of(REGIONS, number).alias("region_code"),
        _one_of(("male", "female"), F.floor(number / 5)).alias("gender"),
        _one_of(("18-29", "30-39", "40-49", "50-59"), F.floor(number / 11)).alias("age_band"),
        _one_of(("teacher", "doctor", "engineer"), F.floor(number / 13)).alias("occupation"),
        F.lit(_FIRST).alias("registered_month"),
        F.lit("approved").alias("approval_state"),
    )


def _measurements(numbers: DataFrame, a_day: int) -> DataFrame:
    """One counter of a cell and an hour a row."""
    number = F.col("id")
    of_day = number % a_day
    place = (of_day % len(COUNTERS) + 1).cast("int")
    cell = F.floor(of_day / len(COUNTERS)) % _CELLS
    hour = F.floor(of_day / (len(COUNTERS) * _CELLS)) % 24
    ended = F.timestamp_seconds(F.unix_timestamp(_day(number, a_day).cast("timestamp")) + (hour + 1) * 3600)
    name = F.concat(
        F.lit("SubNetwork=1,ManagedElement="), F.lit(100_000) + F.floor(cell / 3),
        F.lit(",ENBFunction=1,EUtranCellFDD="), F.lit(100_000) + F.floor(cell / 3), F.lit("-"), cell % 3 + 1,
    )  # fmt: skip
    return numbers.select(
        name.alias("measured_object"),
        F.lit("EUtranCellFDD").alias("measurement_group"),
        F.element_at(F.array(*map(F.lit, COUNTERS)), place).alias("counter_name"),
        (ended - F.expr("interval 1 hour")).alias("period_started_at"),
        ended.alias("period_ended_at"),
        F.lit(3_600).alias("granularity_s"),
        (F.element_at(F.array(*map(F.lit, COUNTERS.values())), place) + number % 10).cast("double").alias("value"),
        F.lit(False).alias("is_suspect"),
        F.lit("32.435").alias("standard"),
        _came_in(number, a_day),
    )


def _whole(frame: DataFrame, dataset: str, batch_id: str) -> DataFrame:
    """The rows with every column of the desensitised table; what nobody made is NULL."""
    made = {
        "batch_id": F.lit(batch_id),
        "source_file_sha256": F.lit("0" * 64),
        "source_row_number": F.monotonically_increasing_id(),
        "ingested_at": F.lit(datetime(2026, 1, 31, tzinfo=UTC)),
        "arrival_date": F.lit(_ARRIVAL),
    }
    columns = load(dataset).desensitised_columns.items()
    return frame.select(
        *((F.col(name) if name in frame.columns else made.get(name, F.lit(None))).cast(kind).alias(name)
          for name, kind in columns)
    )  # fmt: skip


def _day(number: Column, a_day: int) -> Column:
    return F.date_add(F.lit(_FIRST), F.floor(number / a_day).cast("int"))


def _came_in(number: Column, a_day: int) -> Column:
    """A day's facts were taken in on the day after, as they are where a batch comes every day."""
    return F.date_add(_day(number, a_day), 1).cast("timestamp").alias("ingested_at")


def _one_of(values: tuple[str, ...], number: Column) -> Column:
    return F.element_at(F.array(*map(F.lit, values)), (number % len(values) + 1).cast("int"))


def _passed(dataset: str, batch_id: str) -> BatchRow:
    return BatchRow(dataset, batch_id, Zone.DESENSITISED, BatchState.PASSED, _ARRIVAL, 1, 1, "0", "1.0.0", "")
