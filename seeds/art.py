"""Draws the pictures of the demo paper: seven flat inks, hatching and dots instead of gradients.

    python3 seeds/art.py           # writes seeds/art/*.svg
    python3 seeds/art.py orchard   # writes one of them

Standard library only. The PNG files in seeds/pictures/ are prints of these drawings, 1600 pixels wide, made by opening
each SVG in Chromium and keeping 64 colours; nothing at run time needs this script. Random numbers have fixed seeds, so
drawing twice gives the same file.
"""

import math
import random
import sys
from pathlib import Path

OUT = Path(__file__).parent / "art"

# paper, deep green, mid green, pale green, lamplight, brick, ink
P, G, M, L, Y, C, K = "#f4f0e3", "#0e4a3b", "#2f8a6d", "#abd4bf", "#ffcf40", "#e4623f", "#13201b"


def attributes(extra):
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in extra.items())


def rect(x, y, w, h, fill, **extra):
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{fill}"{attributes(extra)}/>'


def path(d, fill="none", **extra):
    return f'<path d="{d}" fill="{fill}"{attributes(extra)}/>'


def circle(x, y, radius, fill, **extra):
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"{attributes(extra)}/>'


def hatch(name, colour, gap=10, width=2, turn=0):
    return (
        f'<pattern id="{name}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({turn})"><path d="M0 {gap / 2}H{gap}" stroke="{colour}" stroke-width="{width}"/></pattern>'
    )


def dots(name, colour, gap=14, radius=2):
    return (
        f'<pattern id="{name}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse">'
        f'<circle cx="{gap / 2}" cy="{gap / 2}" r="{radius}" fill="{colour}"/></pattern>'
    )


def save(name, width, height, patterns, drawing):
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<defs>{''.join(patterns)}</defs>\n" + "\n".join(drawing) + "\n</svg>\n"
    )
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.svg").write_text(svg)


# --- Mill Street: the shops as they are, the homes as they might be ------------
def mill():
    W, H = 1600, 1000
    drawing = [rect(0, 0, W, H, P)]
    random.seed(4)
    drawing += [circle(1130, 330, 250, Y), rect(0, 0, W, 640, "url(#s)")]
    drawing += [path("M0 560 Q220 470 480 540 T900 520 T1300 540 T1600 480 V760 H0Z", L)]
    drawing += [rect(0, 740, W, 160, M)]
    # mill with chimney
    drawing += [
        rect(1330, 250, 46, 400, C),
        rect(1322, 238, 62, 20, K),
        path("M1353 226c-20-40 40-60 14-104 46 30 70 60 20 104z", K, opacity=".12"),
    ]
    drawing += [rect(1240, 430, 300, 330, G)]
    for i in range(6):
        for j in range(3):
            drawing += [rect(1262 + i * 45, 460 + j * 80, 26, 46, Y if (i * 3 + j) % 5 == 0 else M)]
    drawing += ["".join(path(f"M{1240 + i * 100} 430l50-46 50 46z", G) for i in range(3))]
    # shop fronts
    xs = [(40, 210, "g"), (250, 190, "f"), (440, 240, "g"), (680, 180, "f"), (860, 220, "g"), (1080, 200, "f")]
    cols = [M, C, G, "#f9d98a", L, M]
    for (x, w, k), col in zip(xs, cols):
        top = 560 if k == "g" else 530
        drawing += [rect(x, top, w, 340, col)]
        if k == "g":
            drawing += [path(f"M{x} {top}L{x + w / 2} {top - 95}L{x + w} {top}z", K if col != G else M)]
        else:
            drawing += [rect(x - 6, top - 18, w + 12, 22, K)]
        n = 3 if w > 200 else 2
        for i in range(n):
            wx = x + w * (i + 0.5) / n - 19
            drawing += [rect(wx, top + 46, 38, 70, Y if (i + x) % 3 == 0 else P), rect(wx, top + 79, 38, 4, col)]
        # awning
        ay = top + 165
        drawing += [
            rect(x + 14, ay + 30, w - 28, 900 - ay - 40, K),
            rect(x + 34, ay + 62, w * 0.4, 900 - ay - 96, Y if col != C else P, opacity=".92"),
        ]
        drawing += [rect(x + w * 0.66, ay + 62, w * 0.2, 900 - ay - 72, col)]
        st = w / 10
        for i in range(10):
            drawing += [
                path(
                    f"M{x + i * st:g} {ay}h{st:g}v44a{st / 2:g} {st / 2:g} 0 0 1 -{st:g} 0z",
                    P if i % 2 else C if col != C else G,
                )
            ]
    # the proposed storeys: dashed
    for x, w in ((250, 190), (680, 180), (1080, 200)):
        for s in range(2):
            y = 512 - (s + 1) * 118
            drawing += [
                rect(x + 4, y, w - 8, 118, P, opacity=".55"),
                rect(x + 4, y, w - 8, 118, "none", stroke=K, stroke_width=5, stroke_dasharray="14 10"),
            ]
            for i in range(2):
                drawing += [
                    rect(
                        x + w * (i + 0.5) / 2 - 19,
                        y + 28,
                        38,
                        62,
                        Y if (i + s) % 2 else "none",
                        stroke=K,
                        stroke_width=4,
                    )
                ]
    # crane
    drawing += [
        path("M590 560V120M572 560V120M540 150H1010M590 96L960 150M590 96L500 150V190", stroke=K, stroke_width=7),
        path("M581 120l-1-40 12 16z", K),
        path("M930 150V250", stroke=K, stroke_width=4),
        rect(905, 250, 50, 34, C),
    ]
    drawing += [
        path("".join(f"M572 {y}L590 {y + 22}L572 {y + 44}" for y in range(130, 560, 44)), stroke=K, stroke_width=3)
    ]
    # street
    drawing += [rect(0, 895, W, 105, K), rect(0, 895, W, 12, M)]
    for i in range(9):
        drawing += [rect(60 + i * 180, 946, 90, 8, P, opacity=".7")]
    for x in (655, 1300):
        drawing += [rect(x, 700, 10, 196, G), circle(x + 5, 660, 70, G), circle(x + 22, 640, 46, M)]
    # bicycle and people
    for x, hh, col in ((470, 78, C), (508, 70, Y), (990, 80, P), (1180, 74, M)):
        drawing += [
            path(f"M{x - 13} {900}q0-{hh} 13-{hh}t13 {hh}z", col),
            circle(x, 900 - hh - 12, 11, P if col != P else C),
        ]
    drawing += [
        f'<g fill="none" stroke="{P}" stroke-width="4">'
        + circle(1430, 872, 26, "none")
        + circle(1500, 872, 26, "none")
        + path("M1430 872l24-38h34l12 38M1454 834l18 38 16-38M1446 826h16M1488 834l-4-16h14")
        + "</g>"
    ]
    save("mill-street", W, H, [hatch("s", M, 16, 1.2)], drawing)


