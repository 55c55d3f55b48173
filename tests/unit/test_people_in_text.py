"""Names and addresses in sentences become labels, and what only looks like them stays; the patterns alone, in Python."""

import re
import time

import pytest

from contracts.people_in_text import ADDRESSES, NAMES
from expectations.normal_form import plain_word
from infra.demo.randomness import stream
from jobs.classify.labelled_texts import LabelledText, labelled_texts
from jobs.classify.score import Score
from jobs.classify.score_texts import judge

PATTERNS = [(re.compile(pattern), re.sub(r"\$(\d)", r"\\g<\1>", by)) for pattern, by in (*ADDRESSES, *NAMES)]


def without_people(text: str) -> str:
    """What the engine makes of a text that holds no number of anybody."""
    text = plain_word(text)
    for pattern, by in PATTERNS:
        text = pattern.sub(by, text)
    return text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("客户王小明反映信号差", "客户[姓名]反映信号差"),
        ("联系人：李四", "联系人:[姓名]"),
        ("联系人：阿依古丽·买买提，已回", "联系人:[姓名],已回"),
        ("户主为欧阳测试，家中无人", "户主为[姓名],家中无人"),
        ("张女士、欧阳先生均满意", "[姓名]女士、[姓名]先生均满意"),
        ("已与王经理、李总沟通，请陈工确认", "已与[姓名]经理、[姓名]总沟通,请[姓名]工确认"),
        ("和老周约好，黄师傅上门", "和[姓名]约好,[姓名]师傅上门"),
        ("客户赵敏、钱学文一同到店", "客户[姓名]、[姓名]一同到店"),
        ("王小明 [手机号码] 催装", "[姓名] [手机号码] 催装"),
        ("李建国来电反映断网", "[姓名]来电反映断网"),
        ("收件人何小敏,请转交", "收件人[姓名],请转交"),
    ],
)
def test_a_name_is_told_by_the_words_around_it(text, left):
    assert without_people(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("家住浙江省杭州市西湖区文三路100号3幢2单元501室，停电", "家住[地址],停电"),
        ("送到文三路100号", "送到[地址]"),
        ("翠苑新村12幢301 已派单", "[地址] 已派单"),
        ("在阳光花园12-3-402检修", "在[地址]检修"),
        ("上海市徐汇区漕溪北路88弄5号1002室", "[地址]"),
        ("安徽省六安市裕安区独山镇红旗村的线路", "[地址]的线路"),
        ("湖南省长沙县黄花镇谷塘村胡家组8号", "[地址]"),
        ("滨江区江汉路1786号龙湖天街3-2-1502", "[地址]"),
        ("住3幢2单元501室", "住[地址]"),
        ("翠苑路12号 138 0013 8000", "[地址] 138 0013 8000"),
    ],
)
def test_an_address_is_hidden_down_from_its_street(text, left):
    assert without_people(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "杭州市信号好", "浙江省杭州市西湖区用户较多", "文三路施工", "金华市分公司", "五月流量不足", "小米手机无信号", "康师傅方便面", "青花瓷套餐",
        "客户周一来电", "用户高度满意", "客户方便时再联系", "用户于昨日投诉", "客户经理已回访", "高级经理审核", "总经理批示", "施工队到场",
        "向经理反映", "和老师沟通过", "由于成本上升", "3月5号停电", "第3号订单", "办公楼3层无网", "路由器2号口坏", "道路3处开挖",
        "线路3号杆倾斜", "联系人:同上", "负责人:待定", "客户:宽带故障", "合同编号2-3-15", "第一主任工程师审核", "请通知王家庄村委会", "",
    ],
)  # fmt: skip
def test_regions_months_products_and_everyday_words_stay(text):
    assert without_people(text) == text


def test_a_text_that_was_written_to_keep_the_search_busy_does_not():
    rng = stream(1, "texts")
    parts = ("市", "区", "州", "县村", "路", "号", "幢", "1", "1-", "王", "客户", "先生", "·", "小区", "镇", "测试")
    texts = ["区" * 4000, "市区县" * 1500, "1-" * 2000, "王·" * 2000, "客户" * 2000, "村路" * 2000]
    texts += ["".join(rng.choices(parts, k=3000)) for _ in range(10)]
    started = time.process_time()
    for text in texts:
        without_people(text)
    assert time.process_time() - started < 10


def test_the_labelled_sentences_are_many_and_the_same_each_time():
    texts = labelled_texts()
    assert texts == labelled_texts()
    assert sum(bool(text.names) for text in texts) > 1000
    assert sum(bool(text.doors) for text in texts) > 250
    assert sum(not text.names and not text.doors for text in texts) > 350


@pytest.mark.parametrize(
    ("left", "names", "addresses"),
    [
        ("客户[姓名]住[地址]", Score(1, 0, 0), Score(1, 0, 0)),
        ("客户[姓名]明住[地址]号", Score(1, 0, 0), Score(1, 0, 0)),
        ("客户王小明住浙江[地址]", Score(0, 0, 1), Score(1, 0, 0)),
        ("[姓名]小明住文三路[地址]", Score(0, 1, 1), Score(0, 1, 1)),
        ("[姓名][姓名]住[地址]", Score(1, 1, 0), Score(1, 0, 0)),
    ],
)
def test_what_is_left_of_somebody_counts_as_missed_and_a_label_too_many_as_wrong(left, names, addresses):
    assert judge(LabelledText("客户王小明住文三路3号", ("王小明",), ("文三路3号",)), left) == (names, addresses)
