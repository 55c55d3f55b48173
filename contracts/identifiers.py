"""The identifiers of people and what belongs to them: how each looks in text, and which may never be kept.

Patterns are read by Java (Spark) and Python alike. They expect text in normal form: half-width, without blanks or
hyphens between digits, without zero-width characters. Digits never match inside a longer run of digits, because a
mobile number would otherwise be found in most resident ids (1[3-9] + nine digits also fits a birth year).
"""

from dataclasses import dataclass
from enum import StrEnum

#: Chinese characters, those beyond the basic plane included: names of GB 18030 use them.
HAN = "\u3400-\u9fff\U00020000-\U000323af"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
#: The first two digits of a division: provinces, and 81 to 83 for residents from Hong Kong, Macao and Taiwan.
DIVISIONS = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_DATE = f"(?:18|19|20)[0-9]{{2}}{_MONTH_DAY}"
_BIRTH = f"(?:19|20)[0-9]{{2}}{_MONTH_DAY}"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_IP4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_IP6 = "(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){2,6}:(?:[0-9A-Fa-f]{1,4}:?){0,5}"
#: What registers a unit: the two first characters of its code, each pair of GB 32100 and its first amendment.
_REGISTERED = "(?:1[1239]|[248][19]|3[1-59]|5[1239]|[67][129]|9[123]|A[19]|N[1239]|Y1)"
_USCC_END = "[0-9A-HJ-NPQRTUWXY]{10}"
_PLATE_END = "[A-HJ-NP-Z0-9]"
_PLATE = (
    rf"[{PROVINCES}][A-HJ-NP-Z][·. ]?{_PLATE_END}{{4,5}}[A-HJ-NP-Z0-9挂学警港澳领]"
    rf"|[{PROVINCES}][·. ]?[A-Z][·. ]?[0-9]{{4}}应急|使[0-9]{{6}}|[0-9]{{6}}使|WJ[·. ]?[{PROVINCES}][0-9]{{4}}[0-9A-Z]"
)
_EMAIL_ENDS = r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
_BETWEEN = "[^0-9A-Za-z]{0,6}"
#: Prefixes that the ministry had given out to mobile networks in March 2023; others may follow, so only a score.
ASSIGNED_MOBILE = "^(?:13[0-9]|14[5-9]|15[0-35-9]|16(?:[2567]|19)|17[0-8]|18[0-9]|19[0-35-9])"


class Proof(StrEnum):
    """What tells an identifier of this kind from all else that is written like it."""

    CHECK = "check"  # its check character or, for mobiles, a prefix in use; `chance` of others pass too
    FORM = "form"  # nothing else is written so
    LABEL = "label"  # much else is written so: the column's name must say it
    WORDS = "words"  # the words in it, or the column's name alone


@dataclass(frozen=True)
class Identifier:
    """One kind of identity.

    pattern: how it is found inside any text; None where only the column's meaning tells, such as a name.
    form: the whole value in normal form. chance: the share of other values of this form that pass its check.
    domain: the key domain of its token; None where analysts need no token of it.
    """

    kind: str
    label: str
    pattern: str | None = None
    never_kept: bool = True
    proof: Proof = Proof.WORDS
    form: str | None = None
    chance: float = 0.0
    domain: str | None = None

    @property
    def is_checkable(self) -> bool:
        """Whether its form or check digit can be tested, by `expectations.checksums`."""
        return self.proof in (Proof.CHECK, Proof.FORM)