# --- 730 days, 30 kept -------------------------------------------------------------
def plates():
    W, H = 1600, 900
    drawing = [rect(0, 0, W, H, K)]
    gap = 32
    cols = 46
    drawing += [f'<rect x="64" y="56" width="{cols * gap}" height="{16 * gap}" fill="url(#d)"/>']
    for i in range(30):
        col = 16 + i % 15
        row = 5 + i // 15
        drawing += [circle(64 + col * gap + gap / 2, 56 + row * gap + gap / 2, 9, Y)]
    # town line
    pts = "M0 640 V560 h90 v-50 l45-40 45 40 v60 h70 v-110 h120 v110 h40 v-60 l60-50 60 50 v70 h90 v-150 h30 v150 h60 v-70 h130 v-40 l40-34 40 34 v110 h70 v-90 h110 v60 h60 v-40 l50-44 50 44 v-20 h120 v100 h70 v-130 h90 v90 h130 V900H0Z"
    drawing += [path(pts, G), rect(0, 700, W, 200, "#0a130f")]
    random.seed(9)
    for x in (112, 158, 270, 300, 330, 520, 545, 720, 860, 905, 950, 1075, 1110, 1290, 1405, 1500):
        drawing += [rect(x, 590 + random.choice((0, 26, 50)), 14, 22, Y, opacity=".85")]
    # light cone and pole
    drawing += [path("M1238 330L560 800H1180Z", Y, opacity=".9"), path("M1238 330L560 800H1180Z", "url(#h)")]
    drawing += [
        rect(1300, 300, 16, 520, M),
        path("M1308 318h-60", stroke=M, stroke_width=12),
        path("M1190 296h92v44h-92l-16 10v-64z", P),
        circle(1180, 318, 14, K),
        rect(1262, 304, 12, 12, C),
        rect(1282, 806, 52, 16, M),
    ]
    # road
    drawing += [path("M0 800H1600V900H0Z", K), path("M0 800H1600", stroke=M, stroke_width=6)]
    for i in range(10):
        drawing += [rect(20 + i * 170, 856, 86, 7, P, opacity=".55")]

    # cars
    def car(x, y, s, body, glass):
        return (
            f'<g transform="translate({x} {y}) scale({s})">'
            + path("M0 96q0-40 44-44l40-4 46-44q8-6 20-6h104q14 0 22 10l34 42 60 8q30 6 30 38v14H0z", body)
            + path("M108 46l36-34q5-4 12-4h36v38zM206 8h44q8 0 13 6l24 32h-81z", glass)
            + circle(86, 110, 32, K)
            + circle(86, 110, 14, L)
            + circle(318, 110, 32, K)
            + circle(318, 110, 14, L)
            + rect(0, 70, 20, 14, Y)
            + "</g>"
        )

    drawing += [car(700, 690, 1.05, C, P), car(150, 706, 0.92, M, L)]
    drawing += [
        rect(664, 772, 78, 26, P, stroke=K, stroke_width=4),
        "".join(rect(672 + i * 17, 779, 12, 12, K) for i in range(4)),
    ]
    save("plate-reader", W, H, [dots("d", "#3c6a5b", 32, 4.2), hatch("h", C, 12, 1.5, -35)], drawing)


