"""A public data set of people: the New Coder Survey, which Superset carries among its examples; nothing is fetched."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
_EXAMPLES = Path(".venv", "superset", "lib", "python3.11", "site-packages", "superset", "examples")
FILE = ROOT / _EXAMPLES / "fcc_new_coder_survey" / "data.parquet"

#: By which columns somebody could be recognised, from few large classes to many of one person.
QUASI_IDENTIFIERS = {
    "gender": ["gender"],
    "age_and_city": ["age_band", "live_city_population"],
    "four": ["age_band", "gender", "live_city_population", "school_degree"],
}
#: Two texts and two numbers, so that both distances are asked for.
SENSITIVE = ["marital_status", "lang_at_home", "hours_learning", "money_for_learning"]


def rows() -> list[dict[str, object]]:
    """Everybody who answered all that is asked here; the age in steps of ten years up to 50. In the file's order."""
    wanted = ["age", "gender", "live_city_population", "school_degree", *SENSITIVE]
    table = pq.read_table(FILE, columns=wanted).drop_null()
    decade = pc.min_element_wise(pc.multiply(pc.divide(table["age"], 10), 10), 50)
    return table.drop_columns("age").append_column("age_band", pc.cast(decade, "string")).to_pylist()