#: In the order in which they are tested: what might be two of them is the first.
IDENTIFIERS: dict[str, Identifier] = {
    identifier.kind: identifier
    for identifier in (
        Identifier(
            "iccid", "SIM 卡号 (ICCID)", r"(?<![0-9])8986[0-9]{15,16}(?![0-9])", proof=Proof.FORM,
            form="^8986[0-9]{8}[0-9A-Z][0-9]{6,7}$", domain="subscriber",
        ),
        Identifier(
            "imsi", "国际移动用户识别码", r"(?<![0-9])460(?:0[0-9]|1[1-5]|20)[0-9]{10}(?![0-9])", proof=Proof.FORM,
            form="^(?:IMSI)?460(?:0[0-9]|1[1-5]|20)[0-9]{10}$", domain="subscriber",
        ),
        Identifier(
            "resident_id", "居民身份证号",
            rf"(?<![0-9])[1-9][0-9]{{5}}{_DATE}[0-9]{{3}}[0-9Xx](?![0-9])"
            rf"|(?:身份证|证件){_BETWEEN}[1-8][0-9]{{14}}(?![0-9])",
            proof=Proof.CHECK, chance=0.001, domain="resident",
            form=f"^{DIVISIONS}[0-9]{{4}}(?:{_BIRTH}[0-9]{{3}}[0-9X]|[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}})$",
        ),
        Identifier(
            "foreigner_permit", "外国人永久居留身份证号", proof=Proof.CHECK, chance=0.001, domain="resident",
            form=f"^(?:9[1-8][0-9]{{4}}{_BIRTH}[0-9]{{3}}[0-9X]|[A-Z]{{3}}[0-9]{{12}})$",
        ),
        Identifier(
            "uscc", "统一社会信用代码",
            rf"(?<![0-9A-Z])(?:[159][1239][0-9]{{6}}|{_REGISTERED}[0-9]{{6}}(?=[0-9]{{0,9}}[A-Z])){_USCC_END}(?![0-9A-Z])",
            proof=Proof.CHECK, form=f"^{_REGISTERED}[0-9]{{6}}{_USCC_END}$", chance=0.033, domain="organisation",
        ),
        Identifier(
            "imei", "国际移动设备识别码", rf"(?:IMEI|imei|串号){_BETWEEN}[0-9]{{14,16}}(?![0-9])", proof=Proof.CHECK,
            form="^(?:01|35|86|9[89])[0-9]{12,14}$", chance=0.19, domain="device",
        ),
        Identifier(
            "bank_card", "银行卡号", r"(?<![0-9])62[0-9]{14,17}(?![0-9])", proof=Proof.CHECK,
            form="^(?!8986)(?:[0-9]{16,19}|3[47][0-9]{13})$", chance=0.1, domain="account",
        ),
        Identifier(
            "mobile_phone", "手机号码", r"(?<![0-9])(?:(?:\+|00)?86)?0?1[3-9][0-9]{9}(?![0-9])", proof=Proof.CHECK,
            form="^1[3-9][0-9]{9}$", chance=0.7, domain="phone",
        ),
        Identifier(
            "landline", "固定电话", r"(?<![0-9])0(?:10|2[0-57-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}(?![0-9])",
            proof=Proof.FORM, domain="phone",
            form="^0(?:(?:10|2[0-57-9])[2-9][0-9]{7,13}|[3-9][0-9]{2}[2-9][0-9]{6,11})$",
        ),
        Identifier(
            "email", "电子邮箱", rf"[A-Za-z0-9._%+-]{{1,64}}{_EMAIL_ENDS}", proof=Proof.FORM,
            form=rf"^[A-Za-z0-9._%+-]{{1,64}}{_EMAIL_ENDS}$", domain="contact",
        ),
        Identifier("plate", "车牌号", _PLATE, proof=Proof.FORM, form=f"^(?:{_PLATE})$", domain="vehicle"),
        Identifier(
            "officer_card", "军官证、士兵证号", "[军兵士文后][^0-9]{0,3}字第[0-9]{4,8}号", proof=Proof.FORM,
            form="^[军兵士文后].{0,3}字第[0-9]{4,8}号$", domain="resident",
        ),
        Identifier(
            "ip", "网络地址", rf"(?<![0-9.]){_IP4}(?![0-9.])|(?<![0-9A-Fa-f:])(?:{_IP6})(?![0-9A-Fa-f:])",
            proof=Proof.FORM,
            form=rf"^(?:(?:::[Ff]{{4}}:)?{_IP4}(?::[0-9]{{1,5}})?|\[?(?:{_IP6})\]?(?:%.*|:[0-9]{{1,5}})?)$",
        ),
        Identifier(
            "mac", "网卡地址 (MAC)", "(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])",
            proof=Proof.FORM, domain="device",
            form=r"^(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})$",
        ),
        Identifier("url", "网址", proof=Proof.FORM, form=r"^(?:[a-z][a-z0-9+.-]{1,9}://|www\.)[^\s/]+\.?[^\s]*$"),
        Identifier(
            "vin", "车辆识别代号 (VIN)", "(?<![0-9A-Z])L[A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{11}[0-9]{4}(?![0-9A-Z])",
            proof=Proof.CHECK, form="^(?=.*[A-Z])[A-HJ-NPR-Z0-9]{13}[0-9]{4}$", chance=0.091, domain="vehicle",
        ),
        Identifier(
            "hong_kong_id", "香港身份证号", rf"(?:香港|HKID){_BETWEEN}[A-Z]{{1,2}}[0-9]{{6}}\(?[0-9A]",
            proof=Proof.CHECK, form="^[A-Z]{1,2}[0-9]{6}[0-9A]$", chance=0.091, domain="resident",
        ),
        Identifier(
            "taiwan_id", "台湾身份证号", rf"台湾{_BETWEEN}[A-Z][1289][0-9]{{8}}(?![0-9])",
            proof=Proof.CHECK, form="^[A-Z][1289][0-9]{8}$", chance=0.1, domain="resident",
        ),
        Identifier(
            "organisation_code", "组织机构代码", proof=Proof.CHECK, form="^[0-9A-Z]{8}[0-9X]$", chance=0.1,
            domain="organisation",
        ),
        Identifier(
            "business_registration", "工商注册号", proof=Proof.CHECK, form=f"^{DIVISIONS}[0-9]{{13}}$", chance=0.1,
            domain="organisation",
        ),
        Identifier(
            "passport", "护照号", rf"护照{_BETWEEN}[A-Z]{{1,2}}[0-9]{{7,8}}(?![0-9])", proof=Proof.LABEL,
            form="^(?:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP]E[0-9]{7}|[HK][0-9]{8}|MA[0-9]{7})$", domain="resident",
        ),
        Identifier(
            "hong_kong_macao_permit", "港澳居民来往内地通行证号",
            rf"(?:通行证|回乡证){_BETWEEN}[HMhm][0-9]{{8,10}}(?![0-9])",
            proof=Proof.LABEL, form="^[HM][0-9]{8}(?:[0-9]{2})?$", domain="resident",
        ),
        Identifier(
            "macao_id", "澳门身份证号", rf"澳门{_BETWEEN}[1578][0-9]{{6}}\(?[0-9]", proof=Proof.LABEL,
            form="^[1578][0-9]{7}$", domain="resident",
        ),
        Identifier(
            "taiwan_permit", "台湾居民来往大陆通行证号",
            rf"(?:通行证|台胞证){_BETWEEN}[0-9]{{8}}(?:[0-9]{{2}})?(?![0-9])",
            proof=Proof.LABEL, form="^[0-9]{8}(?:[0-9]{2}|[0-9A-Z]{2})?$", domain="resident",
        ),
        Identifier("driving_file", "驾驶证档案编号", proof=Proof.LABEL, form="^[0-9]{12}$", domain="resident"),
        Identifier("social_security", "社会保障卡号", proof=Proof.LABEL, form="^[0-9A-Z]{9}$", domain="resident"),
        Identifier(
            "tax_number", "纳税人识别号", proof=Proof.LABEL, form="^[0-9A-Z]{15}(?:[0-9A-Z]{2,5})?$",
            domain="organisation",
        ),
        Identifier(
            "wechat_id", "微信号", r"(?:微信|[Ww]e[Cc]hat|[Vv][Xx])(?:号|为|是|:){1,2} ?[A-Za-z][-_A-Za-z0-9]{5,19}",
            proof=Proof.LABEL, form="^(?:[A-Za-z][-_A-Za-z0-9]{5,27}|1[3-9][0-9]{9})$", domain="contact",
        ),
        Identifier(
            "qq_number", "QQ 号", "(?:QQ|qq)[号群]?[: ]{0,2}[1-9][0-9]{4,10}(?![0-9])", proof=Proof.LABEL,
            form="^[1-9][0-9]{4,10}$", domain="contact",
        ),
        Identifier(
            "iot_number", "物联网号码", proof=Proof.LABEL, form="^(?:14[0-4]|106[4-9])[0-9]{9,10}$", domain="device"
        ),
        Identifier(
            "device_id", "设备标识", proof=Proof.LABEL, form="^[0-9A-F]{12}$|^[0-9A-F]{14,36}$", domain="device"
        ),
        Identifier(
            "temporary_subscriber", "临时用户标识 (TMSI/GUTI)", proof=Proof.LABEL, form="^[0-9A-F]{6,24}$",
            domain="subscriber",
        ),
        Identifier("account_number", "账号", domain="customer"),
        Identifier("person_name", "姓名"),
        Identifier("organisation_name", "单位名称"),
        Identifier("address", "地址"),
        Identifier("coordinate", "坐标"),
        Identifier("birth_date", "出生日期"),
        Identifier("free_text", "自由文本"),
    )
}  # fmt: skip
