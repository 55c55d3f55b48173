"""Names and addresses inside Chinese sentences: by the words around them, for they have no form of their own.

Regular expressions for text in half width, read by Java (Spark, `$1`) and Python alike. Lists of words, not of people:
what stands where a name would stand need not be one, and a name without any such word is not seen.
How much is recognised is measured in docs/treatments.md. What repeats is atomic or short, so that no text, however it
was written, takes longer than its length allows.
"""

from contracts.chinese_words import GIVEN, SURNAME
from contracts.identifiers import HAN

NAME, ADDRESS = "[姓名]", "[地址]"

#: Words that begin with a character that is also a surname; none of them begins a name here.
_NO_NAME = (
    "于[今昨明前当此是上下本]|由于|关于|关[注心闭中爱]|周[一二三四五六日末边围转岁年期]|马[上路桶达]|"
    "高[兴度峰清新温层速级铁压考价频校中低原额大端尚山龄发音]|方[便案式向法面式可言才程]|安[装全排置检防心静徽庆康阳抚然保定宁南]|"
    "万[一分元事能兆达年科物]|何[时处种人况必]|金[额卡融星华属立牌山桔银子]|白[天金酒色银领条板果]|黄[金色山瓜牌页河]|文[明件字化本具章档艺学]|"
    "平[安时常均台]|温[度馨州水控室和]|云[南端盘服]|江[苏西门南北东山湖宁]|吉林|吉利|宁[波夏愿可]|桂林|石[家油材油墨]|汉[中口字]|梅[州雨]|郑[州重]|徐[州汇]|"
    "贵[阳州司公方]|海[南口外]|武[汉器昌]|乐[意趣]|水[电费表管库]|强[烈制调化]|经[理过常办]|程[序度]|任[何务意一]|任工程|封[装闭]|管[理道家线]|"
    "毛[巾病利坯]|施工|施行|同[意时上样]|相[关同应]|能[否够]|申[请报诉明]|官[方网]|农[村户业用]|双[方向]|尚[未无]|曾[来多经于在要因]|"
    "谢[谢绝意]|夏[季天至]|雷[雨管达电]|童[锁装]|焦急|钱[款包]|莫[名大]|殷切|甘[愿心]|罗[列马兰]|华[为强北东南中夏西]|阳[台光子]|米兰|王[者家]|"
    "薛家|张[家贴]|李[家宁]|林[业场地]|苗[圃族]|蓝[屏牙色]|柳州|顾[虑客问]|古[镇城]|田[间地]|花[费园]|龙[卡头湖]|洪水|符[合号]|卓越|祝[贺福]|"
    "秦岭|牛[肉奶]|康[复宁师]|易[损拉于]|戴尔|凌晨|严重|庄[重园严]|毕业|沙[发漠]|简[单直洁]|纪[念录]|苏[州打丹]|唐山|韩国|"
    "解[决释除约]|章程|欧[洲元]|沈阳|舒[适畅服]|盛行|习惯|"
    "本[人月公]|待[定查补]|不详|未知|暂无|没有|见[上下附]|客户|用户|无"
)
_REAL = f"(?!{_NO_NAME})"
#: Beside the characters that tell a column of names, those that only people's names in sentences may be trusted with.
_GIVEN = f"{GIVEN}小世怀瑾满仓援朝卫发财根旺才达保留锁柱栓妞囡丫三四五六七九十花晶巧诺霖丰向娇姣妮芸茵凯"
#: What stands behind a name in a sentence, so that no part of it is taken for the name.
_BEHIND = (
    f"(?=$|[^{HAN}]|反[映馈]|来[电访店信函]|表示|投诉|要求|申请|致电|签[收字名]|本人|先生|女士|小姐|认为|希望|同意|确认|一同|夫妻|咨询|询问|告知|"
    "[称说在于的已与和及到因为家是再去需想拒未不要办报提接回拨打就对将把被给也有没缴交欠现等约代])"
)
_BEHIND_FOR_SURE = (
    f"(?=$|[^{HAN}]|反映|来[电访函]|表示|投诉|致电|签[收字]|代[签办]|要求|本人|先生|女士|小姐|一同|夫妻|住在|[称说的])"
)
_NOT_A_PLACE = "(?![省市区县镇乡村街路号店厂])"
#: Characters that are everyday words far more often than somebody's surname.
_NO_SURNAME = "(?![全应向连从时单车党项计支和明成路房管商师席边冷包米查左游季景常谷]|司(?!马))"
#: A name where little else can stand, and one where the words before it may go on with anything.
_ANY_NAME = f"{_REAL}{SURNAME}(?:[{HAN}]{{1,2}}?{_BEHIND}|[{_GIVEN}]{{2}})"
_LIKELY_NAME = f"{_NO_SURNAME}{_REAL}{SURNAME}(?:[{_GIVEN}]{{1,2}}?{_BEHIND}|[{_GIVEN}]{{2}}){_NOT_A_PLACE}"
_SURE_NAME = f"{_NO_SURNAME}{_REAL}{SURNAME}[{HAN}]{{1,2}}?{_BEHIND_FOR_SURE}"
#: Parts with dots between, as of many minorities and foreigners.
_DOTTED_NAME = f"[{HAN}]{{2,8}}(?:[·•・‧∙][{HAN}]{{1,8}}?){{1,3}}(?:{_BEHIND_FOR_SURE}|(?=住|家|与|和|已))"
_PEOPLE = (
    "客户|用户|业主|户主|住户|居民|村民|机主|车主|房东|租客|租户|商户|店主|老板|同事|家属|亲属|患者|学生|学员|本人|"
    "联系人|申请人|经办人|代办人|收件人|收货人|寄件人|投诉人|报修人|报装人|来电人|来访人|持卡人|开户人|监护人|签收人|当事人|负责人|"
    "法定代表人|法人代表|法人|客户经理|项目经理|装维员|安装员|维修员|业务员|受理员|值班员|我叫|名叫"
)
_FIELDS = f"姓名|户名|名字|签名|签收|{_PEOPLE}"
_NAMES_OF_FIELDS = "姓名|户名|联系人|户主|机主|业主|收件人|收货人|经办人|申请人|法定代表人|法人"
_FORMS_OF_ADDRESS = "先生|女士|小姐|太太|夫人|阿姨|大爷|大妈|大娘|叔叔|伯伯|奶奶|爷爷"
_TITLES = (
    "师傅|经理|主任|老师|医生|大夫|护士|律师|教授|警官|同志|老板|店长|主管|"
    "组长|队长|班长|校长|院长|科长|处长|局长|部长|所长|站长|书记|工程师|会计|总(?![是共数量部计结体额算裁线在会之公台])"
)
#: Asked first, because a look whether a character is a surname costs most.
_BEFORE = f"(?=[{HAN}]{{{{1,4}}}}?(?:{{}}))"
_TALKS_TO = "联系|通知|找|致电|转告|告知|转交给?|交给|拜访|约|陪同|叫做?|我是|系|由(?!于)|回访"
_ALONE = f"^|[^{HAN}]|[和与由请找]|联系|通知|转告|师傅|房东"
_DOES = "来电|反映|投诉|致电|签收|报修|来访|要求|表示|申请|本人|说(?!明)|称"
_DOES_WITH = "约|商|沟通|联系|协商|确认|见面|回|来|接|处理|签|打|去|办|送"
_LABEL = r"[ ,:(]{0,3}(?:\+?86[-)])?\[(?:手机号码|固定电话|居民身份证号|微信号|QQ 号|电子邮箱|长数字|银行卡号|护照号)\]"

