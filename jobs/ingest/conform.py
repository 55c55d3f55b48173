"""Text to the contract's types, as native expressions. A cast never raises: what does not fit is a fault of its row."""

import re
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name everybody knows

from contracts.model import Contract, Field
from expectations.normal_form import plain_text, plain_word
from expectations.rules import faults
from jobs.ingest.times import first_that_reads

DATE_FORMATS = (
    "yyyy-MM-dd",
    "yyyy/M/d",
    "yyyy.M.d",
    "yyyy年M月d日",
    "yyyyMMdd",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss",
)
TIME_FORMATS = (
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss[.SSSSSS][.SSS]XXX",
    "yyyy-MM-dd'T'HH:mm:ss[.SSSSSS][.SSS]",
    "yyyy/M/d H:mm:ss",
    "yyyy/M/d H:mm",
    "yyyy-MM-dd",
)
#: A format of its own, for no pattern reads it: milliseconds since 1970 UTC, as signalling records have them.
EPOCH_MILLISECONDS = "epoch_ms"
#: The format of whole numbers that a source writes to the base sixteen.
HEXADECIMAL = "hexadecimal"
#: Patterns that carry an offset tell the moment; all others tell a clock in the source's time zone.
_OFFSET_LETTERS = ("XXX", "xxx", "VV", "Z")
_TRUE, _FALSE = r"(?i)^(?:true|1|yes|是|有)\z", r"(?i)^(?:false|0|no|否|无)\z"
_NUMBER = r"^[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_BETWEEN_NAMES = "\u001f"  # in no name of a fault
#: How several answers to one question are joined: Kobo by a blank, survey exports by ┋ or a comma.
_BETWEEN_ANSWERS = r"\s,，、;；|┋"
#: Survey exports write what somebody typed beside an option into the option's own cell: `其他〖…〗`.
_TYPED_BESIDE = "〖[^〗]*〗"


def conform(text: DataFrame, contract: Contract) -> DataFrame:
    """Rows of text with the contract's types, and what is wrong with each.

    Grain: one row in, one row out.
    Shape: the columns of `text`, those of the contract typed, then `faults` (array of names, empty where the row is
        good) and `row` (the fields as they came, as JSON, where there is a fault). `text` holds `source_timezone`,
        `row_fault` and `ingested_at` beside the fields.
    NULL: empty text and the contract's null texts become NULL; NULL in a required column is a fault.
    Source: D15-7, D12-3.
    """
    fields = contract.fields
    words = {field.name: F.col(f"`{_place_of_word(field)}`") for field in fields}
    values = {field.name: F.col(f"`{field.name}`") for field in fields}
    plain = {field.name: _words(values[field.name], field, contract) for field in fields}
    # What came is carried along only where its word does not say it: each step of the engine copies every text.
    spoken = text.withColumns(
        {_place_of_word(field): plain[field.name] for field in fields}
        | {f"{name}__came": F.when(~plain[name].eqNullSafe(value), value) for name, value in values.items()}
    )
    to_read = [field for field in fields if field.type != "string"]
    typed = spoken.withColumns({field.name: _typed(field, words[field.name]) for field in to_read})
    unreadable = {
        f"{field.name}.unreadable": words[field.name].isNotNull() & values[field.name].isNull() for field in to_read
    }
    broken = faults(contract)
    for name, fault in unreadable.items():
        missing = name.replace(".unreadable", ".missing")
        if missing in broken:  # a value that cannot be read is not a value that is not there
            broken[missing] &= ~fault
    named = [F.when(fault, F.lit(name)) for name, fault in {**unreadable, **broken}.items()]
    judged = typed.withColumn("faults", _given("row_fault", *named))
    as_it_came = F.to_json(F.struct(*(F.coalesce(f"`{name}__came`", word).alias(name) for name, word in words.items())))
    # costs too much to be made for every row
    kept = judged.withColumn("row", F.when(F.size("faults") > 0, as_it_came))
    return kept.drop(*(f"{field.name}__came" for field in fields), *(_place_of_word(field) for field in to_read))


def _place_of_word(field: Field) -> str:
    """The column of a field's text in plain form: its own, where the text is the value."""
    return field.name if field.type == "string" else f"{field.name}__word"


def as_typed(text: Column, field: Field, contract: Contract) -> Column:
    """One text with the type of its field, as `conform` reads it; NULL where it says nothing or cannot be read.

    The frame must hold `source_timezone`.
    """
    return _typed(field, _words(text, field, contract))


def _given(*names: Column | str) -> Column:
    """An array of the names that are not NULL.

    Joined and split, because Spark evaluates `array_compact` and all that stands in it without generating code, three
    times as slowly.
    """
    joined = F.concat_ws(_BETWEEN_NAMES, *names)
    return F.when(joined == "", F.array().cast("array<string>")).otherwise(F.split(joined, _BETWEEN_NAMES))


def _words(text: Column, field: Field, contract: Contract) -> Column:
    """The cell's text in plain form, NULL where it says nothing, source words replaced by the contract's codes.

    Beside an option of a closed list free text has no column to go to, and could name anybody: it is left behind.
    """
    plain = plain_text(text)
    if field.allowed:
        plain = F.trim(F.regexp_replace(plain, _TYPED_BESIDE, ""))
    nothing = ("", *contract.source.null_texts)
    given = F.when(~plain.isin(*nothing), plain)
    if field.codes and not field.type.startswith("array"):
        return F.coalesce(_code(given, field.codes), given)
    return given


