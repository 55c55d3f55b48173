"""The identifiers of people and what belongs to them: how each looks in text, and which may never be kept.

Patterns are read by Java (Spark) and Python alike. They expect text in normal form: half-width, without blanks or
hyphens between digits, without zero-width characters. Digits never match inside a longer run of digits, because a
mobile number would otherwise be found in most resident ids (1[3-9] + nine digits also fits a birth year).
"""

from dataclasses import dataclass

_DATE = r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


@dataclass(frozen=True)
class Identifier:
    """One kind of identity. `pattern` is None where only the column's meaning tells, such as a name."""

    kind: str
    label: str
    pattern: str | None = None
    never_kept: bool = True

    @property
    def is_checkable(self) -> bool:
        """Whether its form or check digit can be tested, by `expectations.checksums`."""
        return self.kind in ("resident_id", "mobile_phone", "landline", "bank_card", "email", "uscc")


IDENTIFIERS: dict[str, Identifier] = {
    identifier.kind: identifier
    for identifier in (
        Identifier("resident_id", "居民身份证号", rf"(?<![0-9])[1-9][0-9]{{5}}{_DATE}[0-9]{{3}}[0-9Xx](?![0-9])"),
        Identifier("mobile_phone", "手机号码", r"(?<![0-9])(?:(?:\+|00)?86)?1[3-9][0-9]{9}(?![0-9])"),
        Identifier("landline", "固定电话", r"(?<![0-9])0(?:10|2[0-57-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}(?![0-9])"),
        Identifier("bank_card", "银行卡号", r"(?<![0-9])62[0-9]{14,17}(?![0-9])"),
        Identifier("imsi", "国际移动用户识别码", r"(?<![0-9])460(?:0[0-9]|1[1-5]|20)[0-9]{10}(?![0-9])"),
        Identifier("imei", "国际移动设备识别码"),
        Identifier("email", "电子邮箱", r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"),
        Identifier(
            "uscc",
            "统一社会信用代码",
            r"(?<![0-9A-Z])[159][1239][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])",
        ),
        Identifier("plate", "车牌号", rf"[{_PROVINCES}][A-HJ-NP-Z]·?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳]"),
        Identifier("ip", "网络地址", rf"(?<![0-9.])(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9.])"),
        Identifier("person_name", "姓名"),
        Identifier("organisation_name", "单位名称"),
        Identifier("address", "地址"),
        Identifier("url", "网址"),
        Identifier("coordinate", "坐标"),
        Identifier("device_id", "设备标识"),
        Identifier("account_number", "账号"),
        Identifier("birth_date", "出生日期"),
        Identifier("free_text", "自由文本"),
    )
}
