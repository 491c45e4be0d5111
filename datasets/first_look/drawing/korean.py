"""Korean signs, drawn with the Nanum fonts (package fonts-nanum, SIL Open Font Licence)."""

from __future__ import annotations

from PIL import Image

from .canvas import Canvas, Point

__all__ = ["bakery", "exit_sign", "menu", "no_entry"]

RED, WHITE, INK = "#c9242d", "#fefefc", "#1d1b19"
DISHES = [
    ("김치찌개", "9,000원"),
    ("된장찌개", "8,500원"),
    ("비빔밥", "10,000원"),
    ("물냉면", "11,000원"),
    ("파전", "13,000원"),
    ("공깃밥", "1,000원"),
]


def no_entry() -> Image.Image:
    canvas = Canvas(720, 720)
    _site_fence(canvas)
    canvas.shadow((130, 66, 602, 664), blur=16, opacity=0.4, radius=18)
    canvas.rect((124, 54, 596, 652), WHITE, radius=18)
    canvas.rect((134, 64, 586, 642), None, radius=12, line=RED, width=6)
    canvas.circle((360, 232), 132, RED)
    canvas.rect((270, 204, 450, 260), WHITE, radius=4)
    canvas.text((360, 456), "출입금지", size=106, fill=RED, face="square", bold=0.8)
    canvas.rect((166, 528, 554, 532), "#d9d5cf")
    canvas.text((360, 580), "관계자 외 들어오지 마시오", size=35, fill=INK, face="gothic-bold")
    for x, y in ((152, 82), (568, 82), (152, 624), (568, 624)):
        canvas.circle((x, y), 6, "#a9adb0")
        canvas.circle((x - 1, y - 1), 3, "#e1e3e4")
    return canvas.finished()


def exit_sign() -> Image.Image:
    canvas = Canvas(800, 520)
    canvas.gradient((0, 0, 800, 520), "#3b4046", "#565c63")
    canvas.rect((0, 0, 800, 46), "#2c3035")
    canvas.glow((60, 100, 740, 440), "#3ff09a", blur=60, opacity=0.4)
    canvas.rect((196, 46, 204, 120), "#1c1f22")
    canvas.rect((596, 46, 604, 120), "#1c1f22")
    canvas.rect((76, 112, 724, 416), "#1f2427", radius=12)
    canvas.gradient((88, 124, 712, 404), "#08a85c", "#04914d", radius=6)
    canvas.rect((112, 148, 330, 380), WHITE, radius=4)
    _running_figure(canvas)
    canvas.text((520, 232), "비상구", size=118, fill=WHITE, face="square", bold=0.6)
    canvas.spaced((520, 340), "EXIT", size=74, fill=WHITE, gap=12, bold=2.6)
    return canvas.finished()


def bakery() -> Image.Image:
    canvas = Canvas(800, 680, "#b77a58")
    _bricks(canvas)
    canvas.shadow((70, 62, 738, 214), blur=12, opacity=0.45, radius=10)
    canvas.gradient((64, 50, 736, 200), "#4b3226", "#3a251b", radius=10)
    canvas.rect((76, 62, 724, 188), None, radius=6, line="#c9a25e", width=2)
    canvas.text((400, 112), "행복한 빵집", size=84, fill="#f8e7c4", face="round")
    canvas.text((400, 168), "매일 아침 굽습니다", size=24, fill="#dcbf8c", face="gothic-bold")
    _shop_window(canvas)
    _awning(canvas)
    _shop_door(canvas)
    canvas.rect((0, 628, 800, 680), "#a7a29a")
    canvas.rect((0, 628, 800, 634), "#8d8880")
    return canvas.finished()


def menu() -> Image.Image:
    canvas = Canvas(680, 860, "#8a6647")
    for index in range(12):
        canvas.rect((0, index * 72, 680, index * 72 + 70), ("#8f6b4b", "#866244", "#946f50")[index % 3])
    canvas.shadow((58, 52, 634, 828), blur=16, opacity=0.45, radius=6)
    canvas.gradient((50, 40, 626, 816), "#fbf6e9", "#f3ead3", radius=6)
    canvas.rect((66, 56, 610, 800), None, radius=3, line="#a8432f", width=3)
    canvas.text((338, 122), "오늘의 차림표", size=62, fill="#8f2f20", face="myeongjo")
    canvas.rect((278, 172, 398, 175), "#a8432f")
    for index, (dish, price) in enumerate(DISHES):
        y = 232 + index * 84
        width = canvas.text((104, y), dish, size=42, fill=INK, face="gothic-bold", anchor="lm")
        taken = canvas.text((572, y), price, size=40, fill=INK, face="gothic", anchor="rm")
        for x in range(round(104 + width) + 18, round(572 - taken) - 12, 12):
            canvas.circle((x, y + 10), 1.6, "#a69b85")
    canvas.rect((104, 712, 572, 714), "#d8c9a4")
    canvas.text((338, 758), "물과 반찬은 셀프입니다", size=27, fill="#6d5f4b", face="gothic")
    return canvas.finished()