# --- the Sill, cleaned ---------------------------------------------------------------
def river():
    W, H = 1600, 1000
    drawing = [rect(0, 0, W, H, Y), circle(430, 330, 150, P)]
    drawing += [rect(0, 0, W, 420, "url(#h)")]
    drawing += [
        path("M0 420Q180 300 400 380T820 340T1200 380T1600 300V600H0Z", M),
        path("M0 470Q300 400 620 470T1150 440T1600 470V620H0Z", G),
    ]
    random.seed(2)
    for i in range(26):
        x = random.randint(20, 1580)
        hgt = random.randint(40, 90)
        y = 460 + random.randint(-8, 40)
        drawing += [path(f"M{x} {y}l-{hgt * 0.28:g} 0L{x} {y - hgt}l{hgt * 0.28:g} {hgt}z", K if i % 3 else M)]
    drawing += [path("M0 560Q420 500 800 560T1600 540V1000H0Z", L)]
    drawing += [path("M560 545Q900 560 1010 640T700 790Q420 870 520 1000H1600V560Q1200 520 900 546Z", P, opacity=".75")]
    for i in range(34):
        y = 575 + i * 12.5
        x = (i * 331) % 1300
        length = 120 + (i * 97) % 260
        drawing += [
            path(
                f"M{x} {y:g}q{length / 4:g}-9 {length / 2:g} 0t{length / 2:g} 0",
                stroke=M if i % 3 else G,
                stroke_width=3 + i * 0.08,
            )
        ]
    # weir
    drawing += [
        path("M1040 560L1600 600V640L1020 590Z", K),
        "".join(
            path(f"M{1050 + i * 36} {592 + i * 2.2:g}v{40 + i % 3 * 14}", stroke=P, stroke_width=7) for i in range(15)
        ),
    ]

    def boat(x, y, s, col):
        g = f'<g transform="translate({x} {y}) scale({s})">'
        g += path("M-190 0H190L140 62H-140Z", col) + path("M-190 0H190l-6 12H-184z", K)
        for i, (px, cl) in enumerate(((-110, C), (-40, P), (90, Y))):
            g += path(f"M{px - 26} 0q2-92 26-92t26 92z", cl if cl != col else P) + circle(px, -112, 19, K)
        g += path("M10-4q-8-60 30-66 44 4 34 66z", G if col != G else M) + path("M128-4q-6-44 22-48 34 2 28 48z", K)
        g += path("M-60-70L-230 40", stroke=K, stroke_width=7) + path(
            "M-190 84H210", stroke=G, stroke_width=6, opacity=".6"
        )
        return g + "</g>"

    drawing += [boat(1090, 760, 1.05, C), boat(420, 690, 0.66, G)]
    for i in range(46):
        x = -10 + i * 11 + (i % 5) * 7
        h = 120 + (i * 53) % 190
        drawing += [
            path(
                f"M{x} 1000Q{x + 6} {1000 - h * 0.6:g} {x + (i % 7 - 3) * 9} {1000 - h}",
                stroke=G if i % 2 else K,
                stroke_width=6,
            )
        ]
        if i % 4 == 0:
            drawing += [
                f'<ellipse cx="{x + (i % 7 - 3) * 9}" cy="{1000 - h - 6}" rx="9" ry="30" fill="{C if i % 8 else K}"/>'
            ]
    save("river", W, H, [hatch("h", P, 14, 3)], drawing)


# --- library -------------------------------------------------------------------------
def library():
    W, H = 1200, 900
    drawing = [rect(0, 0, W, H, G)]
    random.seed(12)
    pal = [C, Y, L, M, P, P, M, L, "#f7b267"]
    for row in range(4):
        y = 60 + row * 210
        drawing += [rect(0, y + 166, W, 18, K)]
        x = 20
        while x < 1180:
            if 455 < x < 760 and row in (0, 1, 2):
                x = 770
                continue
            w = random.choice((22, 28, 34, 40, 48))
            h = random.randint(96, 158)
            col = random.choice(pal)
            if 400 < x + w and x < 455 and row < 3:
                w = min(w, 455 - x)
            if w < 12:
                x = 770
                continue
            drawing += [rect(x, y + 166 - h, w, h, col)]
            k = random.random()
            if k < 0.4:
                drawing += [rect(x, y + 166 - h + 14, w, 6, K)]
            elif k < 0.6:
                drawing += [rect(x + w / 2 - 3, y + 166 - h + 24, 6, h * 0.45, K, opacity=".75")]
            elif k < 0.75:
                drawing += [rect(x, y + 166 - h + 10, w, 4, K), rect(x, y + 166 - 26, w, 4, K)]
            x += w + 4
    drawing += [
        path("M450 610V250a160 160 0 0 1 320 0V610Z", P),
        path("M474 610V252a136 136 0 0 1 272 0V610Z", K),
        path("M474 610V252a136 136 0 0 1 272 0V610Z", "url(#d)"),
    ]
    drawing += [
        circle(660, 270, 54, Y),
        path("M474 560q70-60 140-26t132-40v116H474z", M),
        path("M602 120V610M474 330H746M474 470H746", stroke=P, stroke_width=10),
    ]
    # clock
    drawing += [
        circle(610, 716, 62, P),
        circle(610, 716, 62, "none", stroke=K, stroke_width=9),
        path("M610 716V672M610 716l30 18", stroke=K, stroke_width=8),
        "".join(
            circle(610 + 50 * math.cos(i * math.pi / 6), 716 + 50 * math.sin(i * math.pi / 6), 3, K) for i in range(12)
        ),
    ]
    save("library", W, H, [dots("d", M, 26, 1.8)], drawing)