def _code(word: Column, codes: Mapping[str, str]) -> Column:
    """The code for a source word in plain form; NULL for a word that has none."""
    if not codes:
        return F.lit(None)
    return F.create_map(*(F.lit(part) for said, code in codes.items() for part in (plain_word(said), code)))[word]


def _typed(field: Field, word: Column) -> Column:
    kind = field.type.split("(", maxsplit=1)[0]
    match kind:
        case "string":
            return word
        case "bigint" | "double" | "decimal":
            return _from_hexadecimal(word) if HEXADECIMAL in field.formats else _number(word, field.type)
        case "boolean":
            return F.when(word.rlike(_TRUE), True).when(word.rlike(_FALSE), False)
        case "date":
            return F.to_date(first_that_reads(word, field.formats or DATE_FORMATS))
        case "timestamp":
            return _moment(word, field.formats or TIME_FORMATS)
        case "array<string>":
            return _answers(word, field.codes)
    raise NotImplementedError(field.type)


def _number(word: Column, kind: str) -> Column:
    """A number with or without thousands separators; `12.0` is a whole number, `12.5` is not, `1e400` is none.

    Digits behind the last one that the type keeps must be zeros: a number is never rounded to fit.
    """
    number = F.when(word.rlike(_NUMBER), F.replace(word, F.lit(","), F.lit("")))
    if kind == "double":
        read = number.try_cast("double")
        return F.when(F.abs(read) < F.lit(float("inf")), read)
    # nearly every number is written plainly, and a cast alone reads it: a fifth of the time of all that is below
    return F.coalesce(F.when(word.rlike(_fits_as_written(kind)), word.try_cast(kind)), _exact(number, kind))


def _fits_as_written(kind: str) -> str:
    """A pattern for numbers that `bigint` or `decimal(p,s)` holds digit by digit.

    Example:
        >>> _fits_as_written("bigint"), _fits_as_written("decimal(18,2)")
        ('^[+-]?[0-9]{1,18}$', '^[+-]?[0-9]{1,16}(?:[.][0-9]{1,2})?$')
    """
    if kind == "bigint":
        return "^[+-]?[0-9]{1,18}$"
    digits, scale = (int(size) for size in kind.removeprefix("decimal(").rstrip(")").split(","))
    behind_the_point = f"(?:[.][0-9]{{1,{scale}}})?" if scale else ""
    return f"^[+-]?[0-9]{{1,{max(1, digits - scale)}}}{behind_the_point}$"


def _exact(number: Column, kind: str) -> Column:
    """A number in any way of writing, as the type holds it without rounding; else NULL."""
    wanted = "decimal(38,6)" if kind == "bigint" else kind
    cast = number.try_cast(wanted)
    is_exact = ~number.rlike(_more_digits_than(wanted)) & (
        ~number.rlike("[eE]") | (cast == number.try_cast("decimal(38,18)"))
    )
    exact = F.when(is_exact, cast)
    return exact if kind != "bigint" else F.when(exact == F.floor(exact), exact.try_cast("bigint"))


def _more_digits_than(kind: str) -> str:
    """A pattern for numbers that `decimal(p,s)` would round.

    Example:
        >>> import re
        >>> [bool(re.search(_more_digits_than("decimal(18,2)"), number)) for number in ("1.20", "1.200", "1.205")]
        [False, False, True]
    """
    scale = int(kind.rstrip(")").rpartition(",")[2])
    return rf"\.[0-9]{{{scale}}}[0-9]*[1-9]"


def _from_hexadecimal(word: Column) -> Column:
    """A whole number of at most fifteen hexadecimal digits, which always fit."""
    return F.when(word.rlike("^[0-9A-Fa-f]{1,15}$"), F.conv(word, 16, 10).try_cast("bigint"))


def _moment(word: Column, formats: tuple[str, ...]) -> Column:
    """A moment in UTC; a text without offset is a clock in `source_timezone`."""
    patterns = tuple(pattern for pattern in formats if pattern != EPOCH_MILLISECONDS)
    zoned = tuple(pattern for pattern in patterns if any(letters in pattern for letters in _OFFSET_LETTERS))
    local = tuple(pattern for pattern in patterns if pattern not in zoned)
    readings = [first_that_reads(word, zoned)] if zoned else []
    if EPOCH_MILLISECONDS in formats:
        readings.append(F.when(word.rlike("^[0-9]{13}$"), F.timestamp_millis(word.try_cast("bigint"))))
    if local:
        readings.append(F.to_utc_timestamp(first_that_reads(word, local), F.col("source_timezone")))
    return F.coalesce(*readings)


def _answers(word: Column, codes: Mapping[str, str]) -> Column:
    """The answers of a select-multiple question, each as its code; a word without code stays and becomes a fault.

    One answer is a list of one, so a question that took a single answer in earlier versions needs no word of its own.
    An option whose wording holds a separator (`老师、班主任`) is known by its wording before anything is parted.
    """
    for said, code in _longest_first(codes):
        whole = rf"(?<![^{_BETWEEN_ANSWERS}]){re.escape(said)}(?![^{_BETWEEN_ANSWERS}])"
        word = F.regexp_replace(word, whole, code)
    words = F.filter(F.split(word, f"[{_BETWEEN_ANSWERS}]+"), lambda answer: answer != "")
    return F.array_distinct(F.transform(words, lambda answer: F.coalesce(_code(answer, codes), answer)))


def _longest_first(codes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The wordings that hold a separator, in plain form; a longer one may hold a shorter one."""
    plain = [(plain_word(said), code) for said, code in codes.items()]
    return sorted((pair for pair in plain if re.search(f"[{_BETWEEN_ANSWERS}]", pair[0])), key=lambda p: -len(p[0]))
