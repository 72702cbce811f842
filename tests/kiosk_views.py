"""One view of every kind, with words as long as they come, and the screens they must fit."""

from __future__ import annotations

from kiosk.geometry import Glass
from kiosk.view import (
    Action,
    Done,
    Help,
    Idle,
    Keypad,
    Listening,
    Now,
    Photo,
    Piece,
    Question,
    ReadBack,
    Stepper,
    StillThere,
    Tile,
    View,
    Week,
    Words,
)

HEARD = Now("listening", heard="我想明天上午去人民医院看看腿，这几天疼得厉害")
QUIET = Now("quiet")


def choice(label: str, icon: str = "") -> Tile:
    return Tile(label, Action("choose", "slot", label), icon)


def keys() -> tuple[Tile, ...]:
    digits = [Tile(str(n), Action("digit", value=str(n))) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)]
    delete = Tile("删除", Action("digit", value="delete"), "delete")
    done = Tile("好了", Action("digit", value="done"), "tick", "yes")
    return (*digits[:9], delete, digits[9], done)


FACE = Photo(4, bytes(range(48)))
YES = Tile("没问题", Action("confirm", value="yes"), "tick", "yes")
NO = Tile("改一下", Action("confirm", value="no"), "pencil")

IDLE = Idle(
    "10:05",
    "12月23日 星期一",
    "农历闰十月二十五",
    "您好，请说您要办什么事",
    Tile("点这里说话", Action("speak"), "mic", "speak"),
    (
        choice("订饭", "meal"),
        choice("挂号看病", "hospital"),
        choice("叫车", "car"),
        choice("开药送药", "pills"),
    ),
    (Tile("更多", Action("more"), "more"), Tile("输卡号", Action("card"), "card")),
    Now("listening"),
)

