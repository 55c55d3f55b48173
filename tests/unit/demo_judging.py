"""Judges one row of text by its contract, in plain Python: the second opinion on which demo rows are bad."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from unicodedata import normalize

from contracts.check_digits import luhn_check, resident_check, uscc_check
from contracts.model import Contract, Field, RowRule, Severity

Row = Mapping[str, str | None]
_DAYS = (
    re.compile(r"(?P<year>\d{4})[-/年.](?P<month>\d{1,2})[-/月.](?P<day>\d{1,2})日?"),
    re.compile(r"(?P<month>\d{2})/(?P<day>\d{2})/(?P<year>\d{4})"),
)
_ZONE = timezone(timedelta(hours=8))
_WRONG = object()
_FORMS = {
    "mobile_phone": r"(?:\+?86|0086)?1[3-9]\d{9}",
    "email": r"[^@]+@[^@]+\.[^@.]+",
    "landline": r"0\d{9,11}|1[3-9]\d{9}",
}


def fault_of(row: Row, contract: Contract, arrival: date) -> str | None:
    """The one reason the row fails, or None. Raises: AssertionError where there are several."""
    values = _values(row, contract)
    faults = [fault for field in contract.fields if (fault := _field_fault(values[field.name], field))]
    faults = faults or _broken(values, contract, arrival, Severity.ERROR)
    assert len(faults) <= 1, f"{contract.id}: {faults}"
    return faults[0] if faults else None


def warnings_of(row: Row, contract: Contract, arrival: date) -> list[str]:
    """The rules that count the row without refusing it."""
    return _broken(_values(row, contract), contract, arrival, Severity.WARNING)


def _values(row: Row, contract: Contract) -> dict[str, Any]:
    return {field.name: _cast(row.get(field.name), field) for field in contract.fields}


def _broken(values: Mapping[str, Any], contract: Contract, arrival: date, severity: Severity) -> list[str]:
    known = {name: None if value is _WRONG else value for name, value in values.items()}
    judged = [rule for rule in contract.rules if rule.severity is severity]
    return [rule.name for rule in judged if _is_broken(rule, known, contract, arrival)]


def _cast(text: str | None, field: Field) -> Any:  # noqa: PLR0911  # one return per type is the plainest
    if text is None:
        return None
    if field.type in {"date", "timestamp"}:
        return _day(text, field)
    if field.type == "array<string>":
        return [field.codes.get(part, part) for part in re.split("[ 、]", text)]
    text = field.codes.get(text, text)
    if field.type == "boolean":
        return {"true": True, "false": False, "是": True, "否": False, "1": True, "0": False}.get(text.lower(), _WRONG)
    if field.type == "string":
        return text
    try:
        return int(text, 16) if "hexadecimal" in field.formats else float(text)
    except ValueError:
        return _WRONG


def _day(text: str, field: Field) -> Any:
    if "epoch_ms" in field.formats:
        return datetime.fromtimestamp(int(text) / 1000, _ZONE).date() if re.fullmatch(r"\d{13}", text) else _WRONG
    found = next(filter(None, (form.match(text) for form in _DAYS)), None)
    return date(**{name: int(digits) for name, digits in found.groupdict().items()}) if found else _WRONG


def _field_fault(value: Any, field: Field) -> str | None:  # noqa: PLR0911  # one return per failure is the plainest
    if value is None:
        return f"{field.name}.missing" if field.required else None
    if value is _WRONG:
        return f"{field.name}.unreadable"
    members = value if isinstance(value, list) else [value]
    if field.allowed and not set(members) <= set(field.allowed):
        return f"{field.name}.unknown_code"
    if field.pattern is not None and not re.search(field.pattern, value):
        return f"{field.name}.wrong_form"
    if field.max_length is not None and len(value) > field.max_length:
        return f"{field.name}.too_long"
    if field.minimum is not None and value < field.minimum:
        return f"{field.name}.too_small"
    return f"{field.name}.too_large" if field.maximum is not None and value > field.maximum else None


def _is_broken(  # noqa: PLR0911  # one return per kind of rule is the plainest
    rule: RowRule, values: Mapping[str, Any], contract: Contract, arrival: date
) -> bool:
    arguments = rule.arguments
    value = values.get(arguments.get("column", ""))
    if rule.kind == "required_when":
        return value is None and values[arguments["other"]] == arguments["equals"]
    if rule.kind in {"at_most_one_of", "exactly_one_of"}:
        given = sum(values[name] not in {None, False} for name in arguments["columns"])
        return given > 1 or (rule.kind == "exactly_one_of" and given == 0)
    if rule.kind in {"inside_china", "coordinates_not_swapped"}:
        position = (values[arguments["latitude"]], values[arguments["longitude"]])
        return None not in position and _place(*position) == {"inside_china": "abroad"}.get(rule.kind, "swapped")
    if value is None:
        return False
    if rule.kind == "valid_identifier":
        field = next(field for field in contract.fields if field.name == arguments["column"])
        return not _is_valid(value, field.identifier or "")
    if rule.kind == "not_in_future":
        return bool(value > arrival)
    others = [values[name] for name in _others(arguments)]
    if rule.kind == "equals_count":
        return bool(value != sum(other is not None for other in others))
    if None in others:
        return False
    judged: dict[str, Callable[[], bool]] = {
        "not_before": lambda: value < others[0],
        "at_most_sum": lambda: value > sum(others),
        "zero_when_all_zero": lambda: value > 0 and not any(others),
        "equals_sum": lambda: value != sum(others),
        "equals_modulo": lambda: value != others[0] % arguments["modulus"],
        "equals_linear": lambda: value != sum(values[n] * factor for n, factor in arguments["terms"].items()),
    }
    return judged[rule.kind]()


def _place(latitude: float, longitude: float) -> str:
    if 3 <= latitude <= 54 and 73 <= longitude <= 136:
        return "china"
    return "swapped" if 3 <= longitude <= 54 and 73 <= latitude <= 136 else "abroad"


def _others(arguments: Mapping[str, Any]) -> list[str]:
    of = arguments.get("of", arguments.get("other", []))
    return list(arguments["terms"]) if "terms" in arguments else [of] if isinstance(of, str) else list(of)


def _is_valid(text: str, identifier: str) -> bool:
    plain = re.sub(r"[\s-]", "", normalize("NFKC", text)).upper()
    if identifier in _FORMS:
        return re.fullmatch(_FORMS[identifier], plain) is not None
    checks = {"resident_id": resident_check, "uscc": uscc_check, "bank_card": luhn_check}
    return checks[identifier](plain[:-1]) == plain[-1]