# --- the school, cut open ---------------------------------------------------------------
def school():
    W, H = 1200, 900
    drawing = [rect(0, 0, W, H, L), rect(0, 0, W, H, "url(#h)"), rect(0, 800, W, 100, G)]
    drawing += [
        rect(140, 290, 920, 520, K),
        path("M110 292L600 96 1090 292Z", C),
        rect(560, 20, 10, 150, K),
        path("M570 24h110l-26 28 26 28H570z", Y),
    ]
    cols = [P, Y, P, L, P, "#f7b267", P, M, P]
    for j in range(3):
        for i in range(3):
            x = 160 + i * 297
            y = 308 + j * 166
            drawing += [rect(x, y, 286, 154, cols[j * 3 + i])]
    g = drawing.append
    # leaking classroom
    g("".join(path(f"M{210 + i * 64} 316v{22 + i % 2 * 20}", stroke=M, stroke_width=6) for i in range(3)))
    g(path("M250 462l8-38h44l8 38z", G))
    g(rect(180, 438, 56, 6, K))
    g(rect(186, 438, 6, 24, K))
    g(rect(226, 438, 6, 24, K))
    # windows
    g("".join(rect(480 + i * 84, 336, 66, 86, K) + rect(486 + i * 84, 342, 54, 74, L) for i in range(3)))
    g(path("M572 342l18 34-12 8 16 32", stroke=K, stroke_width=4))
    # music room
    g(path("M880 440V350l70-16v86", stroke=K, stroke_width=10))
    g(circle(864, 440, 18, K))
    g(circle(934, 422, 18, K))
    # laboratory
    g(path("M222 496v36l-36 76q-4 14 12 14h84q16 0 12-14l-36-76v-36z", P))
    g(path("M204 572l-18 36q-4 14 12 14h84q16 0 12-14l-18-36z", C))
    g(rect(214, 488, 52, 10, K))
    g(rect(330, 560, 80, 62, K))
    g(circle(370, 540, 22, Y))
    # gym
    g(path("M600 496v30", stroke=K, stroke_width=8))
    g(rect(556, 490, 92, 50, M))
    g(path("M576 546h52l-10 44h-32z", stroke=K, stroke_width=4))
    g(circle(680, 600, 24, C))
    g(path("M656 600h48M680 576v48", stroke=K, stroke_width=3))
    # desks
    for i in range(3):
        g(
            rect(782 + i * 88, 572, 64, 8, K)
            + rect(788 + i * 88, 580, 6, 44, K)
            + rect(834 + i * 88, 580, 6, 44, K)
            + rect(800 + i * 88, 556, 28, 16, G)
        )
    # boiler
    g(rect(206, 670, 120, 116, C))
    g(circle(266, 728, 30, K))
    g(circle(266, 728, 16, Y))
    g(path("M326 700h60v-40M206 690h-30v-42", stroke=K, stroke_width=12))
    # door
    g(rect(540, 668, 110, 126, G))
    g(rect(592, 668, 6, 126, K))
    g(circle(582, 734, 5, Y))
    g(circle(608, 734, 5, Y))
    g(path("M500 794h190l16 18H484z", P))
    # books
    for k in range(9):
        g(rect(790 + k * 24, 700 - (k * 37) % 40 + 0, 18, 86 + (k * 37) % 40, [C, G, M, K, Y][k % 5]))
    for x in (60, 1120):
        g(rect(x - 6, 640, 12, 170, K))
        g(circle(x, 600, 74, M))
        g(circle(x + 18, 580, 46, G))
    save("school", W, H, [hatch("h", P, 18, 2, 0)], drawing)


# --- ballot ----------------------------------------------------------------------------
def ballot():
    W, H = 1200, 900
    drawing = [rect(0, 0, W, H, C), rect(0, 0, W, H, "url(#h)"), rect(0, 690, W, 210, G)]
    drawing += [path("M600 60l190 40-54 300-240-46z", P, transform="rotate(-8 640 240)")]
    drawing += [
        '<g transform="rotate(-8 640 240)">'
        + "".join(
            rect(600 + 0, 140 + i * 62, 36, 36, "none", stroke=K, stroke_width=7)
            + rect(652, 150 + i * 62, 92 - i * 14, 12, K)
            for i in range(3)
        )
        + path("M604 216l14 18 28-46", stroke=G, stroke_width=11)
        + "</g>"
    ]
    drawing += [
        path("M300 380H900L960 470H240Z", K),
        rect(470, 410, 260, 20, P),
        rect(240, 470, 720, 330, P),
        rect(240, 470, 720, 330, "url(#d)"),
        path("M600 560l22 46 50 6-37 35 10 50-45-25-45 25 10-50-37-35 50-6z", G),
    ]
    save("ballot", W, H, [hatch("h", Y, 16, 2, 45), dots("d", L, 20, 2)], drawing)


# --- footbridge -------------------------------------------------------------------------
def bridge():
    W, H = 1200, 900
    drawing = [rect(0, 0, W, H, P), circle(860, 300, 170, C), rect(0, 140, W, 330, "url(#h)")]
    drawing += [path("M0 470Q200 380 420 440T800 420T1200 400V560H0Z", L), rect(0, 540, W, 360, M)]
    for i in range(22):
        y = 572 + i * 15
        x = (i * 263) % 1000 - 60
        length = 140 + (i * 71) % 240
        drawing += [path(f"M{x} {y}h{length}", stroke=L if i % 3 else Y, stroke_width=4)]
    drawing += [
        path("M-20 560Q600 240 1220 560", stroke=K, stroke_width=26),
        path("M-20 500Q600 180 1220 500", stroke=K, stroke_width=9),
    ]
    for i in range(1, 24):
        t = i / 24
        x = -20 + 1240 * t
        y = 560 - 4 * 160 * t * (1 - t)
        drawing += [path(f"M{x:g} {y:g}v-62", stroke=K, stroke_width=5)]
    for x, h, col in ((500, 86, C), (552, 70, Y), (700, 84, G)):
        t = (x + 20) / 1240
        y = 548 - 640 * t * (1 - t)
        drawing += [path(f"M{x - 17} {y:g}q0-{h} 17-{h}t17 {h}z", col), circle(x, y - h - 13, 13, K)]
    drawing += [rect(60, 470, 60, 330, K), rect(1080, 470, 60, 330, K)]
    save("footbridge", W, H, [hatch("h", Y, 16, 3)], drawing)


