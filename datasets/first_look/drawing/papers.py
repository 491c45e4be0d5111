"""Things to read: a till roll, a bar chart and a departures board."""

from __future__ import annotations

from PIL import Image

from .canvas import Canvas, Point

__all__ = ["bar_chart", "departures", "receipt"]

INK = "#2b2926"
# Name, quantity, price of one in cents; the totals are computed, so the drawing cannot contradict itself.
ITEMS = [
    ("Sourdough bread", 1, 420),
    ("Oat milk 1 l", 2, 235),
    ("Tomatoes 500 g", 1, 310),
    ("Mature cheddar", 1, 565),
    ("Dark chocolate", 3, 180),
]
PAID_CENTS = 3000
VISITORS = [("Jan", 1240), ("Feb", 980), ("Mar", 1615), ("Apr", 2130), ("May", 2428), ("Jun", 1870)]
TRAINS = [
    ("09:40", "Suwon", "4", "On time"),
    ("10:05", "Busan", "7", "On time"),
    ("10:20", "Mokpo", "2", "Delayed"),
    ("10:35", "Gangneung", "9", "On time"),
    ("10:50", "Yeosu", "5", "On time"),
]


def receipt() -> Image.Image:
    canvas = Canvas(640, 900, "#c9b79c")
    for index in range(9):
        canvas.rect((0, index * 102, 640, index * 102 + 100), ("#cbb99e", "#c4b196", "#cfbea4")[index % 3])
    canvas.shadow((118, 44, 534, 878), blur=14, opacity=0.4)
    _torn_paper(canvas)
    canvas.spaced((320, 92), "CORNER GROCERY", size=36, fill=INK, gap=2, bold=1.2)
    canvas.text((320, 132), "12 River Avenue, Springfield", size=21, fill=INK)
    canvas.text((320, 160), "Tel. 555 0142", size=21, fill=INK)
    _dashes(canvas, 190)
    canvas.text((142, 218), "2026-03-14", size=22, fill=INK, anchor="lm")
    canvas.text((498, 218), "17:42", size=22, fill=INK, anchor="rm")
    _dashes(canvas, 246)
    y = 284.0
    for name, quantity, cents in ITEMS:
        _item(canvas, y, name=name, quantity=quantity, cents=cents)
        y += 58 if quantity > 1 else 40
    _dashes(canvas, y)
    total = sum(quantity * cents for _, quantity, cents in ITEMS)
    canvas.text((142, y + 46), "TOTAL", size=38, fill=INK, anchor="lm", bold=1.3)
    canvas.text((498, y + 46), _money(total), size=38, fill=INK, anchor="rm", bold=1.3)
    for row, (label, cents) in enumerate((("Cash", PAID_CENTS), ("Change", PAID_CENTS - total))):
        canvas.text((142, y + 96 + row * 32), label, size=23, fill=INK, anchor="lm")
        canvas.text((498, y + 96 + row * 32), _money(cents), size=23, fill=INK, anchor="rm")
    _dashes(canvas, y + 158)
    canvas.text((320, y + 190), "Thank you and see you soon!", size=22, fill=INK)
    _bar_code(canvas, (190, y + 218))
    return canvas.finished()


def bar_chart() -> Image.Image:
    canvas = Canvas(900, 600)
    canvas.text((60, 56), "Visitors per month", size=38, fill="#1f2933", anchor="lm", bold=0.9)
    canvas.text((60, 98), "City museum, January to June 2026", size=22, fill="#66727f", anchor="lm")
    base, top_value, height = 516.0, 2500, 360.0
    for value in range(0, top_value + 1, 500):
        y = base - height * value / top_value
        canvas.rect((122, y - 0.6, 860, y + 0.6), "#d9dee3" if value else "#7b8794")
        canvas.text((108, y), f"{value:,}", size=20, fill="#66727f", anchor="rm")
    for index, (month, value) in enumerate(VISITORS):
        x = 154 + index * 119
        y = base - height * value / top_value
        colours = ("#f59a3c", "#e67a1e") if value == max(count for _, count in VISITORS) else ("#4f8fd0", "#2f6cb0")
        canvas.gradient((x, y, x + 76, base), *colours, radius=5)
        canvas.rect((x, base - 8, x + 76, base), colours[1])
        canvas.rect((x, y - 34, x + 76, y - 4), "#ffffff")
        canvas.text((x + 38, y - 18), f"{value:,}", size=25, fill="#1f2933", bold=0.5)
        canvas.text((x + 38, base + 28), month, size=24, fill="#3e4c59")
    canvas.rect((122, base - 0.8, 860, base + 0.8), "#7b8794")
    return canvas.finished()


