"""The catalogue's forms and patterns with the traps that they must not fall into."""

import re

import pytest

from contracts.identifiers import ASSIGNED_MOBILE, IDENTIFIERS, Proof

FORMS = {
    "iccid": (["89860012345678901234", "8986011234567890123"], ["6222021234567890128"]),
    "imsi": (["460001234567890", "460201234567890", "460151234567890"], ["461001234567890", "46000123456789"]),
    "resident_id": (["11010519491231002X", "110105491231002", "810000199001011234"], ["201001199001011234", "110105194913310021"]),
    "foreigner_permit": (["933840199001011234", "USA110075010112"], ["110105194912310021"]),
    "uscc": (["91350100M000100Y43", "N2330106MA12345678", "Y1110105MA12345678", "A1110105MA12345678", "32110105MA12345678"], ["9I350100M000100Y43"]),
    "bank_card": (["6222021234567890128", "4111111111111111", "378282246310005"], ["8986001234567890123", "622202123456789"]),
    "mobile_phone": (["13800138000", "19012345678"], ["12800138000", "1380013800"]),
    "landline": (["01061234567", "057187654321", "02112345678123"][:2], ["02612345678", "0000123456", "057112345678"]),
    "plate": (["沪A12345", "京AD12345", "粤B12345D", "京A·12345", "粤Z1234港", "沪A1234领", "沪S1234应急", "WJ京12345"], ["沪A123", "沪I12345"]),
    "officer_card": (["军字第1234567号", "士字第12345号"], ["军字第12号"]),
    "ip": (["10.23.4.5", "2409:8a28::1", "10.0.0.1:8080", "::ffff:10.0.0.1"], ["1.2.3", "300.1.1.1"]),
    "mac": (["00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"], ["00:1A-2B:3C:4D:5E"]),
    "vin": (["LSVAA4182E2123456"], ["12345678901234567", "LSVAA418IE2123456"]),
    "passport": (["E12345678", "EA1234567", "G12345678", "DE1234567", "MA1234567"], ["E1234567", "A12345678"]),
    "hong_kong_macao_permit": (["H12345678", "M1234567890"], ["H1234567"]),
    "taiwan_id": (["A123456789"], ["A323456789"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_that_of_its_kind_alone(kind):
    form, (good, bad) = re.compile(IDENTIFIERS[kind].form), FORMS[kind]
    assert [value for value in good if not form.search(value)] == []
    assert [value for value in bad if form.search(value)] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("mobile_phone", "11010519491231002X"),  # T9: a birth year is no mobile number
        ("mobile_phone", "1700000000000"),
        ("mobile_phone", "6222021380013800012"),
        ("bank_card", "460001234567890"),  # T1
        ("bank_card", "89860012345678901234"),  # T5
        ("ip", "1.2.3"),
        ("plate", "沪A是上海的车"),
        ("vin", "SubNetwork=1,ManagedElement=100001"),
        ("qq_number", "QQ音乐"),
        ("wechat_id", "微信 Android客户端"),
        ("hong_kong_id", "HZ123456(2)"),
        ("mac", "12:34:56"),
    ],
)  # fmt: skip
def test_a_pattern_does_not_find_what_is_another_thing(kind, text):
    assert not re.search(IDENTIFIERS[kind].pattern, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("resident_id", "身份证:110105491231002"), ("passport", "护照号E12345678"), ("qq_number", "QQ:1234567"), ("wechat_id", "微信号:rain_0420"),
        ("hong_kong_id", "香港身份证A123456(3)"), ("taiwan_permit", "台胞证12345678"), ("imei", "IMEI:860000000000012"),
        ("iccid", "卡89860012345678901234"), ("officer_card", "持军字第1234567号"), ("uscc", "N2330106MA12345678"), ("vin", "车架LSVAA4182E2123456"),
        ("mac", "终端00:1A:2B:3C:4D:5E"), ("plate", "车牌京AD12345驶入"),
    ],
)  # fmt: skip
def test_a_pattern_finds_its_kind_inside_a_text(kind, text):
    assert re.search(IDENTIFIERS[kind].pattern, text)


def test_prefixes_that_a_library_refuses_are_in_use():  # T13
    assert all(
        re.match(ASSIGNED_MOBILE, prefix) for prefix in ("145", "146", "148", "149", "1619", "174", "192", "195")
    )
    assert not any(re.match(ASSIGNED_MOBILE, prefix) for prefix in ("154", "160", "1611", "164", "179", "194"))


def test_every_kind_can_be_told_somehow():
    for kind, found in IDENTIFIERS.items():
        assert found.label, kind
        assert (found.form is None) == (found.proof is Proof.WORDS), kind
        assert (found.chance > 0) == (found.proof is Proof.CHECK), kind