# --- stage ------------------------------------------------------------------------------
def stage():
    W, H = 1200, 900
    drawing = [rect(0, 0, W, H, K), circle(600, 420, 300, Y), rect(0, 0, W, 720, "url(#d)")]
    for s in (0, 1):
        x0 = 0 if s == 0 else 1200
        d = 1 if s == 0 else -1
        for i in range(6):
            a = x0 + d * i * 62
            e = x0 + d * (i + 1) * 62
            drawing += [
                path(
                    f"M{a} 0H{e}Q{e - d * 30} 420 {e - d * (i * 22)} 760H{a - d * (i * 18)}Q{a - d * 20} 420 {a} 0Z",
                    C if i % 2 else "#b8442a",
                )
            ]
    drawing += [
        path("M0 0H1200V90" + "".join("q-75 80-150 0" for _ in range(8)) + "Z", "#b8442a"),
        rect(0, 750, W, 150, G),
        path("M0 750H1200", stroke=Y, stroke_width=8),
    ]
    drawing += [
        path("M470 750q8-230 60-230t60 230z", P),
        circle(530, 486, 36, P),
        path("M640 750q4-190 52-190t52 190z", M),
        circle(692, 530, 32, M),
        path("M590 610l70 10", stroke=P, stroke_width=14),
    ]
    for i in range(13):
        drawing += [circle(50 + i * 92, 886, 44, "#0a130f")]
    save("stage", W, H, [dots("d", "#e0a92b", 20, 2)], drawing)


# --- lens (video poster) -----------------------------------------------------------------
def lens():
    W, H = 1280, 720
    drawing = [rect(0, 0, W, H, G), rect(0, 0, W, H, "url(#h)")]
    for q, f in ((300, K), (262, M), (236, K), (180, G), (132, L), (96, K)):
        drawing += [circle(860, 360, q, f)]
    drawing += [
        path("M860 124a236 236 0 0 1 204 118", stroke=Y, stroke_width=16),
        circle(812, 312, 26, P),
        rect(90, 430, 420, 130, P),
        rect(90, 430, 420, 130, "none", stroke=K, stroke_width=12),
    ]
    drawing += ["".join(rect(128 + i * 62, 464, 44, 62, K if i != 3 else Y) for i in range(6))]
    save("lens", W, H, [hatch("h", M, 12, 1.6, 30)], drawing)


# --- report cover ----------------------------------------------------------------------
def report():
    W, H = 600, 800
    # This one is also printed into a PDF, where a pattern would become a coarse photograph: its dots are one long path.
    speckle = "".join(f"M{x} {y}h0" for y in range(8, H, 16) for x in range(8, W, 16))
    drawing = [rect(0, 0, W, H, G), path(speckle, stroke="#175c4a", stroke_width=4, stroke_linecap="round")]
    for q, colour in zip((330, 270, 210, 150, 90), (M, L, Y, C, P), strict=True):
        drawing += [path(f"M{300 - q} 640a{q} {q} 0 0 1 {2 * q} 0Z", colour)]
    drawing += [rect(40, 640, 520, 10, P)]
    lines = (
        (112, 66, 700, "Who decides"),
        (182, 66, 700, "what in"),
        (252, 66, 700, "Larkford"),
        (704, 28, 400, "A guide in twelve pages"),
        (744, 28, 400, "The Larkford Lamplighter"),
    )
    for y, size, weight, words in lines:
        drawing.append(
            f'<text x="44" y="{y}" font-family="Charter, C059, Georgia, serif" font-size="{size}" '
            f'font-weight="{weight}" fill="{P}">{words}</text>'
        )
    save("report", W, H, [], drawing)


# --- a house, its pipe and the street main, cut open: why the bill says "unknown" ---
def pipe():
    W, H = 1600, 1000
    random.seed(21)
    drawing = [rect(0, 0, W, H, L), rect(0, 0, W, 560, "url(#s)"), circle(1330, 210, 120, Y)]
    drawing += [path("M0 470Q300 380 640 450T1200 420T1600 450V600H0Z", M)]
    # two neighbours far off
    for x, w, col in ((960, 150, G), (1120, 120, K), (1420, 150, G)):
        drawing += [
            rect(x, 400, w, 160, col),
            path(f"M{x - 12} 400L{x + w / 2} 330L{x + w + 12} 400Z", C if col == G else M),
        ]
        drawing += [rect(x + w / 2 - 40, 440, 28, 40, Y), rect(x + w / 2 + 12, 440, 28, 40, P)]
    # the ground
    drawing += [rect(0, 560, W, 440, "#7a4a34"), rect(0, 560, W, 440, "url(#e)"), rect(0, 548, W, 22, G)]
    for _ in range(34):
        x, y, q = random.randint(20, 1580), random.randint(620, 980), random.randint(7, 20)
        drawing += [f'<ellipse cx="{x}" cy="{y}" rx="{q * 1.5:g}" ry="{q}" fill="#94604a"/>']
    # the house, with a cellar
    drawing += [
        rect(150, 250, 520, 310, P),
        path("M110 262L410 70L710 262Z", C),
        rect(560, 96, 54, 110, K),
        rect(552, 84, 70, 18, C),
    ]
    drawing += [rect(150, 560, 520, 220, K), rect(170, 576, 480, 188, "#f9d98a"), rect(150, 548, 520, 22, K)]
    for x in (190, 320):
        drawing += [
            rect(x, 310, 96, 120, K),
            rect(x + 8, 318, 80, 104, Y if x == 190 else L),
            rect(x + 44, 318, 8, 104, K),
            rect(x + 8, 364, 80, 8, K),
        ]
    drawing += [rect(520, 360, 110, 190, G), circle(610, 460, 7, Y)]
    drawing += [path("M350 430q40-50 80 0", K), path("M232 378q-22 0-22 44h60q0-44-22-44z", C), circle(240, 360, 17, K)]
    # a kitchen tap and its glass
    drawing += [
        path("M430 520V470q0-30 30-30h26v22h-22q-10 0-10 10v48z", M),
        rect(462, 486, 40, 56, P, stroke=K, stroke_width=5),
        rect(465, 510, 34, 30, L),
    ]
    # the pipe: copper inside, unknown between, iron in the street
    drawing += [path("M442 520V690H670", stroke=C, stroke_width=22), path("M442 520V690H670", stroke=Y, stroke_width=5)]
    drawing += [
        path("M670 690H1110", stroke=K, stroke_width=34),
        path("M670 690H1110", stroke=P, stroke_width=22, stroke_dasharray="34 20"),
    ]
    drawing += [rect(636, 656, 46, 68, G), circle(659, 690, 18, P), path("M659 690l9-9", stroke=K, stroke_width=5)]
    drawing += [
        rect(1096, 640, 30, 100, G),
        path("M1111 640V560", stroke=K, stroke_width=12),
        rect(1088, 540, 46, 22, K),
    ]
    drawing += [
        circle(1330, 740, 128, K),
        circle(1330, 740, 104, M),
        circle(1330, 740, 86, L),
        path("M1126 690H1226", stroke=K, stroke_width=34),
        path("M1126 690H1226", stroke=M, stroke_width=20),
    ]
    drawing += [path("M1258 752q18-16 36 0t36 0 36 0 36 0v44q-30 34-72 34t-72-34z", M)]
    # question marks in lamplight
    for x in (770, 890, 1010):
        drawing += [circle(x, 690, 40, Y, stroke=K, stroke_width=6)]
        drawing += [
            path(
                f"M{x - 12} 678q0-16 13-16 14 0 14 13 0 9-10 13-5 3-5 10",
                stroke=K,
                stroke_width=7,
                stroke_linecap="round",
            ),
            circle(x, 712, 5, K),
        ]
    # the plumber with a coin
    drawing += [
        path("M566 764q4-112 40-112t40 112z", G),
        circle(606, 636, 23, C),
        path("M582 630q4-28 26-28t24 26z", K),
        path("M622 690L664 704", stroke=G, stroke_width=18, stroke_linecap="round"),
        circle(676, 706, 11, Y, stroke=K, stroke_width=3),
    ]
    save("water-pipe", W, H, [hatch("s", P, 16, 2), dots("e", "#693d2a", 22, 2.4)], drawing)


