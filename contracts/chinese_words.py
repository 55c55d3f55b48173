"""Words that tell a person's name, an address and an organisation from other Chinese text, as regular expressions.

Lists of characters, not of people: what is written like a name need not be one, so a column is judged by its share.
"""

from contracts.identifiers import HAN

#: The commonest 230 surnames of one character, which 98 of 100 people bear, and the ones of two that are still in use.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易"
    "乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙"
    "鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师"
    "和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝麴"
)
_COMPOUND_SURNAMES = (
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|"
    "钟离|长孙|宇文|司徒|鲜于|司空|闾丘|令狐|百里|呼延|东郭|南门|轩辕|拓跋|第五|西门"
)
#: Characters that given names are made of; words for things hold others, so the share of such names tells a column.
GIVEN = (
    "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林博志宏建国文海峰晨轩昊睿䶮芳娜敏静丽艳娟霞秀燕玲桂英萍红梅莉"
    "兰颖洁琳雪倩婷慧怡佳欣雅婧璐瑶蕾薇晓诗涵雯梦琪喆一子梓浩然雨泽宸瑞嘉思远天佑安康永庆福贵富荣昌兴旺德仁义礼信忠孝良善美玉"
    "珍珠宝金银春夏秋冬东南西北中新立成功业家和顺祥吉利生民族云山川江河湖阳光月星辰晴彩虹丹青素心悦乐欢喜爱清淑贤惠凤凰蓉莲荷菊"
    "竹松柏柳枫桐楠榕彬炜炎焱煜灿炳烨煊培坤均城圣增墨大奇奕妍姗姝婉媛嫣学孟季宗定宜宝容宾富寒少尚展岚岩岳嵘巍川平年广庭延"
    "开弘彤彦影征循微徽必怀恒恩悟情意慈慧成战扬振捷政敬斯方旋昕昭显晋晖景智曦曼朋朗木本朝权来杏杨果根桃栋森楚正武毅水永汉汝"
    "沁沐沛泉法波泰洪津洲浦润淇淳渊清渝温源溪滨漫潇澄澜灵炫焕熙爽牧特玄玖玥珂珊珏珑珺现理琛琦琬琰琴琼瑄瑜瑛璇璟甜甫申男畅白百"
    "皓益盈直真睦知石碧磊祖祯禄禹秋科程穆章童竣端笑笛筠筱簌精红纪纯纲绍继维绮缘羽翔翠翰耀聪育胜腾臣至舒航良艺芝芬芮芷苏苑若茂"
    "茜茹荃莎莹菁菲萌萱蓓蓝蔚薪虎蝶行裕西言誉语谦豪贝贞赐超跃路轶辉达迅进远连迪逸道邦郁采重野鑫钊钧钰铁铃铭锋锐锦镇长闻闽阔"
    "陆陶隆雄集霄霆霏靖静韬韵音顺颂风飒飞香馨驰骁骏高鸣鸿鹤鹏麒麟黎默龄骉翀彧旻燊昇犇赟奡堃晟祎"
)
_NOT_IN_NAMES = "省市区县镇乡村街路号厂店部局站所院校司库楼层组科室组课班费率值表类级款项"
SURNAME = f"(?:{_COMPOUND_SURNAMES}|[{_SURNAMES}])"
_DOT = "[·•・‧∙]"

#: A surname and one or two characters, or the parts of a name of a minority with dots between.
PERSON_NAME = (
    f"^(?:{SURNAME}[{HAN}]{{0,1}}(?![{_NOT_IN_NAMES}])[{HAN}]|[{HAN}]{{1,10}}(?:{_DOT}[{HAN}]{{1,10}}){{1,3}})$"
)
#: Such a name whose other characters are those of given names.
LIKELY_PERSON_NAME = f"^(?:{SURNAME}[{GIVEN}]{{1,2}}|[{HAN}]{{1,10}}(?:{_DOT}[{HAN}]{{1,10}}){{1,3}})$"
_STREET = "(?:路|街|道|巷|弄|胡同|村|镇|乡|里|坊|屯|庄|小区|花园|家园|社区|公寓|大厦|广场|新村|苑|城|组|队)"
_DOOR = "(?:[0-9一二三四五六七八九十百千A-Z甲乙丙-]+(?:号|弄|幢|栋|座|单元|室|楼|层|户|组|队)|门牌)"
#: A street or an estate and a door.
ADDRESS = f"[{HAN}]{{1,12}}{_STREET}.{{0,24}}?{_DOOR}"
ORGANISATION_NAME = (
    "(?:公司|集团|厂|商行|商店|超市|酒店|饭店|餐厅|医院|诊所|学校|大学|学院|中学|小学|幼儿园|银行|支行|分行|事务所|研究院|研究所|设计院|"
    "委员会|居委会|村委会|合作社|协会|学会|基金会|经营部|门市部|工作室|服务部|中心|管理局|[市县区省]局|政府|派出所|法院|检察院)(?:[(].{0,20}[)])?$"
)
#: Text that somebody wrote: punctuation of sentences among Chinese characters, or many characters with blanks.
SENTENCE = f"[{HAN}].*[,。;!?、:,].*[{HAN}]|[{HAN}]{{12}}|(?:[A-Za-z]+[ ,.]+){{6}}"
