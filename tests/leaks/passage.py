"""The way of planted people through a running platform: by hand, through the scheduler, into errors, to a viewer.

Whatever a command prints and whatever a viewer is answered is kept, because it has to be searched as well.
"""

import json
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
from pyhive import hive
from pyspark.sql import functions as F

from dashboards.sources import read_sources
from infra.services.installation import Installation
from infra.services.supervisor import descendants
from jobs.errors import StepFailed
from jobs.prove.deliveries import CUSTOMERS, FEEDBACK, MEASUREMENTS
from jobs.storage.engine import engine
from tests.conftest import ROOT, Platform
from tests.e2e.airflow_client import AirflowClient

DATASETS = (FEEDBACK, MEASUREMENTS, CUSTOMERS)
_PATIENCE_S = 1200


@dataclass(frozen=True)
class Passage:
    """A platform, and the folder below which everything it says is kept: `said` and, of commands, `temporary`."""

    platform: Platform
    kept: Path

    def keep(self, name: str, text: str) -> str:
        """Note what was said."""
        folder = self.kept / "said"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{len(list(folder.iterdir())):03d} {name}.txt").write_text(text, encoding="utf-8")
        return text

    def run(self, *arguments: str, ends_with: Iterable[int] = (0,)) -> None:
        """A `lakewarden` command, with a temporary folder of its own, which is kept."""
        temporary = self.kept / "temporary"
        temporary.mkdir(parents=True, exist_ok=True)
        command = ("env", f"TMPDIR={temporary}", "lakewarden", *arguments)
        ended = self.platform.run(*command, check=False, timeout_s=_PATIENCE_S)
        self.keep(" ".join(arguments[:2]), ended.stdout + ended.stderr)
        assert ended.returncode in ends_with, f"{arguments[:3]} ended with {ended.returncode}: {ended.stderr[-3000:]}"

    def land(self, dataset: str, day: str, name: str, content: bytes) -> str:
        """Put a file into the inbox, whole at once; gives its digest."""
        folder = self.platform.home / "landing" / Path(*dataset.split(".")) / day
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.part"
        draft.write_bytes(content)
        draft.rename(folder / name)
        return sha256(content).hexdigest()

    # --- the ways ---

    def by_hand(self) -> None:
        """Every dataset of the odd files through its gates, then the marts to the readers, command by command."""
        for dataset in DATASETS:
            self.run("ingest", dataset)
            self.run("gate", "raw", dataset)
            self.run("desensitise", dataset)
            self.run("gate", "desensitised", dataset)
        self.run("build")
        self.run("gate", "marts")
        self.run("publish")
        self.run("status")

    def through_the_scheduler(self, dag: str, *, ends: str) -> None:
        """One run of a source, of which is kept what a viewer may see; the marts rest, for they have been run by hand."""
        with self._airflow("admin") as admin:
            admin.pause("marts")
            run, state = admin.run(dag, _PATIENCE_S)
            admin.pause("marts", is_paused=False)
            assert state == ends, admin.states(dag, run)
        with self._airflow("viewer") as viewer:
            for name, task in viewer.tasks(dag, run).items():
                self.keep(f"task {name}", json.dumps(task, ensure_ascii=False))
                if task["try_number"]:
                    self.keep(f"log {name}", viewer.log(dag, run, name, task["try_number"]))

    def _airflow(self, account: str) -> AbstractContextManager[AirflowClient]:
        return AirflowClient.login(
            self.platform.airflow_url, account, self.platform.password(f"airflow_{account}_password")
        )

    def into_errors_of_the_engine(self) -> None:
        """Casts that fail on planted values, over both doors; the clients are told the value, the engine's log is not."""
        raw = self.platform.home / "raw" / "crm_customers"
        try:
            with engine(self.platform.settings) as spark:
                spark.read.format("delta").load(str(raw)).select(F.col("contact_phone").cast("date")).collect()
        except StepFailed as refused:
            self.keep("a cast that failed over Connect", str(refused))
        else:
            raise AssertionError("phones were cast to dates: nothing failed, so nothing was shown")
        with closing(hive.connect("127.0.0.1", self.platform.ports["LAKEWARDEN_THRIFT_PORT"])) as door:
            try:
                door.cursor().execute(f"SELECT CAST(contact_phone AS DATE) FROM delta.`{raw}`")
            except hive.OperationalError:
                return
        raise AssertionError("phones were cast to dates: nothing failed, so nothing was shown")

    def to_a_viewer(self) -> None:
        """Dashboards deployed, and every one looked at by the one role that may see all; the answers are kept."""
        self.platform.run("python", "-m", "infra.services.up")
        with httpx.Client(base_url=self.platform.superset_url, timeout=120, follow_redirects=True) as client:
            form = client.get("/login/").raise_for_status().text
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
            assert token, "the login page has no form token"
            account = {"username": "steward", "password": self.platform.password("superset_steward_password")}
            client.post("/login/", data={**account, "csrf_token": token[1]}).raise_for_status()
            headers = {"X-CSRFToken": client.get("/api/v1/security/csrf_token/").raise_for_status().json()["result"]}
            answers = [self._charts(client, headers, board.dashboard["slug"]) for board in read_sources().boards]
        assert sum(answers), "no chart answered: the caches would be empty"

    def _charts(self, client: httpx.Client, headers: dict[str, str], slug: str) -> int:
        charts = client.get(f"/api/v1/dashboard/{slug}/charts").raise_for_status().json()["result"]
        forms = [chart["form_data"] for chart in charts]
        for form in forms:
            metrics, by = form.get("metrics") or [form["metric"]], form.get("groupby") or []
            question = {"metrics": metrics, "columns": [by] if isinstance(by, str) else by, "row_limit": 1000}
            source = {"id": int(form["datasource"].partition("__")[0]), "type": "table"}
            body = {"datasource": source, "queries": [question], "result_format": "json", "result_type": "full"}
            answer = client.post("/api/v1/chart/data", json=body, headers=headers).raise_for_status()
            self.keep(f"chart of {slug}", answer.text)
        return len(forms)

    def keep_command_lines(self) -> None:
        """What everybody on the machine can see of the running services."""
        processes = descendants(Installation(ROOT, self.platform.home))
        assert processes, "no service runs: their command lines would prove nothing"
        self.keep("command lines", "\n".join(" ".join(process.cmdline()) for process in processes))