# --- three pipes and a coin -----------------------------------------------------------
def scratch():
    W, H = 1600, 900
    drawing = [rect(0, 0, W, H, P), rect(0, 0, W, H, "url(#d)")]
    for y, body, shine, mark in (
        (190, "#6d7a74", "#8b9791", "#e9eee9"),
        (450, "#b8442a", "#e4623f", "#f7b267"),
        (710, "#4c5a54", "#62726b", "#4c5a54"),
    ):
        drawing += [
            rect(-20, y - 74, W + 40, 148, K),
            rect(-20, y - 64, W + 40, 128, body),
            rect(-20, y - 44, W + 40, 26, shine),
        ]
        drawing += [rect(180, y - 88, 92, 176, K), rect(192, y - 78, 68, 156, shine)]
        drawing += [
            "".join(
                path(f"M{700 + i * 46} {y + 40}q40-46 96-78", stroke=mark, stroke_width=11, stroke_linecap="round")
                for i in range(4)
            )
        ]
    # the magnet holds on to iron only
    drawing += [
        path("M1180 646v-70a92 92 0 0 1 184 0v70h-62v-70a30 30 0 0 0-60 0v70z", C),
        rect(1180, 606, 62, 40, P, stroke=K, stroke_width=5),
        rect(1302, 606, 62, 40, P, stroke=K, stroke_width=5),
    ]
    # a coin in a hand
    for y in (150, 410):
        drawing += [
            path(
                f"M1600 {y - 150}Q1250 {y - 150} 1090 {y - 34}q-40 34 4 54 30 12 70-12l120-36q120 40 316 10z", "#f7b267"
            ),
            circle(1010, y - 8, 66, Y, stroke=K, stroke_width=9),
            circle(1010, y - 8, 46, "none", stroke=K, stroke_width=4),
        ]
        drawing += [path(f"M1010 {y - 34}l10 18 20 3-14 15 3 20-19-9-19 9 3-20-14-15 20-3z", K)]
    save("scratch-test", W, H, [dots("d", L, 26, 3)], drawing)


