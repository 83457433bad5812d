# SPDX-License-Identifier: Apache-2.0
"""Reports as files: pages are well-formed, complete and harmless; JSON and CSV hold the data."""

import csv
import html.parser
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from subjects import APPROACHES, FEATURES, GOLDEN, HARD_KEYS, TOOL, comparison, report, save

HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
VOID = {"meta", "br", "hr", "link", "img", "input"}
NAMES = [f"G{number:02d}" for number in range(14)]

MODELS = [GOLDEN / "serving" / f"{name}.segml"
          for name in ("binary", "multiclass", "regression", "poisson", "constant")]
COMPARISONS = [GOLDEN / "comparison" / f"{name}.json"
               for name in ("binary", "multiclass", "regression")]


@pytest.fixture
def page(tmp_path):
    """Makes the page of a subject, or of a comparison over keys, as a tree."""
    def make(subject, *options):
        if isinstance(subject, list):
            subject = save(tmp_path / "subject.json", comparison(subject))
        return ElementTree.fromstring(report(tmp_path, subject, "--force", *options))
    return make


def text_of(element):
    return "".join(element.itertext())


def figure_of(root, title):
    found = [figure for figure in root.iter(HTML + "figure")
             if text_of(figure.find(HTML + "h3")) == title]
    assert len(found) == 1, title
    return found[0]


def pictures_of(figure):
    return [svg for svg in figure.iter(SVG + "svg") if svg.get("role") == "img"]


def count(elements, tag, css_class):
    return sum(css_class in element.get("class", "").split()
               for root in elements for element in root.iter(SVG + tag))


