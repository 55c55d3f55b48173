"""The labelled sentences: it is known who and where stands in each; some hold nobody and are written to mislead."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jobs.classify.labelled_values import mobile_phone, number, person_name

SEED, SENTENCES_PER_PATTERN = 20260228, 25
_PAUSES = ("，", "。", "；", ",")
_CITIES = "浙江省杭州市西湖区 上海市浦东新区 四川成都市武侯区 呼和浩特市新城区 杭州余杭区 江苏省苏州市昆山市".split()
_STREETS = (
    "文三路 中山北路 解放大街 建设二路 学院南街 和平巷 长江大道 三里屯南胡同 人民东路 春熙路 张江路 王府井大街".split()
)
_ESTATES = "翠苑新村 阳光花园 万科小区 银泰公寓 和平里小区 金色家园 桂花苑".split()
_VILLAGES = "龙井村 王家村 大李庄村 红旗村".split()
_TOWNS = "安徽省六安市裕安区独山镇 河北省定州市高蓬镇 甘肃省临洮县洮阳镇".split()

#: {name}: a whole name; {surname}: one in front of a title; {place}: an address.
_NAMED = (
    "客户{name}反映信号差", "客户{name}来电询问话费", "联系人：{name}", "联系人:{name}，电话另附", "户主{name}家无人",
    "户主为{name}", "姓名：{name} 证件已核", "用户{name}要求退订", "机主{name}本人到店", "投诉人{name}称多次停电",
    "申请人 {name} 已提交材料", "请联系{name}女士", "{surname}先生表示满意", "{surname}女士要求回电",
    "{name}先生来电", "已与{surname}经理沟通", "{surname}师傅明天上门", "找{surname}主任签字", "经办人：{name}",
    "收件人{name}，请转交", "本人{name}，办理过户", "我叫{name}，宽带断了", "我是{name}，麻烦回电", "由{name}代办",
    "{name}来电反映断网", "{name}，{phone}", "{name} {phone} 催装", "业主{name}家停电", "已通知{name}缴费",
    "{surname}总要求加急", "{surname}老师反映教室无网", "法定代表人：{name}", "负责人{name}不在",
    "客户{name}、{name2}一同到店", "户名：{name}", "和{name}约好周三上门", "{name}说不用了", "转交给{name}，已签收",
    "回访{name}，满意", "同事{name}代签", "请{surname}工确认", "和老{surname}约好明天",
)  # fmt: skip
_PLACED = (
    "家住{place}", "地址：{place}", "住址{place}，请派单", "送到{place}", "{place}停电", "装机地址 {place}",
    "请派人到{place}检修", "{place}的{surname}女士", "位于{place}附近信号差", "从{place}迁出",
    "客户住{place}，无法上网", "客户{name}住在{place}",
)  # fmt: skip
#: And without any word that tells a name.
_NAMED_BARELY = (
    "请{name}回电", "这次是{name}弄坏的", "{name}{name2}两户停电", "让{name}再跑一趟",
    "钥匙在{name}手里", "{name}在家等",
)  # fmt: skip
#: Nobody stands in these, and none of them may change.
_NOBODY = (
    "杭州市信号好", "浙江省杭州市西湖区用户较多", "客户周一来电", "客户方便时再联系", "用户于昨日投诉",
    "客户高度满意", "客户马上到店", "用户常用套餐", "客户安装宽带完成", "客户成功办理", "用户向我司反映",
    "客户何时能修好", "用户时常断网", "客户关注资费", "用户应急停电", "客户连续三天投诉", "客户全家断网",
    "用户明确表示不满", "客户经理已回访", "项目经理到场", "高级经理审核", "总经理批示", "安全员检查", "五月流量不足",
    "三月账单有误", "小米手机无信号", "华为路由器故障", "客户白金会员", "黄金会员咨询", "青花瓷套餐", "大王卡资费",
    "客户王者荣耀卡顿", "文三路施工", "地铁3号线信号差", "第3号订单", "3月5号停电", "办公楼3层无网",
    "和家人商量后再定", "和老师沟通过", "向经理反映", "万达广场信号弱", "路由器2号口坏", "线路3号杆倾斜", "已知道了",
    "高峰时段拥塞", "高温天气停电", "客户家庭宽带", "平安夜活动", "金融街网点", "康师傅方便面", "班主任来校",
    "温度过高", "客户高清电视花屏", "用户高新区居多", "施工队到场", "云南用户投诉", "客户来自江苏", "客户单位停电",
    "用户万兆光纤", "请产品经理评估", "时间另约", "客户多次来电", "由于成本上升", "用户从未欠费", "客户解释后满意",
    "金华市分公司", "常州市区拥塞", "石家庄市用户", "黄山区停电", "客户反映上海市浦东新区信号差", "道路3处开挖",
    "用户申请2号套餐", "今日派单5单", "客户经常断网", "联系人：同上", "负责人：待定", "联系人不详", "客户支付失败",
    "用户管理系统升级", "客户相关问题已答复", "农村用户补贴", "双方同意解约", "客户计划下周迁移", "周末高峰投诉多",
    "梅雨季节多雷", "党员服务队上门", "车辆占道", "包月流量用完", "谷物棒促销", "水电费已缴", "明天安排检修",
    "苏打水促销", "雷管仓库报警", "乐高积木活动", "边柜未关", "武昌鱼节宣传", "客户水表读数异常，要求复核",
    "用户古镇店铺网速慢", "客户路由器常掉线，重启后正常", "用户林场专线中断", "客户花费过高要求解释",
    "用户田间基站信号弱", "客户童锁无法解除", "用户单独计费申请退费", "客户苗圃用电申请增容", "客户蓝屏故障已修复",
    "客户农用灌溉用电报装", "用户焦急等待，请尽快处理", "客户柳州出差，漫游异常", "用户鲁能小区集中投诉",
    "客户顾虑套餐合约期", "用户郑重要求道歉", "客户徐汇营业厅办理", "用户薛家岛停电", "用户龙卡积分兑换",
    "客户雷雨天掉线", "用户凌晨两点断网", "客户牛肉店收银网络", "客户谢绝回访", "用户谢谢，已解决", "客户夏季用电高",
    "用户秦岭隧道无信号", "客户阳台装光猫", "用户毛坯房未通电", "客户康复医院专网", "用户易拉宝物料未到",
    "客户温室大棚电价", "客户尚未缴费", "客户尚无意见", "用户曾来电反映同样问题", "客户曾多次投诉", "用户曾经办理过",
    "客户戴尔电脑无法连接", "用户罗列的问题已记录", "客户罗马假日小区住户", "用户安抚后同意撤诉", "客户安然无恙",
    "用户石油公司大客户", "客户钱款已退", "用户钱包充值失败", "客户冷库断电", "用户洪水冲毁线路", "客户莫名被扣费",
    "用户莫名停机", "客户符合条件，准予办理", "用户符号显示错误", "客户殷切希望尽快恢复", "客户甘愿等待",
    "用户祝贺节日", "客户华强北门店", "客户司法局专线", "用户司机找不到路", "客户卓越班级平台", "用户娄底号码",
    "客户芦苇荡基站", "客户席卷式宣传", "用户米兰花园用户较多", "客户阳光套餐", "请通知王家庄村委会",
    "请找高压班处理", "已通知施工单位", "已通知安保部", "约明天上午上门", "约周五下午", "由江苏分公司处理",
    "由安装公司负责", "由成都节点转接", "我是高速入口旁的商户", "我叫你们经理来", "联系管理员处理", "联系司机送货",
    "联系万科物业", "交给包装部", "和平安银行协商一致", "和江西电信协商", "与东方电气沟通", "跟高铁站确认",
    "第一主任工程师审核", "区域经理到场", "车间主任签字", "高中老师咨询", "任课老师咨询", "舒适度下降",
    "江南路口停电", "中山路口断缆", "南京路步行街活动", "人民路段施工2号标", "3栋配电房跳闸", "机房A座3层",
    "一号楼电梯断网", "2号变压器3号线", "第3栋楼断电", "5号楼3单元楼道灯", "合同编号2-3-15", "请于3-5日内处理",
    "装宽带费用20-30元", "广场3号门", "社区12345热线", "小区2号门禁坏", "村2组支部", "从杭州市西湖区到余杭区",
    "浙江省宁波市海曙区鼓楼街道网格", "北京市海淀区学院路学区",
)  # fmt: skip


@dataclass(frozen=True)
class LabelledText:
    """A sentence, the names in it, and of its addresses the part that tells the door or the village."""

    text: str
    names: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()


def labelled_texts(seed: int = SEED) -> list[LabelledText]:
    """The whole set, the same for the same seed: each pattern of sentence with so many people, then those of nobody."""
    rng = random.Random(seed)
    made = [
        _made(rng, pattern) for pattern in (*_NAMED, *_NAMED_BARELY, *_PLACED) for _ in range(SENTENCES_PER_PATTERN)
    ]
    return [*made, *_nobody(rng)]


def _made(rng: random.Random, pattern: str) -> LabelledText:
    before, door = _place(rng)
    given: Mapping[str, str] = {
        "name": person_name(rng), "name2": person_name(rng), "surname": _surname(rng),
        "place": before + door, "phone": mobile_phone(rng),
    }  # fmt: skip
    names = [given[part] for part in ("name", "name2") if f"{{{part}}}" in pattern]
    if title := pattern.partition("{surname}")[2][:1]:
        names.append(given["surname"] + title)  # 张 alone stands in many words
    doors = (door,) if "{place}" in pattern else ()
    return LabelledText(f"{pattern.format(**given)}{rng.choice(_PAUSES)}已处理", tuple(names), doors)


def _nobody(rng: random.Random) -> Iterator[LabelledText]:
    for text in _NOBODY:
        for pause in _PAUSES:
            yield LabelledText(f"{rng.choice(('', '已核实，', '回访：'))}{text}{pause}已处理{number(rng, 2)}件")


def _surname(rng: random.Random) -> str:
    name = person_name(rng)
    while "·" in name or "•" in name:
        name = person_name(rng)
    return name[:2] if name[:2] in ("欧阳", "上官", "司马", "诸葛") else name[0]


def _place(rng: random.Random) -> tuple[str, str]:
    """What may stay, the regions, and what may not."""
    region, kind = rng.choice(("", *_CITIES)), rng.randrange(5)
    flat = f"{rng.randrange(1, 40)}幢{rng.randrange(1, 5)}单元{rng.randrange(101, 2000)}室"
    if kind == 0:
        return region, f"{rng.choice(_STREETS)}{rng.randrange(1, 999)}号"
    if kind == 1:
        return region, f"{rng.choice(_STREETS)}{rng.randrange(1, 999)}号{flat}"
    if kind == 2:
        return region, f"{rng.choice(_ESTATES)}{flat}"
    if kind == 3:
        return region, f"{rng.choice(_ESTATES)}{rng.randrange(1, 40)}-{rng.randrange(1, 5)}-{rng.randrange(101, 999)}"
    return rng.choice(_TOWNS), f"{rng.choice(_VILLAGES)}{rng.choice(('', f'{rng.randrange(1, 20)}组', '三组12号'))}"