# --- the night bus ----------------------------------------------------------------------
def bus():
    W, H = 1600, 1000
    random.seed(31)
    drawing = [rect(0, 0, W, H, K), rect(0, 0, W, 700, "url(#d)")]
    drawing += [circle(1290, 190, 96, Y), circle(1334, 166, 88, K), circle(1334, 166, 88, "url(#d)")]
    drawing += [path("M0 560Q240 440 520 520T1020 480T1600 540V800H0Z", "#0b382d")]
    # the college on its hill, two windows still lit
    drawing += [rect(180, 400, 300, 180, G), path("M166 404L330 316L494 404Z", G), rect(322, 270, 12, 60, G)]
    for i in range(5):
        for j in range(2):
            drawing += [rect(204 + i * 54, 430 + j * 66, 30, 42, Y if (i, j) in ((1, 0), (3, 1)) else "#0a2f26")]
    # houses asleep
    x = 900
    while x < 1600:
        w, h = random.randint(80, 150), random.randint(120, 200)
        drawing += [
            rect(x, 720 - h, w, h, G),
            path(f"M{x - 8} {720 - h}L{x + w / 2} {670 - h}L{x + w + 8} {720 - h}Z", "#0b382d"),
        ]
        if random.random() < 0.35:
            drawing += [rect(x + w / 2 - 12, 750 - h, 24, 32, Y)]
        x += w + random.randint(6, 30)
    drawing += [rect(0, 716, W, 284, "#0a130f"), rect(0, 716, W, 10, M)]
    drawing += [
        path("M1150 620L1600 730V860L1150 700Z", Y, opacity=".9"),
        path("M1150 620L1600 730V860L1150 700Z", "url(#h)"),
    ]
    # the bus
    drawing += [
        path("M250 330H1090q70 0 84 76l30 200v170H210V372q0-42 40-42z", C),
        rect(210, 640, 994, 34, P),
        rect(210, 330, 900, 16, K),
    ]
    for i in range(6):
        drawing += [rect(250 + i * 128, 392, 108, 150, K), rect(258 + i * 128, 400, 92, 134, Y)]
    drawing += [path("M1030 400h66q34 0 42 40l24 150v76H1030z", K), path("M1042 412h50q26 0 33 32l20 130H1042z", L)]
    # who rides it: a cook, a nurse, two students, one asleep
    for i, (hair, coat, tilt) in enumerate(((P, G, 0), (K, M, -8), (G, C, 0), (K, P, 22), (C, K, 0), (K, M, 6))):
        cx = 304 + i * 128
        if i == 2:
            continue
        drawing += [
            f'<g transform="rotate({tilt} {cx} 534)">'
            + path(f"M{cx - 36} 534q2-62 36-62t36 62z", coat)
            + circle(cx, 450, 24, "#f7b267")
            + path(f"M{cx - 25} 448q0-30 25-30t25 28q-24-14-50 2z", hair)
            + "</g>"
        ]
    drawing += [rect(524, 480, 70, 54, M), rect(530, 466, 58, 14, P), rect(538, 456, 46, 10, K)]
    drawing += [
        path("M1080 590q2-78 36-78t34 78z", K),
        circle(1112, 486, 26, "#f7b267"),
        path("M1084 480q0-28 30-28 26 0 28 22z", G),
    ]
    drawing += [rect(560, 344, 330, 40, K), rect(568, 350, 314, 28, "#0a2f26")]
    drawing += ["".join(rect(580 + i * 16, 356 + (i * 7) % 12, 8, 8, Y) for i in range(18))]
    for x in (400, 990):
        drawing += [
            path(f"M{x - 92} 776a92 92 0 0 1 184 0z", K),
            circle(x, 786, 70, K),
            circle(x, 786, 62, "#26352f"),
            circle(x, 786, 28, L),
        ]
    drawing += [circle(1184, 640, 20, P), rect(206, 640, 14, 40, Y), rect(1180, 730, 40, 46, K)]
    # the stop
    drawing += [rect(86, 430, 12, 400, M), rect(52, 380, 80, 80, P), rect(62, 396, 60, 34, C), rect(68, 438, 48, 8, K)]
    for i in range(9):
        drawing += [rect(30 + i * 190, 930, 100, 9, P, opacity=".55")]
    save("night-bus", W, H, [dots("d", "#2c5246", 46, 1.8), hatch("h", C, 12, 1.5, 14)], drawing)