def _site_fence(canvas: Canvas) -> None:
    canvas.gradient((0, 0, 720, 720), "#d7dde0", "#b9c0c4")
    for x in range(0, 720, 36):
        canvas.rect((x, 0, x + 3, 720), "#9aa2a7")
        canvas.rect((x + 3, 0, x + 7, 720), "#e6eaec")
    canvas.rect((0, 672, 720, 720), "#e8b92c")
    for x in range(-60, 760, 84):
        canvas.polygon([(x, 720), (x + 42, 720), (x + 90, 672), (x + 48, 672)], "#26282a")


def _running_figure(canvas: Canvas) -> None:
    """A person who leaves through a door, after the pictogram of ISO 7010 E001."""
    green = "#05964f"
    canvas.rect((256, 160, 320, 368), green)
    canvas.rect((264, 168, 312, 360), WHITE)
    body: list[list[Point]] = [
        [(205, 220), (186, 276)],
        [(199, 224), (165, 230), (148, 262)],
        [(206, 224), (232, 252), (262, 246)],
        [(188, 278), (222, 302), (216, 352)],
        [(186, 276), (170, 318), (130, 330)],
    ]
    for limb, width in zip(body, (34, 16, 16, 20, 20), strict=True):
        canvas.stroke(limb, green, width)
    canvas.circle((220, 184), 19, green)


def _bricks(canvas: Canvas) -> None:
    for row in range(27):
        for column in range(-1, 11):
            x = column * 80 + (row % 2) * 40
            shade = ("#a86a4a", "#b0724f", "#9f6345", "#b57b58")[(row * 5 + column * 3) % 4]
            canvas.rect((x + 1.5, row * 24 + 1.5, x + 78.5, row * 24 + 22.5), shade, radius=1)


def _shop_window(canvas: Canvas) -> None:
    canvas.rect((64, 260, 488, 628), "#3a251b", radius=4)
    canvas.gradient((80, 276, 472, 580), "#fff3d2", "#f6d9a0")
    for shelf, y in enumerate((420, 532)):
        for spot in range(5):
            _bread(canvas, (122 + spot * 77, y), (spot + shelf * 2) % 3)
        canvas.rect((80, y, 472, y + 9), "#8a5f3c")
        canvas.rect((80, y + 9, 472, y + 13), "#00000025")
    canvas.polygon([(80, 276), (190, 276), (110, 580), (80, 580)], "#ffffff30")
    canvas.rect((80, 580, 472, 612), "#5a3b2b")


def _bread(canvas: Canvas, at: Point, kind: int) -> None:
    x, y = at
    if kind == 0:
        canvas.ball((x - 32, y - 36, x + 32, y + 8), "#e9b565", "#b8722f")
        canvas.rect((x - 34, y - 1, x + 34, y + 9), "#f6dba6")
        for notch in (-14, 0, 14):
            canvas.line([(x + notch - 4, y - 28), (x + notch + 6, y - 14)], "#f7dfae", 3.5)
    elif kind == 1:
        canvas.rect((x - 27, y - 46, x + 27, y), "#b06f34", radius=14)
        canvas.rect((x - 21, y - 40, x + 21, y - 5), "#e0b272", radius=10)
        canvas.rect((x - 21, y - 20, x + 21, y - 5), "#e0b272", radius=3)
    else:
        canvas.ellipse((x - 30, y - 48, x + 30, y), "#c98442")
        canvas.ellipse((x - 26, y - 46, x + 26, y - 6), "#dda05a")
        canvas.ellipse((x - 11, y - 32, x + 11, y - 18), "#f3d6a2")


def _awning(canvas: Canvas) -> None:
    canvas.shadow((60, 250, 492, 344), blur=10, opacity=0.35)
    for index in range(9):
        colour = "#c8423a" if index % 2 == 0 else "#fbf4e6"
        top, bottom = 68 + index * 46.2, 52 + index * 49.8
        canvas.polygon([(top, 236), (top + 46.4, 236), (bottom + 50, 314), (bottom, 314)], colour)
        canvas.pie((bottom, 292, bottom + 50, 334), colour, start=0, end=180)
    canvas.rect((62, 230, 490, 240), "#7d2a25", radius=3)


def _shop_door(canvas: Canvas) -> None:
    canvas.rect((540, 236, 736, 628), "#3a251b", radius=4)
    canvas.gradient((554, 250, 722, 628), "#2f6f66", "#24574f")
    canvas.gradient((578, 276, 698, 470), "#fff0cc", "#f3d7a2", radius=4)
    canvas.polygon([(578, 276), (640, 276), (578, 430)], "#ffffff38")
    canvas.rect((596, 344, 680, 400), "#fbf7ee", radius=6)
    canvas.text((638, 372), "영업중", size=28, fill="#2f6f66", face="gothic-bold")
    canvas.line([(638, 310), (604, 344)], "#6d5236", 1.5)
    canvas.line([(638, 310), (672, 344)], "#6d5236", 1.5)
    canvas.rect((700, 486, 708, 546), "#d9b25f", radius=4)
    canvas.rect((578, 496, 688, 604), None, radius=4, line="#1c463f", width=3)