_CHINESE_NUMBER = "一二三四五六七八九十百零〇两"
_NUMBER = f"(?:[0-9]{{1,5}}|[{_CHINESE_NUMBER}]{{1,4}}|[A-Za-z甲乙丙丁][0-9]{{0,4}})"
_ROOM = "[0-9]{3,4}(?![0-9]|[ -][0-9])"  # and no beginning of a number in groups
_DOOR_PART = f"{_NUMBER}(?:[-#之]{_NUMBER}){{0,4}}(?:号楼|号院|号|弄|支弄|幢|栋|座|单元|室|户|层|楼|组|队)"
_FLAT = f"{_NUMBER}(?:[-#]{_NUMBER}){{1,4}}(?![0-9年月日]|[ -][0-9])"
_DOOR = f"[ ,]?(?:{_DOOR_PART}(?:[ ,]?{_DOOR_PART}){{0,5}}(?:{_ROOM})?|{_FLAT})"
#: A character of the name of a place; the words that lead to a place are none.
_PLACE = f"(?:(?![在住到至往从是为于位址送去请给了点]|家[在住里中])[{HAN}])"
_REGION = f"(?>{_PLACE}{{1,7}}?(?:省|自治区|特别行政区|自治州|地区|市|区|县|(?<!红)旗|州|盟|镇|乡|街道))"
_ROAD = "(?<![线电链网思走问光回通顺铁公道一])路|大街|街|大道|巷|弄|胡同"
_ESTATE = "科技园|工业园|产业园|新村|小区|花园|家园|公寓|大厦|社区|苑|庄园|村|屯|广场|大楼|公馆|山庄|宿舍"
_STREET = f"(?>{_PLACE}{{1,8}}?(?:{_ROAD}|{_ESTATE}))"
_SHORT_STREET = f"{_PLACE}{{1,4}}(?:{_ROAD}|{_ESTATE})"
_HAMLET = f"(?:{_PLACE}{{1,4}}(?:组|队|湾|坝|屯))?"
_HOUSE = f"{_NUMBER}(?:[-#]{_NUMBER})?(?:号楼|幢|栋|座)"

