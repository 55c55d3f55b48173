"""What a request to come back may ask, who may decide it and until when it holds; no ledger, no engine."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.loading import load
from jobs.approval.deadline import end_of_next_working_day, moment
from jobs.approval.people import Person
from jobs.business_calendar import announced_days
from jobs.errors import GrantEnded, RevealRefused, SelfApproval, UnknownPerson, UnknownWorkingDays
from jobs.reveal import rules
from jobs.reveal.rules import Reveal, RevealState
from jobs.settings import RevealLimits

TOKENS = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
NOW = datetime(2026, 1, 30, 7, tzinfo=UTC)  # a Friday, 15:00 in China
TOMORROW = NOW + timedelta(days=1)
ASKS = Person("wang", ("os:wang", "airflow:wang"), may_approve=True)
DECIDES = Person("li", ("os:li", "airflow:li.na"), may_approve=True)
LOOKS = Person("zhao", ("os:zhao",), may_approve=False)
ASKED = {"purpose": "电话核对资料", "ticket": "KF-1", "requester": "os:wang", "until": TOMORROW}


def asked(tokens=TOKENS, *, column="contact_phone_key", limits=None, **changed) -> Reveal:
    limits = limits or RevealLimits()
    return rules.request(load("crm.customers"), column, tokens, now=NOW, limits=limits, **{**ASKED, **changed})


def decided(reveal, account="os:li", by=DECIDES, state=RevealState.APPROVED, now=NOW) -> Reveal:
    return rules.decided(reveal, state, account=account, by=by, requester=ASKS, now=now)


def test_a_request_says_who_what_what_for_and_until_when():
    made = asked()
    assert (made.dataset, made.field, made.tokens) == ("crm.customers", "contact_phone", TOKENS)
    assert (made.requester, made.purpose, made.ticket) == ("os:wang", "电话核对资料", "KF-1")
    assert (made.valid_until, made.state) == (TOMORROW, RevealState.REQUESTED)


def test_the_same_words_are_the_same_request_in_whatever_order_the_tokens_stand():
    first, second = TOKENS
    same = asked([f"{second}\n{first} , {second}"], column="contact_phone")
    assert same.reveal_id == asked().reveal_id
    assert same.tokens == (second, first), "a token twice is asked once"
    others = [
        {"purpose": "电话核对地址"},
        {"ticket": "KF-2"},
        {"requester": "os:li"},
        {"until": NOW + timedelta(hours=1)},
    ]
    assert len({asked(**other).reveal_id for other in others} | {asked().reveal_id}) == 5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"column": "customer_name"}, "sealed columns: contact_phone_key"),
        ({"tokens": []}, "no token"),
        ({"tokens": ["13800138000"]}, "1 of 1 tokens do not look like tokens"),
        ({"tokens": [TOKENS[0], "11010519491231002X"]}, "1 of 2 tokens"),
        ({"limits": RevealLimits(most_tokens=1)}, "2 tokens in one request, at most 1"),
        ({"purpose": "  "}, "4 to 200"),
        ({"purpose": "回访 13800138000"}, "like an identifier"),
        ({"purpose": "回访 １３８-００１３-８０００"}, "like an identifier"),
        ({"purpose": "发邮件到 a.b@example.com"}, "like an identifier"),
        ({"ticket": "13800138000"}, "like an identifier"),
        ({"ticket": "KF 1"}, "a ticket is"),
        ({"until": NOW}, "not into the past"),
        ({"until": datetime(2026, 2, 2, 16, 0, 1, tzinfo=UTC)}, "at most 3 calendar days, to 2026-02-03 00:00"),
    ],
)
def test_a_request_that_asks_too_much_is_refused_and_nothing_of_it_repeated(changed, said):
    with pytest.raises(RevealRefused, match=said) as refusal:
        asked(**changed)
    for word in ("13800138000", "11010519491231002X", "example.com", "回访"):
        assert word not in str(refusal.value)


def test_a_request_may_hold_to_the_end_of_the_third_calendar_day():
    assert asked(until=datetime(2026, 2, 2, 16, tzinfo=UTC)).state is RevealState.REQUESTED


def test_somebody_else_approves():
    made = decided(asked())
    assert (made.state, made.decided_by, made.decided_at) == (RevealState.APPROVED, "os:li", NOW)
    rules.require_openable(made, by=ASKS, requester=ASKS, now=NOW)


@pytest.mark.parametrize("account", ASKS.accounts)
@pytest.mark.parametrize("state", [RevealState.APPROVED, RevealState.REFUSED])
def test_who_asks_never_decides_through_whichever_door(account, state):
    with pytest.raises(SelfApproval, match=f"{account} and os:wang are accounts of one person"):
        decided(asked(), account=account, by=ASKS, state=state)


def test_who_may_not_approve_does_not():
    with pytest.raises(UnknownPerson, match="zhao may not approve"):
        decided(asked(), account="os:zhao", by=LOOKS)


@pytest.mark.parametrize("state", [RevealState.APPROVED, RevealState.OPENED])
def test_a_request_is_decided_once(state):
    with pytest.raises(RevealRefused, match=f"was {state} before"):
        decided(replace(asked(), state=state), state=RevealState.REFUSED)


@pytest.mark.parametrize("state", [RevealState.REFUSED, RevealState.REVOKED, RevealState.EXPIRED])
def test_what_has_ended_is_neither_decided_nor_opened(state):
    ended = replace(asked(), state=state)
    with pytest.raises(GrantEnded, match=f"was {state}"):
        decided(ended)
    with pytest.raises(GrantEnded, match=f"was {state}"):
        rules.require_openable(ended, by=ASKS, requester=ASKS, now=NOW)


@pytest.mark.parametrize("state", [RevealState.APPROVED, RevealState.OPENED])
def test_a_grant_ends_at_its_moment_and_not_before(state):
    grant = replace(asked(), state=state)
    rules.require_openable(grant, by=ASKS, requester=ASKS, now=TOMORROW - timedelta(microseconds=1))
    with pytest.raises(GrantEnded, match="expired at 2026-01-31 15:00"):
        rules.require_openable(grant, by=ASKS, requester=ASKS, now=TOMORROW)
    with pytest.raises(GrantEnded):
        decided(asked(), now=TOMORROW)


def test_only_who_asked_opens_and_only_what_is_approved():
    with pytest.raises(UnknownPerson, match="somebody else's"):
        rules.require_openable(decided(asked()), by=DECIDES, requester=ASKS, now=NOW)
    with pytest.raises(RevealRefused, match="not approved yet"):
        rules.require_openable(asked(), by=ASKS, requester=ASKS, now=NOW)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-28T09:00", "2026-01-30T00:00"),  # a Wednesday: to the end of Thursday
        ("2026-01-30T15:00", "2026-02-03T00:00"),  # a Friday: to the end of Monday
        ("2026-02-13T15:00", "2026-02-15T00:00"),  # the Saturday before the Spring Festival is worked (调休)
        ("2026-02-14T15:00", "2026-02-25T00:00"),  # and nine days off follow
    ],
)
def test_one_working_day_is_the_state_councils(now, expected):
    assert end_of_next_working_day(moment(now), announced_days()) == moment(expected)


def test_a_year_that_the_calendar_lacks_is_no_guess():
    with pytest.raises(UnknownWorkingDays, match="2027; give --until, or add the year"):
        end_of_next_working_day(moment("2026-12-31T10:00"), {date(2026, 10, 1): False})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-02", datetime(2026, 2, 2, 16, tzinfo=UTC)),
        ("2026-02-02 18:00", datetime(2026, 2, 2, 10, tzinfo=UTC)),
        ("2026-02-02T18:00:00+00:00", datetime(2026, 2, 2, 18, tzinfo=UTC)),
        ("2026-02-02T18:00:00Z", datetime(2026, 2, 2, 18, tzinfo=UTC)),
    ],
)
def test_a_moment_is_chinas_unless_it_says_otherwise(text, expected):
    assert moment(text) == expected


def test_a_text_that_is_no_moment_is_not_repeated():
    with pytest.raises(RevealRefused) as refusal:
        moment("13800138000")
    assert "138" not in str(refusal.value)
