"""Where from and where to, as elders name places."""

from __future__ import annotations

from datetime import datetime

import pytest
from call import Call

from intents.engine import Engine

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ENGINE = Engine.load()


@pytest.mark.parametrize(
    ("text", "origin", "destination"),
    [
        ("要个车到县医院把我们接回来", "县医院", "家"),
        ("上午去趟新华书店", None, "新华书店"),
        ("到南湖公园北门接我，去二医院", "南湖公园北门", "二医院"),
        ("去弟弟家坐坐", None, "弟弟家"),
        ("首都机场三号航站楼，送外孙女出国", None, "首都机场三号航站楼"),
        ("明天去火车站接我闺女，叫个车", None, "火车站"),
        ("去火车东站，叫个车", None, "火车东站"),
        ("十一点在幼儿园大门口接上我，回翠湖花园", "幼儿园大门口", "翠湖花园"),
        ("送我婆婆子回平昌，她坐轮椅的", None, "平昌"),
        ("不去中医院了，去人民医院，叫个车", None, "人民医院"),
        ("打车回家，我在同仁医院西门呢", "同仁医院西门", "家"),
        ("叫车去火车站，说错了，是汽车站", None, "汽车站"),
        ("走到公交站都要二十分钟，想去趟草坝街菜市场", None, "草坝街菜市场"),
        ("下午去实验小学接孙子", None, "实验小学"),
        ("从我屋门口到江北客运中心", "家", "江北客运中心"),
        ("去派出所办户口，城关派出所", None, "城关派出所"),
        ("到县里，县人民医院，叫个车", None, "县人民医院"),
        ("我想去看我姐，她家住马鞍山路", None, "马鞍山路"),
        ("我闺女住在金牛小区，想去她那儿", None, "金牛小区"),
        ("去我女儿家，她住浉河区", None, "浉河区女儿家"),
        ("去我妹子家，平昌县城", None, "平昌县城"),
        ("我要回趟老家，王家湾", None, "王家湾"),
        ("老战友聚会，在军分区招待所，叫个车", None, "军分区招待所"),
        ("把我拉到老城隍庙那儿", None, "老城隍庙"),
        ("到南京路跟中山路口", None, "南京路跟中山路口"),
        ("去批发市场进点货", None, "批发市场"),
        ("接我去打疫苗", None, None),
        ("我儿子从广州回来，叫个车去高铁站接他", None, "高铁站"),
        ("我从中医院回来，叫个车", "中医院", "家"),
        # beside other places
        ("我看完病了，在中医院门口，喊个车拉我回家", "中医院门口", "家"),
        ("叫辆车，去老街那个卖羊肉汤的对面", None, "老街卖羊肉汤的对面"),
        ("我要去平桥区医院，得能上轮椅的车", None, "平桥区医院"),
        ("车来供销社门口接，去镇卫生院", "供销社门口", "镇卫生院"),
        ("我要回王家坪，车站这儿上车", "车站", "王家坪"),
        ("给我叫辆车去供热公司，十点半", None, "供热公司"),
        ("把我从透析室送回家，四点钟", "透析室", "家"),
        ("今天还要到我幺女屋头去一趟，你喊个车到我楼下头来接我嘛", "家", "小女儿家"),
        ("上回师傅把我拉到火车站去了，我去的是汽车站", None, "汽车站"),
        ("叫个车，从我住的这个茶都小区，到市中心医院", "茶都小区", "市中心医院"),
        ("我们在中医院住院部楼下，要回恩阳老家", "中医院住院部楼下", "恩阳老家"),
        ("去殷家湾，从镇上的老砖厂走", "老砖厂", "殷家湾"),
        ("我在回风路口站了半天了，送我到莲花小区", "回风路口", "莲花小区"),
        ("去和平广场，可别从东方红大道走", None, "和平广场"),
        ("从家里走，先拐到北关把我妹子捎上，再一块儿去市中心医院", "家", "市中心医院"),
        ("亲家从息县过来看我，叫个车去信阳站接她", None, "信阳站"),
        ("去税务局，在体育馆旁边", None, "税务局"),
        ("俺想去泡个热水澡，华清池你知道吧，后晌三点来个车接俺", None, "华清池"),
        ("叫个车，我幺女上个月生了，要送到她屋头去", None, "小女儿家"),
        ("到火车东站接人，下午两点一刻要到那儿", None, "火车东站"),
        ("我刚从老家坐班车回来，人在汽车站候车室，送我回光荣小区", "汽车站候车室", "光荣小区"),
        ("从我家到东站，哦不是东站，是西站，长途汽车西站", "家", "长途汽车西站"),
        ("我要到电信营业厅去一趟，给我叫个出租", None, "电信营业厅"),
        ("社保局那边搬了，莫去老地方，送我到政务中心", None, "政务中心"),
        ("给我叫辆车到不动产登记中心", None, "不动产登记中心"),
        ("你们那个车到不到得了光雾山嘛", None, "光雾山"),
    ],
)
def test_a_ride_is_read(text: str, origin: str | None, destination: str | None) -> None:
    found = ENGINE.extract(text, NOW, "taxi")
    assert (found.get("origin"), found.get("destination")) == (origin, destination)


def test_an_unlisted_name_stays_as_it_was_heard() -> None:
    found = ENGINE.understand("叫个车，下午去兴文镇", NOW).first
    assert found.slots["destination"] == "兴文镇"


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        ("她住平桥", "平桥"),
        ("住在罗山", "罗山"),
        ("住院部", "住院部"),
        ("一中", "一中"),
        ("三里店", "三里店"),
        ("一个星期来一回", None),
        ("我家那个狗又在叫，你莫管它", None),
        ("我家里", "家"),
        ("两三天去一趟", None),
    ],
)
def test_an_answer_may_say_where_somebody_lives_and_how_often_is_no_place(
    text: str, destination: str | None
) -> None:
    assert ENGINE.extract(text, NOW, "taxi", "destination").get("destination") == destination


@pytest.mark.parametrize(
    ("text", "place"), [("在医院", "医院"), ("中医院", "中医院"), ("人民医院门口", "人民医院门口")]
)
def test_where_to_be_fetched_from_is_not_where_to_go(text: str, place: str) -> None:
    assert ENGINE.extract(text, NOW, "taxi", "origin") == {"origin": place}


@pytest.mark.parametrize(
    "text", ["送我去火车站", "我要去火车站", "不是回家，是去火车站", "带我到火车站嘛"]
)
def test_where_to_go_is_told_even_where_it_was_asked_where_from(text: str) -> None:
    found = ENGINE.extract(text, NOW, "taxi", "origin")
    assert (found.get("origin"), found.get("destination")) == (None, "火车站")


@pytest.mark.parametrize(
    "text", ["在火车站", "搁火车站", "火车站", "我人在火车站呢", "到火车站来接我"]
)
def test_who_is_fetched_from_a_place_goes_home_from_it(text: str) -> None:
    slots = Call(ENGINE)("叫车接我回家", text, "没问题").filed[0].slots
    assert (slots["origin"], slots["destination"]) == ("火车站", "家")
