"""The queries of docs/analysts.md, on the published file as an analyst opens it."""

from pathlib import Path

import duckdb
import pytest

pytestmark = [pytest.mark.services]

DOCS = Path(__file__).resolve().parents[2] / "docs"
QUERIES = sorted((DOCS / "queries").glob("*.sql"))


@pytest.mark.parametrize("query", QUERIES, ids=lambda file: file.stem)
def test_a_query_answers_on_the_published_file(query: Path, published_file: Path):
    with duckdb.connect(str(published_file), read_only=True) as file:
        answer = file.execute(query.read_text(encoding="utf-8"))
        assert answer.description
        assert answer.fetchone() is not None, "no row: the demo says nothing to this question"


def test_every_query_is_told_of():
    page = (DOCS / "analysts.md").read_text(encoding="utf-8")
    assert len(QUERIES) == 10
    assert [file.name for file in QUERIES if file.name not in page] == []
