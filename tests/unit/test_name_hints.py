"""What names of columns say, and what they only seem to say."""

import pytest

from contracts.identifiers import IDENTIFIERS
from contracts.name_hints import _hints, hinted_kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("手机号", "mobile_phone"), ("联系电话", "mobile_phone"), ("custMobileNo", "mobile_phone"), ("group/contact_phone", "mobile_phone"),
        ("固定电话", "landline"), ("身份证号", "resident_id"), ("法人身份证号码", "resident_id"), ("certNo", "resident_id"),
        ("卡号", "bank_card"), ("SIM卡号", "iccid"), ("IMSI", "imsi"), ("终端IMEI", "imei"), ("护照号", "passport"),
        ("统一社会信用代码", "uscc"), ("车牌号", "plate"), ("车架号", "vin"), ("姓名", "person_name"), ("法定代表人", "person_name"),
        ("customer_name", "person_name"), ("公司名称", "organisation_name"), ("家庭住址", "address"), ("client_ip", "ip"),
        ("纬度", "coordinate"), ("出生日期", "birth_date"), ("微信号", "wechat_id"), ("QQ号", "qq_number"), ("备注", "free_text"),
        ("客户编号", "account_number"),
    ],
)  # fmt: skip
def test_a_name_says_the_kind(name, kind):
    assert hinted_kinds([name])[:1] == (kind,)


@pytest.mark.parametrize(
    "name",
    ["订单号", "流水号", "order_no", "电表编号", "产品名称", "小区名称", "基站名称", "cell_name", "手机品牌", "phone_type", "创建时间",
     "amount", "zip", "trip", "platform", "template_no", "email_count", "字段7", "col_3", "审批状态", "region_code"],
)  # fmt: skip
def test_a_name_of_another_thing_says_none(name):
    assert hinted_kinds([name]) == ()


def test_the_first_name_that_says_something_counts():
    assert hinted_kinds(["字段7", "备用手机", "address"]) == ("mobile_phone",)


def test_hints_speak_of_kinds_of_the_catalogue():
    kinds = {kind for _, kinds in _hints() for kind in kinds}
    assert kinds
    assert kinds <= IDENTIFIERS.keys()
