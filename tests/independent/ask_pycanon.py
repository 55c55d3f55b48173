"""Ask pycanon for its figures of the public survey, and print them as JSON; see test_privacy_measures.py.

pycanon pins its own versions of numpy and pandas, so it lives in an environment of its own:

    python -m venv <folder> && <folder>/bin/pip install pycanon==1.3.6 pyarrow
    PYTHONPATH=. <folder>/bin/python tests/independent/ask_pycanon.py > tests/spark/pycanon_figures.json
"""

import json
from hashlib import sha256
from importlib.metadata import version

import pandas as pd
from pycanon import anonymity

from tests.spark.public_survey import FILE, QUASI_IDENTIFIERS, SENSITIVE, rows

people = pd.DataFrame(rows())
figures = {
    name: {"k": int(anonymity.k_anonymity(people, quasi))}
    | {
        column: {
            "distinct_l": int(anonymity.l_diversity(people, quasi, [column])),
            "entropy_l": int(anonymity.entropy_l_diversity(people, quasi, [column])),
            "t": float(anonymity.t_closeness(people, quasi, [column])),
        }
        for column in SENSITIVE
    }
    for name, quasi in QUASI_IDENTIFIERS.items()
}
made_of = {"pycanon": version("pycanon"), "data_sha256": sha256(FILE.read_bytes()).hexdigest(), "rows": len(people)}
print(json.dumps({**made_of, "figures": figures}, indent=1))