VIEWS: dict[str, View] = {
    "idle": IDLE,
    "idle with a notice": Idle(
        IDLE.clock,
        IDLE.day,
        IDLE.lunar,
        IDLE.greeting,
        IDLE.speak,
        IDLE.tiles,
        IDLE.more,
        Now("deaf"),
        notice="话筒没接好，请用手点",
    ),
    "waiting to listen": Listening(
        ("您好，我是邻里，会录音，不想录就说。",),
        "您有什么事要办？",
        "",
        "您慢慢说，我在听",
        Now("listening"),
    ),
    "listening": Listening(
        (),
        "您想哪天去，上午还是下午？",
        "我想明天上午去人民医院看看腿，这几天疼得厉害，走路都走不动，晚上也睡不好觉",
        "您慢慢说，我在听",
        Now("listening"),
    ),
    "question": Question(
        (),
        "您想看哪一科，还是哪里不舒服？",
        (
            choice("骨科", "bone"),
            choice("眼科", "eye"),
            choice("消化内科", "stomach"),
            choice("别的", "more"),
        ),
        HEARD,
    ),
    "question said again": Question(
        ("刚才有点吵，没听清。", "您照平常说话就行，比如：我要订饭。"),
        "您想办哪件事？",
        (
            choice("给家人打电话", "phone"),
            choice("办扫码证明", "paper"),
            choice("社区卫生服务中心", "hospital"),
            choice("别的", "more"),
        ),
        HEARD,
    ),
    "whom to call": Question(
        (),
        "给谁打电话？",
        (
            Tile("大女儿", Action("choose", "contact", "大女儿"), "woman", note="王芳", photo=FACE),
            Tile("老伴", Action("choose", "contact", "老伴"), "couple", note="李长贵"),
            Tile("邻居", Action("choose", "contact", "邻居"), "neighbour", note="欧阳建国"),
            choice("别的", "more"),
        ),
        HEARD,
    ),
    "three answers": Question(
        (),
        "您要哪一顿，早饭、午饭还是晚饭？",
        (choice("早饭", "sunrise"), choice("午饭", "sun"), choice("晚饭", "moon")),
        HEARD,
    ),
    "week": Week(
        (),
        "您想哪天去，上午还是下午？",
        tuple(
            Tile(name, Action("choose", "date", number), note=number)
            for name, number in zip(
                ("今天", "明天", "后天", "周四", "周五", "周六", "周日"),
                ("23", "24", "25", "26", "27", "28", "29"),
                strict=True,
            )
        ),
        HEARD,
    ),
    "stepper": Stepper(
        ("红烧肉",),
        "要几份？",
        "两份",
        Tile("少一点", Action("step", value=-1), "minus"),
        Tile("多一点", Action("step", value=1), "plus"),
        Tile("就这样", Action("take"), "tick", "yes"),
        HEARD,
    ),
    "read-back": ReadBack(
        (
            (
                Piece("帮您挂"),
                Piece("人民医院", "hospital"),
                Piece("骨科", "department"),
                Piece("。"),
            ),
            (Piece("明天二十四号星期二", "date"), Piece("上午", "part"), Piece("最早的号。")),
        ),
        "对就说“没问题”，要改就说“改一下”，好吗？",
        "hospital",
        YES,
        NO,
        HEARD,
    ),
    "calling read back": ReadBack(
        ((Piece("给"), Piece("大女儿", "contact"), Piece("王芳打电话。")),),
        "对就说“没问题”，要改就说“改一下”，好吗？",
        "woman",
        YES,
        NO,
        HEARD,
        FACE,
        person=True,
    ),
    "long read-back": ReadBack(
        (
            (Piece("十二月二十八号星期六食堂休息，给您订十二月二十九号的。"),),
            (
                Piece("十二月二十九号星期天", "date"),
                Piece("上午八点二十五分", "time"),
                Piece("，从"),
                Piece("光荣小区三号楼二单元", "origin"),
                Piece("到"),
                Piece("社区卫生服务中心", "destination"),
                Piece("，"),
                Piece("两个人", "passengers"),
                Piece("，要轮椅车。"),
            ),
            (Piece("我想听准一点。"),),
        ),
        "可以就说“没问题”，不行就说“改一下”，好吗？",
        "car",
        YES,
        NO,
        HEARD,
    ),
    "done": Done(
        "办好了",
        ("好，号我给您去挂，记得带身份证、医保卡。",),
        (
            ("什么事", "挂号看病"),
            ("时间", "十二月二十九号星期天上午"),
            ("谁来办", "站点工作人员代挂"),
            ("号码", "1123-007"),
        ),
        "还要我帮什么忙吗？",
        (
            Tile("还要办事", Action("another"), "plus"),
            Tile("不用了", Action("finish"), "tick", "yes"),
        ),
        "hospital",
        HEARD,
    ),
    "done with a printer": Done(
        "改好了",
        ("好，改成十二月二十九号星期天上午了。",),
        (
            ("什么事", "十二月二十九号上午社区卫生服务中心消化内科的号"),
            ("时间", "十二月二十九号星期天上午"),
            ("谁来办", "示例卫生服务中心"),
            ("号码", "1123-007"),
        ),
        "还要办别的事吗？",
        (
            Tile("还要办事", Action("another"), "plus"),
            Tile("打印单子", Action("print", value="1123-007"), "printer"),
            Tile("不用了", Action("finish"), "tick", "yes"),
        ),
        "hospital",
        HEARD,
    ),
    "help": Help(
        "已经叫人了",
        ("别怕，我马上叫人过来。", "别开灯别打火，先到外面去。"),
        "您是在家里，还是在别的地方？",
        (
            Tile("按错了 10", Action("mistaken"), "cross"),
            Tile("我没事了", Action("safe"), "tick"),
        ),
        HEARD,
    ),
    "still there": StillThere(
        "您还在吗？", Tile("我还在", Action("here"), "finger", "speak"), "28秒后回到开头", QUIET
    ),
    "staff called": Words(
        "staff_called",
        "工作人员这就来",
        ("现在没人值班，请您留句话。", "明天上午八点给您回电话。"),
        "staff",
        QUIET,
    ),
    "farewell": Words("farewell", "您慢走", ("好，有事您再来，再见。",), "wave", QUIET),
    "calling": Words("calling", "正在叫人", ("别怕，马上就好",), "alarm", QUIET),
    "out of order": Words(
        "out_of_order", "机器坏了", ("请找工作人员帮您办", "也可以点“找工作人员”"), "broken", QUIET
    ),
    "coming past a broken kiosk": Words(
        "coming", "已经叫人了", ("工作人员这就来",), "staff", QUIET
    ),
    "nobody could be called": Words(
        "not_called", "机器叫不了人", ("请大声喊工作人员",), "broken", QUIET
    ),
    "keypad": Keypad("请按您的卡号", "10012345", keys(), QUIET),
}

INCHES = {"15.6 inches": 15.6, "21.5 inches": 21.5, "32 inches": 32.0}
UPRIGHT = {"lying": (1920, 1080), "upright": (1080, 1920)}
GLASSES = {
    f"{inches}, {way}": Glass.of_inches(*pixels, diagonal)
    for inches, diagonal in INCHES.items()
    for way, pixels in UPRIGHT.items()
}