# --- the market hall ------------------------------------------------------------------
def market():
    W, H = 1600, 1000
    random.seed(17)
    drawing = [rect(0, 0, W, H, "#f9d98a"), rect(0, 0, W, 620, "url(#s)")]
    # the iron roof, with a scaffold over a third of it
    drawing += [path("M60 470Q800-150 1540 470Z", G), path("M130 470Q800-60 1470 470Z", L)]
    for i in range(1, 12):
        x = 60 + i * 1480 / 12
        t = i / 12
        top = 470 - 2 * t * (1 - t) * 620
        drawing += [path(f"M{x:g} 470V{top:g}", stroke=G, stroke_width=10)]
    drawing += [path("M210 400Q800 60 1390 400", stroke=G, stroke_width=8), rect(40, 466, 1520, 34, K)]
    drawing += [
        circle(800, 300, 74, P),
        circle(800, 300, 74, "none", stroke=K, stroke_width=12),
        path("M800 300V250M800 300l36 18", stroke=K, stroke_width=9),
    ]
    for x in (60, 420, 1160, 1520):
        drawing += [rect(x - 14, 500, 28, 360, K), rect(x - 26, 500, 52, 26, G), rect(x - 30, 836, 60, 24, G)]
    drawing += [rect(0, 500, W, 20, K), rect(0, 860, W, 140, G), rect(0, 860, W, 10, K)]
    drawing += ["".join(path(f"M{i * 80} 1000l60-130", stroke=M, stroke_width=3) for i in range(22))]
    # stalls
    stalls = ((110, 270, C, P), (450, 300, M, P), (810, 310, K, Y), (1190, 290, C, P))
    goods = ((C, Y), (M, L), (P, C), (Y, G))
    for k, (x, w, a, b) in enumerate(stalls):
        n = 10
        s = w / n
        drawing += [rect(x + 10, 620, 8, 240, K), rect(x + w - 18, 620, 8, 240, K)]
        for i in range(n):
            drawing += [path(f"M{x + i * s:g} 600h{s:g}v48a{s / 2:g} {s / 2:g} 0 0 1 -{s:g} 0z", a if i % 2 else b)]
        drawing += [rect(x - 6, 590, w + 12, 14, K), rect(x, 770, w, 90, G if a != G else M), rect(x, 770, w, 12, K)]
        one, two = goods[k]
        for i in range(int(w // 34)):
            drawing += [circle(x + 20 + i * 34, 760 - (i % 2) * 4, 17, one if i % 3 else two)]
        for i in range(int(w // 34) - 1):
            drawing += [circle(x + 37 + i * 34, 736, 17, two if i % 2 else one)]
        cx = x + w / 2
        drawing += [
            path(f"M{cx - 34:g} 724q4-74 34-74t34 74z", (K, C, M, G)[k]),
            circle(cx, 676 - 14, 22, "#f7b267"),
            path(f"M{cx - 23:g} 658q2-28 23-28t23 28z", (G, K, C, K)[k]),
        ]
    # the crack everybody looks up at, and the bucket under it
    drawing += [
        path("M1004 176l30 46-22 40 32 56-18 52 14 56", stroke=K, stroke_width=8),
        path(
            "M1040 430v60M1040 540v60M1040 650v70",
            stroke=M,
            stroke_width=7,
            stroke_linecap="round",
            stroke_dasharray="22 26",
        ),
    ]
    drawing += [path("M1136 800h-92l12 90h68z", C), path("M1040 800h100", stroke=K, stroke_width=10)]
    # customers
    for x, h, col, hair in ((400, 150, P, K), (768, 170, Y, G), (960, 128, C, K), (1500, 160, M, K)):
        drawing += [
            path(f"M{x - 34} 960q2-{h} 34-{h}t34 {h}z", col),
            circle(x, 960 - h - 18, 22, "#f7b267"),
            path(f"M{x - 23} {960 - h - 20}q2-26 23-26t23 26z", hair),
        ]
    drawing += [path("M420 900h60l-8 56h-44z", C), path("M430 900q20-40 40 0", stroke=K, stroke_width=5)]
    save("market-hall", W, H, [hatch("s", P, 18, 3)], drawing)


# --- an orchard that nobody owned --------------------------------------------------------
def orchard():
    W, H = 1600, 1000
    random.seed(23)
    drawing = [rect(0, 0, W, H, P), circle(320, 260, 150, Y), rect(0, 0, W, 520, "url(#s)")]
    drawing += [
        path("M0 470Q280 330 620 420T1180 360T1600 430V700H0Z", L),
        path("M0 560Q400 440 820 540T1600 510V760H0Z", M),
    ]
    drawing += [rect(0, 660, W, 340, G), path("M0 680Q500 620 1000 690T1600 660V760H0Z", G)]
    # far trees in rows
    for row, (y, size) in enumerate(((560, 34), (610, 48))):
        for i in range(12 - row * 2):
            x = 40 + row * 30 + i * (140 + row * 26)
            drawing += [rect(x - 4, y, 8, size, K), circle(x, y - size * 0.3, size, G if (i + row) % 2 else "#14604c")]
    # three old trees
    for x, y, s in ((330, 800, 1.0), (840, 850, 1.25), (1340, 800, 1.05)):
        drawing += [
            f'<g transform="translate({x} {y}) scale({s})">'
            + path("M-26 90Q-8-40-70-130L-46-150Q-10-96 0-60Q6-130 60-176L84-158Q30-90 30 90Z", K)
        ]
        for cx, cy, q in ((-110, -180, 92), (-10, -250, 120), (110, -190, 96), (30, -150, 90)):
            drawing += [circle(cx, cy, q, M)]
        for cx, cy, q in ((-120, -196, 60), (-6, -276, 84), (116, -208, 62)):
            drawing += [circle(cx, cy, q, "url(#l)")]
        for i in range(17):
            a, d = random.random() * math.tau, 40 + random.random() * 110
            drawing += [circle(math.cos(a) * d * 1.25, -205 + math.sin(a) * d * 0.85, 14, C if i % 4 else Y)]
        drawing += ["</g>"]
    # ladder, picker, baskets
    drawing += [
        path("M560 960L700 560M620 976L752 574", stroke=P, stroke_width=13),
        "".join(path(f"M{580 + i * 20:g} {904 - i * 56}l58 16", stroke=P, stroke_width=9) for i in range(6)),
    ]
    drawing += [
        path("M600 800q0-130 56-130t54 130z", Y),
        circle(662, 640, 30, "#f7b267"),
        path("M630 634q2-36 34-36t32 34z", K),
        path("M690 700L770 640", stroke=Y, stroke_width=24, stroke_linecap="round"),
        circle(786, 626, 17, C),
    ]
    for x in (980, 1110):
        drawing += [
            "".join(circle(x + 18 + i * 30, 890 - (i % 2) * 14, 19, C if i % 3 else Y) for i in range(4)),
            path(f"M{x - 10} 896h150l-16 84h-118z", "#f7b267"),
            "".join(path(f"M{x - 6} {912 + i * 20}h142", stroke=K, stroke_width=4) for i in range(4)),
        ]
    # a child and a dog that is only in it for the windfalls
    drawing += [
        path("M1230 976q0-110 40-110t40 110z", C),
        circle(1270, 842, 26, "#f7b267"),
        path("M1243 838q2-32 28-32t27 30z", K),
        path("M1296 894l44-20", stroke=C, stroke_width=16, stroke_linecap="round"),
        circle(1352, 868, 14, Y),
    ]
    drawing += [
        path("M1410 976v-54q0-20 24-20h60l20-26 34 8 6 22-26 12v58h-16v-36h-70v36z", K),
        path("M1412 914q-26-6-24-40", stroke=K, stroke_width=10, stroke_linecap="round"),
    ]
    for i in range(26):
        drawing += [circle(40 + (i * 157) % 1540, 915 + (i * 37) % 72, 9, C if i % 3 else Y)]
    save("orchard", W, H, [hatch("s", L, 18, 3), dots("l", G, 16, 3)], drawing)


DRAWINGS = {
    "mill-street": mill,
    "plate-reader": plates,
    "river": river,
    "library": library,
    "school": school,
    "ballot": ballot,
    "footbridge": bridge,
    "stage": stage,
    "lens": lens,
    "report": report,
    "water-pipe": pipe,
    "scratch-test": scratch,
    "night-bus": bus,
    "market-hall": market,
    "orchard": orchard,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or DRAWINGS:
        DRAWINGS[name]()
