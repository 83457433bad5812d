# SPDX-License-Identifier: Apache-2.0
"""Pages in a browser: they fit a phone, nothing overlaps, colours can be told apart.

SEGML_CHROMIUM is the browser. The page is shown in a frame of the wanted width; a script around
it measures and writes what it found into the document, which Chromium prints.
"""

import html
import json
import os
import pathlib
import re
import struct
import subprocess

import pytest

from subjects import GOLDEN, HARD_KEYS, comparison, report, save

CHROMIUM = os.environ["SEGML_CHROMIUM"]
MEASURE = (pathlib.Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
NAMES = [f"G{number:02d}" for number in range(30)]
SUBJECTS = ["names", "hard", "golden-binary", "golden-regression", "model-binary",
            "model-multiclass"]


def chromium(folder, *arguments):
    """Runs the browser without a window, a network or a memory."""
    result = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
         f"--user-data-dir={folder / 'profile'}", *map(str, arguments)],
        capture_output=True, timeout=120)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def make(folder, subject):
    """The page of a subject, as text."""
    if subject.startswith("golden-"):
        source = GOLDEN / "comparison" / f"{subject[7:]}.json"
    elif subject.startswith("model-"):
        source = GOLDEN / "serving" / f"{subject[6:]}.segml"
    else:
        source = save(folder / "subject.json", comparison(NAMES if subject == "names"
                                                          else HARD_KEYS))
    return report(folder, source).decode()


def measure(folder, page, width, *options):
    frame = folder / "frame.html"
    frame.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">'
                     f'<iframe width="{width}" height="900" style="border:0" srcdoc="'
                     f'{html.escape(page)}"></iframe><pre id="found">nothing</pre>'
                     f'<script>{MEASURE}</script>', encoding="utf-8")
    dom = chromium(folder, *options, "--window-size=1400,1000", "--virtual-time-budget=20000",
                   "--dump-dom", frame.as_uri())
    found = html.unescape(re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)[1])
    return json.loads(found)


def check(found, width):
    assert found["failure"] is None, found["failure"]
    assert found["width"] <= width
    assert found["pictures"] >= 5 and found["texts"] >= 20 and found["coloured"] >= 60
    assert found["empty"] == []
    assert found["outside"] == []
    assert found["overlapping"] == []
    assert found["overflowing"] == []
    assert found["faint"] == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_pages_fit_and_can_be_read(tmp_path, subject, width):
    check(measure(tmp_path, make(tmp_path, subject), width), width)


DARK = "--blink-settings=preferredColorScheme=0"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_dark_pages_can_be_read(tmp_path, subject):
    page = make(tmp_path, subject)
    found = measure(tmp_path, page, 1280, DARK)
    check(found, 1280)
    light = measure(tmp_path, page, 1280)
    assert max(found["paper"][:3]) < 60 < 200 < min(light["paper"][:3])


def test_measuring_finds_what_is_wrong(tmp_path):
    """A page with one fault of each kind."""
    page = """<!DOCTYPE html><html><body style="margin:0;background:#fff">
        <p style="color:#ccc">faint</p><div style="width:3000px">wide</div>
        <p style="width:40px;white-space:nowrap">overflowing text of a paragraph</p>
        <svg role="img" width="0" height="0"></svg>
        <svg role="img" width="100" height="60"><text x="90" y="20">outside</text>
        <text x="5" y="50">one</text><text x="9" y="50">two</text></svg></body></html>"""
    found = measure(tmp_path, page, 360)
    assert found["width"] >= 3000
    for fault in ("faint", "empty", "outside", "overlapping", "overflowing"):
        assert found[fault], fault


def size_of(picture):
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


@pytest.mark.parametrize("subject", ["names", "model-binary"])
def test_pages_can_be_pictured_and_printed(tmp_path, subject):
    page = tmp_path / "page.html"
    page.write_text(make(tmp_path, subject), encoding="utf-8")
    for name, options in (("light", []), ("dark", [DARK])):
        picture = tmp_path / f"{name}.png"
        chromium(tmp_path, *options, "--window-size=1280,3000", f"--screenshot={picture}",
                 page.as_uri())
        assert size_of(picture) == (1280, 3000)
        assert picture.stat().st_size > 30000  # a blank one packs into a few
    pdf = tmp_path / "page.pdf"
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
    assert 2 <= pages <= 40
