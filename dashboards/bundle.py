"""Pack the dashboards into the archive that Superset imports.

By hand: `python -m dashboards.bundle <published.duckdb> <archive.zip>`. Repeatable: the same files give the same bytes.
Every object's uuid is made from its path, so an import finds again what an earlier one made.
"""

import sys
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from string import Template
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from dashboards.charts import build_chart
from dashboards.datasets import build_dataset
from dashboards.layout import Layout
from dashboards.marts import Mart, read_marts
from dashboards.sources import Board, Sources, Yaml, read_sources

NAMESPACE = uuid5(NAMESPACE_URL, "lakewarden/dashboards")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip file can hold
Bundle = dict[str, str]

try:
    from yaml import CSafeDumper as Dumper
except ImportError:
    from yaml import SafeDumper as Dumper


def uuid_of(path: str) -> str:
    """The uuid of an object, from its path below this folder without the ending."""
    return str(uuid5(NAMESPACE, path))


def uuid_of_dataset(name: str) -> UUID:
    """The uuid of a dataset by `<board>/<name>`, as access.py names it."""
    board, _, dataset = name.partition("/")
    return UUID(uuid_of(f"{board}/datasets/{dataset}"))


def build_bundle(sources: Sources, marts: Mapping[str, Mart], published: Path) -> Bundle:
    """Every file of the archive, by its path in it, sorted.

    The sources must have passed `check.py`: a broken reference ends in a KeyError here.
    """
    css = Template(sources.css).substitute(sources.palette["named"] | sources.palette["surface"])
    files: dict[str, Yaml] = {
        "metadata.yaml": {"version": "1.0.0", "type": "assets", "timestamp": "1980-01-01T00:00:00+00:00"},
        "databases/published.yaml": _database(sources.database, published),
    }
    for board in sources.boards:
        files |= _board_files(board, sources, marts, css)
    return {path: yaml.dump(files[path], Dumper=Dumper, allow_unicode=True, sort_keys=True) for path in sorted(files)}


def uuids_in(bundle: Bundle, kind: str) -> frozenset[UUID]:
    """The uuids of one kind of object (`databases`, `datasets`, `charts`, `dashboards`) in a bundle."""
    return frozenset(UUID(yaml.safe_load(text)["uuid"]) for path, text in bundle.items() if path.startswith(f"{kind}/"))


def archive(bundle: Bundle) -> bytes:
    """The bundle as a zip file, byte for byte the same for the same bundle."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in bundle.items():
            packed.writestr(zipfile.ZipInfo(f"lakewarden/{path}", FIXED_TIME), text)
    return buffer.getvalue()


def _database(template: Yaml, published: Path) -> Yaml:
    address = template["sqlalchemy_uri"].replace("${published}", str(published))
    return _numbered(template | {"sqlalchemy_uri": address}, "_shared/database")


def _board_files(board: Board, sources: Sources, marts: Mapping[str, Mart], css: str) -> dict[str, Yaml]:
    def of_board(kind: str, name: str) -> str:
        return uuid_of(f"{board.name}/{kind}/{name}")

    files: dict[str, Yaml] = {}
    for name, dataset in board.datasets.items():
        built = build_dataset(dataset, marts[dataset["mart"]]) | {"database_uuid": uuid_of("_shared/database")}
        files[f"datasets/published/{board.name}_{name}.yaml"] = _numbered(built, f"{board.name}/datasets/{name}")
    for name, chart in board.charts.items():
        dataset = board.datasets[chart["dataset"]]
        built = build_chart(chart, dataset, marts[dataset["mart"]], sources.chart_defaults, sources.palette)
        built["dataset_uuid"] = of_board("datasets", chart["dataset"])
        files[f"charts/{board.name}_{name}.yaml"] = _numbered(built, f"{board.name}/charts/{name}")
    page = Layout(board, marts, of_board).dashboard(css, sources.palette)
    files[f"dashboards/{board.name}.yaml"] = _numbered(page, f"{board.name}/dashboard")
    return files


def _numbered(built: Yaml, path: str) -> Yaml:
    return built | {"uuid": uuid_of(path), "version": "1.0.0"}


def main() -> None:
    """Write the archive named by the second argument for the published file named by the first."""
    published, target = (Path(argument).absolute() for argument in sys.argv[1:3])
    target.write_bytes(archive(build_bundle(read_sources(), read_marts(), published)))


if __name__ == "__main__":
    main()
