"""Mistakes in how a contract names its form server, each with its line, and the times that it may give."""

import pytest

from contracts.clock import minutes_of_day, smallest_gap
from contracts.errors import InvalidContracts
from contracts.loading import ROOT, from_form_servers, load_file

GOOD = (ROOT / "forms" / "market_feedback.odcs.yaml").read_text(encoding="utf-8")
TIMES = '["30 11,17,23 * * *"]'


def written(folder, text):
    path = folder / "forms" / "market_feedback.odcs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message", "at"),
    [
        ("        at_most_every_minutes: 60\n", "", "'at_most_every_minutes' is a required property", "pull:"),
        (f"        taken_at: {TIMES}", "        #", "'taken_at' is a required property", "pull:"),
        (TIMES, "[]", "[] should be non-empty", "taken_at:"),
        ("page_size: 1000", "page_size: 1000\n        token: x", "'token' was unexpected", "pull:"),
        ("page_size: 1000", "page_size: 1000\n        address: x", "'address' was unexpected", "pull:"),
        (TIMES, '["0 24 * * *"]', "taken_at: '0 24 * * *' is no cron expression", "taken_at:"),
        (TIMES, '["0 5 1 * *"]', "taken_at: '0 5 1 * *' leaves out days of a month", "taken_at:"),
        (TIMES, '["daily"]', "is no cron expression", "taken_at:"),
        (TIMES, '["0 * * * *"]', "60 minutes apart, where the owner wants more than 60 (D09-9)", "taken_at:"),
        (TIMES, '["50 23 * * *", "5 0 * * *"]', "15 minutes apart", "taken_at:"),
        ("        - {kind: kobo_json, timezone: UTC}\n", "", "'kobo' lands needs the reader 'kobo_json'", "pull:"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, old, new, message, at):
    assert old in GOOD, "the test speaks of text that the contract does not have"
    changed = GOOD.replace(old, new, 1)
    with pytest.raises(InvalidContracts) as refused:
        load_file(written(tmp_path, changed))
    assert message in str(refused.value)
    (place,) = (number for number, line in enumerate(changed.splitlines(), start=1) if line.lstrip().startswith(at))
    assert [problem.line for problem in refused.value.problems] == [place]


@pytest.mark.parametrize(
    ("crons", "gap"),
    [
        (["0 0 * * *"], 1440),
        (["0 0 * * 1-5", "30 12 * * 7"], 690),
        (["*/15 8-20 * * *"], 15),
        (["5-59/20 */6 * * *"], 20),
        (["7-7 3 * * *"], 1),  # the scheduler's library takes it for every minute
        (["0 0 * * *", "0 0 * * *"], 1440),
    ],
)
def test_the_smallest_gap_is_over_all_times_and_over_midnight(crons, gap):
    assert smallest_gap(crons) == gap


@pytest.mark.parametrize("part", ["", "60", "-1", "*/0", "a", "1,", "*-3"])
def test_a_part_that_no_clock_knows_is_refused(part):
    with pytest.raises(ValueError, match="is no cron expression"):
        minutes_of_day(f"{part} 0 * * *")


@pytest.mark.parametrize("named", ["      pull: {}\n", "{'pull' : {}}\n"])
def test_only_contracts_that_name_a_form_server_are_read(tmp_path, named):
    written(tmp_path, GOOD)
    broken = tmp_path / "forms" / "broken.odcs.yaml"
    broken.write_text("nothing: of this\n", encoding="utf-8")
    assert [contract.id for contract in from_form_servers(tmp_path)] == ["forms.market_feedback"]
    broken.write_text(named, encoding="utf-8")
    with pytest.raises(InvalidContracts):
        from_form_servers(tmp_path)
