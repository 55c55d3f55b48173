"""Names, colours, fonts and number formats of the interface; the colours come from dashboards/_shared/palette.yaml."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

PALETTE_FILE = Path(__file__).resolve().parents[2] / "dashboards" / "_shared" / "palette.yaml"
PALETTE: dict[str, Any] = yaml.safe_load(PALETTE_FILE.read_text(encoding="utf-8"))
SURFACE: dict[str, str] = PALETTE["surface"]

APP_NAME = "Lakewarden 数据看板"
FONTS = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', Inter, sans-serif"

# `$` in a number format prints the one currency of this table, so `$,.1f` reads 1,234.5 万元.
NUMBER_LOCALE = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " 万元"]}

_WEEKDAYS = "日一二三四五六"
_MONTHS = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
TIME_LOCALE = {
    "dateTime": "%Y年%-m月%-d日 %H:%M:%S",
    "date": "%Y年%-m月%-d日",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": [f"星期{day}" for day in _WEEKDAYS],
    "shortDays": [f"周{day}" for day in _WEEKDAYS],
    "months": [f"{month}月" for month in _MONTHS],
    "shortMonths": [f"{number}月" for number in range(1, 13)],
}

CATEGORICAL_SCHEMES = [
    {
        "id": PALETTE["categorical"]["id"],
        "label": PALETTE["categorical"]["label"],
        "description": "",
        "isDefault": True,
        "colors": [PALETTE["named"][name] for name in PALETTE["categorical"]["colors"]],
    }
]
SEQUENTIAL_SCHEMES = [
    {**scheme, "description": "", "isDiverging": False, "isDefault": position == 0}
    for position, scheme in enumerate(PALETTE["sequential"])
]


def _logo() -> str:
    """Three waves and the name, as a data address: the content policy admits no other host."""
    wave = "q4-4 8 0t8 0 8 0"
    colours = (PALETTE["named"]["sky"], PALETTE["named"]["teal"], SURFACE["primary"])
    waves = "".join(
        f'<path d="M2 {9 + 6 * row}{wave}" fill="none" stroke="{colour}" stroke-width="3" stroke-linecap="round"/>'
        for row, colour in enumerate(colours)
    )
    font = 'font-family="sans-serif" font-size="16" font-weight="600"'
    words = f'<text x="42" y="21" {font} fill="{SURFACE["primary"]}">Lakewarden</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="156" height="30" viewBox="0 0 156 30">{waves}{words}</svg>'
    return "data:image/svg+xml," + quote(svg)


LOGO = _logo()
THEME: dict[str, Any] = {
    "token": {
        "brandAppName": APP_NAME,
        "brandLogoAlt": APP_NAME,
        "brandLogoUrl": LOGO,
        "brandLogoMargin": "14px 0",
        "brandLogoHref": "/dashboard/list/",
        "brandLogoHeight": "30px",
        "brandIconMaxWidth": 160,
        "colorPrimary": SURFACE["primary"],
        "colorLink": SURFACE["primary"],
        "colorInfo": PALETTE["named"]["sky"],
        "colorSuccess": PALETTE["named"]["teal"],
        "colorWarning": PALETTE["named"]["amber"],
        "colorError": PALETTE["named"]["coral"],
        "colorText": SURFACE["text"],
        "fontUrls": [],
        "fontFamily": FONTS,
    },
    "algorithm": "default",
    "echartsOptionsOverrides": {"textStyle": {"fontFamily": FONTS}},
}