class Nesting(html.parser.HTMLParser):
    """What a lenient parser of HTML sees: every element closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("subject", MODELS + COMPARISONS + ["hard"], ids=str)
def test_pages_are_well_formed_and_need_nothing_else(tmp_path, subject):
    if subject == "hard":
        subject = save(tmp_path / "hard.json", comparison(HARD_KEYS))
    text = report(tmp_path, subject)
    ElementTree.fromstring(text)
    nesting = Nesting()
    nesting.feed(text.decode())
    assert nesting.open == []
    assert not nesting.tags & {"script", "link", "img", "iframe", "object", "embed", "form"}
    for name, value in nesting.attributes:
        assert not name.startswith("on"), name
        if name in ("href", "src", "xlink:href"):
            assert value.startswith("#")
        assert "url(" not in value or re.search(r"url\(#p\d+\)", value)
    style = re.search(r"<style>(.*?)</style>", text.decode(), re.DOTALL)[1]
    assert "url(" not in style and "@import" not in style and "@font-face" not in style
    assert re.search(rb"\b20\d\d-\d\d|\d\d:\d\d", text) is None  # no time stamp


@pytest.mark.parametrize("subject", MODELS + COMPARISONS, ids=str)
def test_pages_can_be_read_aloud(page, subject):
    root = page(subject)
    assert root.get("lang") == "en"
    levels = [int(element.tag[-1]) for element in root.iter() if re.fullmatch(r".*}h[1-6]",
                                                                              element.tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert [len(list(root.iter(HTML + tag))) for tag in ("header", "main", "footer", "nav")] == \
        [1, 1, 1, 1]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    for link in root.iter(HTML + "a"):
        assert link.get("href")[1:] in ids
    outer = [svg for parent in root.iter() if parent.tag.startswith(HTML)
             for svg in parent.findall(SVG + "svg")]
    assert outer
    for svg in outer:
        if svg.get("aria-hidden") == "true":
            continue
        title, description = svg[0], svg[1]
        assert (title.tag, description.tag) == (SVG + "title", SVG + "desc")
        assert svg.get("role") == "img" and title.text and description.text
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    for table in root.iter(HTML + "table"):
        assert text_of(table.find(HTML + "caption"))
        assert all(head.get("scope") in ("col", "row") for head in table.iter(HTML + "th"))
        widths = {len(row) for row in table.iter(HTML + "tr")}
        assert len(widths) == 1
    for box in root.iter(HTML + "div"):
        if "scroll" in box.get("class", "").split():
            assert box.get("tabindex") == "0" and box.get("role") == "region"
            assert box.get("aria-labelledby") in ids


# 14 groups, numbers 6 and 13 with too few rows: 12 with a model of their own.
def test_every_group_and_approach_is_drawn(page):
    root = page(NAMES)
    loss = pictures_of(figure_of(root, "Loss of each approach, by group"))
    marks = [count(loss, tag, css) for tag, css in
             (("circle", "s0"), ("path", "s1"), ("path", "s2"), ("path", "s3"))]
    assert marks == [14, 14, 14, 14]
    assert count(loss, "line", "span") == 14 * 4
    differences = pictures_of(figure_of(root, "Difference of the loss, by group"))
    assert count(differences, "line", "span") == 14 * 3
    assert count(differences, "path", "s2") == 0  # the reference is the line
    heat = pictures_of(figure_of(root, "Correlation of each feature with the target"))
    undefined = sum((group + feature) % 11 == 5 for group in range(14) for feature in range(6)) + 1
    assert count(heat, "g", "cell") == 15 * 6 - undefined
    assert count(heat, "text", "cell") == undefined
    bars = pictures_of(figure_of(root, "Rows by group"))
    assert count(bars, "rect", "bar") == 14
    optimism = pictures_of(figure_of(root, "Optimism of the search, by group"))
    assert [count(optimism, "circle", "s0"), count(optimism, "path", "s2"),
            count(optimism, "circle", "ho")] == [12, 12, 12]
    searches = pictures_of(figure_of(root, "How the searches went"))
    assert len(searches) == 12
    assert count(searches, "circle", "trial") == 12 * 39  # trial 7 of 40 has failed


def test_verdicts_are_counted(page):
    root = page(NAMES)
    bars = pictures_of(figure_of(root, "Which model is better, in how many groups"))[0]
    amounts = [(text_of(g.find(SVG + "text[@class='label']")),
                text_of(g.find(SVG + "text[@class='amount']")))
               for g in bars.iter(SVG + "g")]
    # Of 0 to 13 without 6 and 13: tuned 1 5 9, untuned 3 7 11, unclear 0 4 8 12, global 2 10.
    assert amounts == [("own, tuned", "3"), ("own", "3"), ("unclear", "4"), ("global", "2"),
                       ("no own model", "2")]


def rows_of(root, caption):
    for table in root.iter(HTML + "table"):
        if text_of(table.find(HTML + "caption")).startswith(caption):
            return [[text_of(data) for data in row] for row in table.iter(HTML + "tr")]
    raise AssertionError(caption)


def test_tables_hold_the_figures(page):
    made = comparison(NAMES)
    rows = rows_of(page(NAMES), "Groups: loss of each approach")
    assert rows[0] == ["Group", "Rows", "Verdict", *APPROACHES, "Threshold"]
    assert [row[0] for row in rows[1:-1]] == [
        group["key"][0] for group in sorted(made["groups"], key=lambda group: -group["rows"])]
    for row in rows[1:-1]:
        group = next(group for group in made["groups"] if group["key"] == [row[0]])
        assert row[1] == f"{group['rows']:,}"
        for shown, of in zip(row[3:7], group["cells"]):
            value, low, high = of["estimates"]["log_loss"][:3]
            assert shown == f"{value:.3f}{low:.3f} to {high:.3f}".replace("-", "\u2212")
    left = rows_of(page(NAMES), "Groups without a model of their own")
    assert left[1:] == [["G06", "30", "too few rows", "30 rows; 50 are needed"],
                        ["G13", "30", "too few rows", "30 rows; 50 are needed"]]


def test_hard_keys_are_shown_as_they_are(page):
    rows = rows_of(page(HARD_KEYS), "Groups: loss of each approach")
    shown = {row[0] for row in rows}
    expected = set(HARD_KEYS) - {"tab\tline\nend\x01", "\u202eturned"}
    assert expected | {"tab\u2409line\u240aend\u2401", "\ufffdturned"} <= shown


def test_many_groups_are_summed_up(tmp_path, page):
    names = [f"key {number:05d}" for number in range(3000)]
    root = page(names)
    assert len(rows_of(root, "Groups: loss of each approach")) == 62
    assert "the 60 largest of 3,000 groups" in text_of(root)
    assert (tmp_path / "report.html").stat().st_size < 2e6
    root = page(names, "--max-groups", "7", "--title", "A <title>")
    assert len(rows_of(root, "Groups: loss of each approach")) == 9
    assert text_of(next(root.iter(HTML + "h1"))) == "A <title>"


@pytest.mark.parametrize("subject", MODELS + COMPARISONS, ids=str)
def test_bytes_are_the_same_each_time(tmp_path, subject):
    for form in ("html", "json", "csv"):
        assert report(tmp_path, subject, "--format", form, "-f") == \
            report(tmp_path, subject, "--format", form, name="again")
        (tmp_path / "again").unlink()


def test_json_holds_everything(tmp_path):
    made = comparison(HARD_KEYS)
    subject = save(tmp_path / "subject.json", made)
    told = json.loads(report(tmp_path, subject, "--format", "json", "--max-groups", "1"))
    assert told["kind"] == "comparison-report"
    assert told["features"] == FEATURES and told["keys"] == ["origin"]
    assert (told["reference"], told["best"]) == ("segmented-untuned", "segmented-tuned")
    assert len(told["groups"]) == len(made["groups"])
    for shown, group in zip([told["overall"], *told["groups"]], [made["overall"], *made["groups"]]):
        assert shown.get("key") == group.get("key")
        assert (shown["rows"], shown["verdict"]) == (group["rows"], group["verdict"])
        assert shown["correlations"] == group["correlations"]
        for own, of in zip(shown["approaches"], group["cells"], strict=True):
            assert own["status"] == of.get("status")
            for name in ("message", "metrics", "params", "trials", "rounds", "threshold"):
                assert own[name] == of[name]
            assert {name: list(value.values()) for name, value in own["estimates"].items()} == \
                of["estimates"]


def test_csv_holds_every_metric(tmp_path):
    made = comparison(HARD_KEYS)
    subject = save(tmp_path / "subject.json", made)
    text = report(tmp_path, subject, "--format", "csv").decode()
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    found = {(line["scope"], line["origin"], line["approach"], line["metric"]): line
             for line in lines}
    assert len(found) == len(lines)
    wanted = 0
    for scope, groups in (("group", made["groups"]), ("overall", [made["overall"]])):
        for group in groups:
            for approach, of in zip(APPROACHES, group["cells"]):
                for metric, value in of["metrics"].items():
                    if metric == "log_loss_se":
                        continue
                    wanted += 1
                    line = found[scope, group.get("key", [""])[0], approach, metric]
                    assert float(line["value"]) == value
                    assert line["status"] == of.get("status", "")
                    if metric in of["estimates"]:
                        assert [float(line[name]) for name in
                                ("value", "low", "high", "difference", "difference_low",
                                 "difference_high")] == of["estimates"][metric]
    assert wanted == len(lines)


# ---- what the tool refuses --------------------------------------------------------------------

def refuses(folder, code, needle, *arguments):
    before = sorted(folder.iterdir())
    result = subprocess.run([TOOL, "report", *map(str, arguments)], cwd=folder, timeout=60,
                            capture_output=True)
    assert result.returncode == code, result.stderr.decode()
    assert needle in result.stderr.decode() and result.stderr.startswith(b"segml report: ")
    assert sorted(folder.iterdir()) == before


def test_what_is_neither_model_nor_comparison_is_refused(tmp_path):
    (tmp_path / "text").write_text("a,b\n1,2\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "cut.json").write_bytes(COMPARISONS[0].read_bytes()[:1000])
    (tmp_path / "cut.segml").write_bytes(MODELS[0].read_bytes()[:1000])
    for name, needle in (("text", "text"), ("empty", "empty"), ("cut.json", "cut.json"),
                         ("cut.segml", "cut.segml")):
        refuses(tmp_path, 4, needle, name, "-o", "report.html")
    refuses(tmp_path, 5, "missing.json", "missing.json", "-o", "report.html")
    refuses(tmp_path, 5, "no/such", MODELS[0], "-o", "no/such/report.html")


def test_an_existing_report_is_kept_without_force(tmp_path):
    (tmp_path / "old").write_text("old")
    refuses(tmp_path, 5, "old", MODELS[0], "-o", "old")
    assert (tmp_path / "old").read_text() == "old"
    (tmp_path / "folder").mkdir()
    refuses(tmp_path, 5, "folder", MODELS[0], "-o", "folder", "--force")


def test_content_tells_what_a_file_is(tmp_path):
    (tmp_path / "a.json").write_bytes(MODELS[0].read_bytes())
    (tmp_path / "b.segml").write_bytes(b"\n " + COMPARISONS[0].read_bytes())
    assert b"Model report" in report(tmp_path, tmp_path / "a.json")
    assert b"One model or many" in report(tmp_path, tmp_path / "b.segml", "-f")