#: What every address here holds; most sentences hold none of it, and to see that costs little.
COULD_HOLD_ADDRESS = f"[号弄幢栋座室户层楼组队]|[0-9A-Za-z][-#][0-9A-Za-z]|{_ESTATE}"
#: What is replaced and by what, in this order. Addresses first, before any blank between digits is lost: regions,
#: streets and estates down to a door; regions down to a village, an estate or a house; a house and a flat.
ADDRESSES: tuple[tuple[str, str], ...] = (
    (f"{_REGION}{{1,7}}+{_STREET}{{1,3}}+{_HAMLET}{_DOOR}", ADDRESS),
    (f"{_SHORT_STREET}{_STREET}{{0,2}}+{_HAMLET}{_DOOR}", ADDRESS),
    (f"{_REGION}{{2,7}}+{_PLACE}{{1,6}}?(?:{_ESTATE})", ADDRESS),
    (f"{_REGION}{{2,7}}+{_HOUSE}(?:[ ,]?{_DOOR_PART}){{0,4}}", ADDRESS),
    (f"(?<![0-9-]){_HOUSE}[ ,]?(?:{_NUMBER}单元[ ,]?)?(?:{_NUMBER}(?:室|户|号)|{_ROOM})", ADDRESS),
    (r"(\[地址\])(?:[ ,]?\[地址\])+", "$1"),
)
#: The same for names, in text whose numbers have become labels; the words that lead to a name stay.
NAMES: tuple[tuple[str, str], ...] = (
    # after a colon, as in a form
    (f"((?:{_FIELDS})(?:姓名)?[:=] ?)(?:{_DOTTED_NAME}|{_ANY_NAME})", f"$1{NAME}"),
    (f"((?:{_NAMES_OF_FIELDS})[:=] ?){_REAL}[{HAN}]{{2,4}}(?![{HAN}])", f"$1{NAME}"),
    # before a form of address or a title
    (f"{_BEFORE.format(_FORMS_OF_ADDRESS)}{_NO_SURNAME}{_REAL}{SURNAME}[{HAN}]{{0,2}}(?={_FORMS_OF_ADDRESS})", NAME),
    (f"{_BEFORE.format(_TITLES)}{_NO_SURNAME}{_REAL}{SURNAME}[{_GIVEN}]{{0,2}}(?={_TITLES})", NAME),
    # behind a word for people, or for talking to them
    (f"((?:{_PEOPLE})(?:姓名)?(?:为|是|叫)? ?)(?:{_DOTTED_NAME}|{_LIKELY_NAME}|{_SURE_NAME})", f"$1{NAME}"),
    (f"((?:{_TALKS_TO}) ?)(?:{_DOTTED_NAME}|{_LIKELY_NAME})", f"$1{NAME}"),
    # a surname alone with 工, 老 or 小
    (f"({_ALONE}){_BEFORE.format('工')}{_NO_SURNAME}{_REAL}{SURNAME}(?=工{_BEHIND})", f"$1{NAME}"),
    (f"({_ALONE})[老小]{_NO_SURNAME}{SURNAME}{_BEHIND}", f"$1{NAME}"),
    (f"([和与跟请让给帮])(?:{_DOTTED_NAME}|{_LIKELY_NAME})(?={_DOES_WITH})", f"$1{NAME}"),
    # at the beginning of a sentence, before a number or before what people do
    (f"(?<![{HAN}]){_BEFORE.format(_LABEL)}{_REAL}{SURNAME}[{HAN}]{{1,2}}(?={_LABEL})", NAME),
    (f"(?<![{HAN}]){_BEFORE.format(_DOES)}{_NO_SURNAME}{_REAL}{SURNAME}[{_GIVEN}]{{1,2}}(?={_DOES})", NAME),
    # and whoever is named beside
    (f"(\\[姓名\\][、和与及])(?:{_DOTTED_NAME}|{_ANY_NAME})", f"$1{NAME}"),
)  # fmt: skip