def departures() -> Image.Image:
    canvas = Canvas(900, 560, "#2a2d31")
    canvas.gradient((0, 0, 900, 560), "#4a4f55", "#25282c")
    canvas.shadow((36, 40, 876, 540), blur=14, opacity=0.5, radius=14)
    canvas.rect((30, 28, 870, 528), "#0d0f12", radius=14)
    canvas.rect((30, 28, 870, 110), "#17324d", radius=14)
    canvas.rect((30, 90, 870, 110), "#17324d")
    canvas.text((60, 70), "Departures", size=42, fill="#ffffff", anchor="lm", bold=0.8)
    canvas.text((840, 70), "09:32", size=42, fill="#ffd257", anchor="rm", bold=0.8)
    columns = (60, 230, 560, 840)
    for x, title, anchor in zip(columns, ("Time", "To", "Platform", "Status"), ("lm", "lm", "mm", "rm"), strict=True):
        canvas.text((x, 138), title, size=21, fill="#8b98a5", anchor=anchor)
    for index, (time, place, platform, status) in enumerate(TRAINS):
        y = 196 + index * 70
        if index % 2 == 0:
            canvas.rect((40, y - 33, 860, y + 33), "#171b20", radius=6)
        late = status != "On time"
        canvas.text((columns[0], y), time, size=38, fill="#ffd257", anchor="lm", bold=0.5)
        canvas.text((columns[1], y), place, size=38, fill="#f4f6f8", anchor="lm", bold=0.5)
        canvas.text((columns[2], y), platform, size=38, fill="#f4f6f8", bold=0.5)
        canvas.text((columns[3], y), status, size=30, fill="#ff7a6b" if late else "#6fdc96", anchor="rm", bold=0.3)
    return canvas.finished()


def _torn_paper(canvas: Canvas) -> None:
    teeth: list[Point] = [(112 + step * 13, 868 if step % 2 else 858) for step in range(33)]
    canvas.polygon([(112, 34), (528, 34), *reversed(teeth)], "#fdfcf8")
    canvas.rect((112, 34, 116, 856), "#00000008")
    canvas.rect((522, 34, 528, 856), "#0000000a")


def _dashes(canvas: Canvas, y: float) -> None:
    for x in range(142, 496, 12):
        canvas.rect((x, y, x + 7, y + 1.6), "#6f6a62")


def _item(canvas: Canvas, y: float, *, name: str, quantity: int, cents: int) -> None:
    canvas.text((142, y), name, size=24, fill=INK, anchor="lm")
    canvas.text((498, y), _money(quantity * cents), size=24, fill=INK, anchor="rm")
    if quantity > 1:
        canvas.text((166, y + 25), f"{quantity} x {_money(cents)}", size=19, fill="#5f5a52", anchor="lm")


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _bar_code(canvas: Canvas, at: Point) -> None:
    x = at[0]
    for width in (2, 1, 3, 1, 2, 4, 1, 1, 3, 2, 1, 4, 2, 1, 1, 3, 1, 2, 2, 4, 1, 3, 1, 1, 2, 3, 1, 4, 1, 2, 2, 1, 3, 2):
        canvas.rect((x, at[1], x + width * 2, at[1] + 50), INK)
        x += width * 2 + 3.6
