"""A contract's rules as a Great Expectations suite, for those who keep their checks there; our gates do not need it."""

from collections.abc import Iterator

from contracts.model import Contract, Field, RowRule, Severity

_Expectation = dict[str, object]
_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "warning"}


def suite(contract: Contract) -> dict[str, object]:
    """The suite of the raw table, as plain data that `great_expectations.ExpectationSuite` takes.

    NULL: passes every expectation but `not_be_null`, as in `expectations.rules`.
    A row rule without a counterpart in Great Expectations is named in `meta.not_expressed`, never left out in silence.
    """
    shape = _expect("table_columns_to_match_set", column_set=list(contract.raw_columns), exact_match=True)
    expectations = [shape, *(expectation for field in contract.fields for expectation in _of_field(field))]
    expressed = {rule.name: _of_rule(rule) for rule in contract.rules}
    return {
        "name": contract.id,
        "expectations": expectations + [found for found in expressed.values() if found is not None],
        "meta": {
            "contract": contract.id,
            "contract_version": contract.version,
            "not_expressed": sorted(name for name, found in expressed.items() if found is None),
        },
    }


def _expect(kind: str, *faults: str, severity: Severity = Severity.ERROR, **arguments: object) -> _Expectation:
    """One expectation; `meta.faults` are the names of the same rules in `expectations.rules`."""
    return {
        "type": f"expect_{kind}",
        "kwargs": arguments,
        "severity": _SEVERITY[severity],
        "meta": {"faults": list(faults)},
    }


def _of_field(field: Field) -> Iterator[_Expectation]:
    name = field.name
    if field.required:
        yield _expect("column_values_to_not_be_null", f"{name}.missing", column=name)
    if field.allowed and not field.type.startswith("array"):
        yield _expect(
            "column_values_to_be_in_set", f"{name}.unknown_code", column=name, value_set=list(field.allowed)
        )  # fmt: skip
    if field.minimum is not None:
        yield _expect("column_values_to_be_between", f"{name}.too_small", column=name, min_value=field.minimum)
    if field.maximum is not None:
        yield _expect("column_values_to_be_between", f"{name}.too_large", column=name, max_value=field.maximum)
    if field.pattern is not None:
        yield _expect("column_values_to_match_regex", f"{name}.wrong_form", column=name, regex=field.pattern)
    if field.max_length is not None:
        yield _expect(
            "column_value_lengths_to_be_between", f"{name}.too_long", column=name, max_value=field.max_length
        )  # fmt: skip


def _of_rule(rule: RowRule) -> _Expectation | None:
    if rule.kind != "not_before":
        return None
    return _expect(
        "column_pair_values_a_to_be_greater_than_b",
        rule.name,
        severity=rule.severity,
        column_A=rule.arguments["column"],
        column_B=rule.arguments["other"],
        or_equal=True,
        ignore_row_if="either_value_is_missing",
    )
