"""Small files of the market feedback form, as a field office would send them; every name in them is made up."""

import csv
import io
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from contracts.loading import load

DATASET = "forms.market_feedback"
PARTNER = "欧阳测试人"
NO_REGION = "无此区域代码"
_ONCE = token_hex(4)  # an installation that outlives the tests sees new files in the next run, not known ones


def sound(name: str, rows: int, *, sms: int = 100) -> bytes:
    """`rows` answers that meet the contract; `name` tells the answers of one file from those of another."""
    return _csv(_answer(f"{name}-{number}", sms_count=str(sms)) for number in range(rows))


def mostly_bad(name: str, rows: int) -> bytes:
    """A file whose every second row has a region that is none: far above what the contract lets into quarantine."""
    return _csv(
        _answer(f"{name}-{number}", **({"region_code": NO_REGION} if number % 2 else {})) for number in range(rows)
    )


def land(home: Path, day: str, name: str, content: bytes) -> Path:
    """Put a file into the inbox of its arrival day, whole at once."""
    folder = home / "landing" / Path(*DATASET.split(".")) / day
    folder.mkdir(parents=True, exist_ok=True)
    draft, path = folder / f"{name}.csv.part", folder / f"{name}.csv"
    draft.write_bytes(content)
    draft.rename(path)
    return path


def digest(content: bytes) -> str:
    """The name under which the ledger and the store know a file."""
    return sha256(content).hexdigest()


def _answer(submission: str, **more: str) -> Mapping[str, str]:
    required = {
        "submission_id": f"{_ONCE}-{submission}", "submitted_at": "2025-11-20 09:30:00", "partner_name": PARTNER,
        "region_code": "330106", "filled_on": "2025-11-20", "has_school_gift": "是", "has_organisation_gift": "否",
        "needs_head_office_teacher": "否", "has_on_site_display": "有", "known_from": "老师",
    }  # fmt: skip
    return {**required, **more}


def _csv(answers: Iterable[Mapping[str, str]]) -> bytes:
    contract = load(DATASET)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((field.aliases or (field.name,))[0] for field in contract.fields)
    writer.writerows([answer.get(field.name, "") for field in contract.fields] for answer in answers)
    return text.getvalue().encode()
