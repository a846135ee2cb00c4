#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_page.py CHROMIUM WORK: the checks of report_page.sh. WORK/build has the results of a sweep and an enumeration; the others are
written here."""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/suite/report"))
from browser import Browser  # pylint: disable=wrong-import-position

SCREENS = [(width, height, scheme) for width, height in ((1280, 900), (390, 844)) for scheme in ("light", "dark")]
SECTIONS = ["findings", "points", "campaign", "states", "coverage", "score", "tests", "speed", "history"]

CAMPAIGN = {
    "format": "rundown campaign", "version": 1, "date": "2026-01-31T12:00:00Z", "commit": None, "seed": 1, "seconds": 60, "cores": 2,
    "verdict": "not finished", "findings": [],
    "jobs": [
        {"driver": "session", "engine": "afl", "role": "main", "executions": 90000, "per_second": 3000.5, "coverage": 1200, "corpus": 300,
         "stability": 99.5, "findings": 0, "seconds_asked": 30, "seconds_done": 30.1, "problem": "stability is 99.50 %, not 100 %",
         "curve": [[0, 0, 0, 1], [10, 30000, 1000, 200], [30.1, 90000, 1200, 300]]},
        {"driver": "ndr", "engine": "libfuzzer", "role": "plain", "executions": 5, "per_second": 0.5, "coverage": None, "corpus": 0,
         "stability": None, "findings": 1, "seconds_asked": 30, "seconds_done": 10, "problem": None, "curve": [[0, 0, None, 0]]},
    ]}
COVERAGE = {
    "format": "rundown coverage", "version": 1, "date": "2026-01-31T12:00:00Z", "commit": "0123456", "sets": ["corpus", "faults"],
    "files": [{"file": "target/client/context.c", "lines": 200, "branches": 0,
               "covered": {"corpus": {"lines": 150, "branches": 0}, "faults": {"lines": 200, "branches": 0}}}]}
SCORE = {
    "format": "rundown score", "version": 1, "date": "2026-01-31T12:00:00Z", "commit": "0123456",
    "rows": [{"bug": "01-a<b", "tool": "sweep", "seed": 0, "found": True, "seconds": 0.25, "executions": 3, "reached": 1, "triggered": 1,
              "verdict": "code"},
             {"bug": "02-c", "tool": "sweep", "seed": 0, "found": False, "seconds": 60, "executions": None, "reached": 1, "triggered": 1,
              "verdict": ""}],
    "tools": [{"tool": "sweep", "found": 1, "bugs": 2, "runs_found": 1, "runs": 2, "median_seconds": None, "least_seconds": 0.25,
               "most_seconds": None, "median_executions": 3, "triggered_only": 1}]}
BENCH = {
    "format": "rundown bench", "version": 1, "date": "2026-01-31T12:00:00Z", "commit": "0123456", "cores": 2, "processor": "some",
    "rates": [{"flavour": "release", "programs_per_second": 150000, "empty_per_second": None}],
    "durations": [{"what": "sweep", "seconds": 12.5}]}
CTEST = """<testsuite><testcase name="unit/good" time="0.1" status="run"><system-out>fine</system-out></testcase>
<testcase name="unit/bad" time="0.1" status="fail"><failure message="Failed"/><system-out>&lt;script&gt;alert(1)&lt;/script&gt;</system-out></testcase>
<testcase name="e2e/skipped" time="0" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/><system-out>skipped: no hammer</system-out></testcase>
</testsuite>"""

OPEN_ALL = """
(() => { const wrong = [];
  for (const d of document.querySelectorAll('details')) {
    const box = d.parentElement.closest('details');
    if (box && !box.open) { wrong.push('is within a closed one: ' + d.textContent.slice(0, 60)); }
    if (d.open) d.open = false;
    d.querySelector('summary').click();
    const content = d.querySelector(':scope > :not(summary)');
    if (!d.open || !content || !content.checkVisibility() || content.getBoundingClientRect().height <= 0)
      wrong.push('does not open: ' + d.querySelector('summary').textContent);
  }
  return wrong; })()"""
CLOSE_ALL = "document.querySelectorAll('details').forEach(d => d.open = false)"
LINKS = "[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
# The browser opens what a link leads into.
FOLLOW = """
(() => { const wrong = [];
  for (const a of document.querySelectorAll('a[href^="#"]')) {
    const target = document.getElementById(a.getAttribute('href').slice(1));
    document.querySelectorAll('details').forEach(d => d.open = false);
    for (let d = a.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
    a.click();
    if (!target || !target.checkVisibility({contentVisibilityAuto: true}) || target.getBoundingClientRect().height <= 0)
      wrong.push('leads nowhere: ' + a.getAttribute('href'));
  }
  return wrong; })()"""
# [WCAG 2.1] 1.4.3: 4.5 to 1. Grounds are opaque here.
CONTRAST = """
(() => { const wrong = new Set();
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = parse(c).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor, p = parse(c);
    if (p.length < 4 || p[3] > 0) return c } return 'rgb(255, 255, 255)' };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  for (let n; n = walk.nextNode();) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest('title') || !e.checkVisibility()) continue;
    seen++;
    const svg = e.closest('svg');
    const front = svg ? getComputedStyle(e).fill : getComputedStyle(e).color;
    const node = svg && e.parentElement.querySelector('rect');
    const a = light(front), b = light(node ? getComputedStyle(node).fill : ground(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) wrong.add(`${e.tagName}.${e.className.baseVal ?? e.className}: ${ratio.toFixed(2)} to 1`);
  }
  return seen < 20 ? ['only ' + seen + ' texts'] : [...wrong]; })()"""
WIDE = """
(() => { const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 &&
    !e.parentElement.closest('.box, pre')).map(e => e.tagName + '.' + (e.className.baseVal ?? e.className));
  return document.documentElement.scrollWidth > innerWidth ? ['the page is ' + document.documentElement.scrollWidth] : wide; })()"""
SMALL = """[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().height < 8 && t.checkVisibility()).length"""


def write_tables(build):
    for path, content in (("campaign/campaign.json", CAMPAIGN), ("coverage/coverage.json", COVERAGE), ("score/score.json", SCORE),
                          ("bench/bench.json", BENCH)):
        (build / path).parent.mkdir(parents=True, exist_ok=True)
        (build / path).write_text(json.dumps(content), encoding="utf-8")
    (build / "release/ctest.xml").write_text(CTEST, encoding="utf-8")


def make(out, *options):
    subprocess.run([sys.executable, "-B", "-m", "fuzz.report", "--out", str(out), *map(str, options)], check=True, cwd=ROOT,
                   stdout=subprocess.DEVNULL)
    return out


def none(what, wrong):
    assert wrong == [], f"{what}: {wrong}"


def check_screen(browser, url, screen):
    browser.look_like(*screen)
    browser.open(url)
    none(f"{screen}: wide", browser.evaluate(WIDE))
    none(f"{screen}: details", browser.evaluate(OPEN_ALL))
    none(f"{screen}: open and wide", browser.evaluate(WIDE))
    none(f"{screen}: contrast", browser.evaluate(CONTRAST))
    assert browser.evaluate(SMALL) == 0, f"{screen}: text in a chart is too small to be read"
    dark = browser.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (screen[2] == "dark"), f"{screen}: the ground"
    none(f"{screen}: the console", browser.complaints)


def check_links(browser, page):
    assert browser.evaluate("[...document.querySelectorAll('h2')].map(h => h.id)") == SECTIONS
    links = browser.evaluate(LINKS)
    assert len(links) > len(SECTIONS) and all(link.startswith(("#", "https://cwe.mitre.org/data/definitions/")) for link in links), links
    none("links", browser.evaluate(FOLLOW))
    ids = browser.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "two elements have one id"
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text and "alert(1)" in text, "not readable without script, or a text is not escaped"
    none("other files", browser.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:'))"))


def check_content(browser):
    """What was put in is there to be read."""
    browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    said = browser.evaluate("document.body.innerText")
    for words in ("leak:mem.alloc@context_open#1", "left behind on the client", "!net.recv ECONNRESET", "stability is 99.50 %", "target/client/context.c",
                  "75.0 %", "01-a<b", "no hammer", "unit", "backup, database", "mem.alloc@context_open#1", "150\u202f000"):
        assert words in said, words
    assert said.index("Findings") < said.index("Fault points")
    charts = browser.evaluate("[...document.querySelectorAll('figure svg')].map(s => s.getAttribute('aria-label'))")
    assert len(charts) >= 5 and all("from" in words and "over" in words for words in charts), charts


def main(chromium, work):
    write_tables(work / "build")
    first = make(work / "first", "--findings", work / "none", "--build", work / "build")
    whole = make(work / "whole", "--findings", ROOT / "tests/suite/report/findings", "--build", work / "build", "--history", first / "report.json")
    empty = make(work / "empty", "--findings", work / "none", "--build", work / "none")
    with Browser(chromium, work / "profile") as browser:
        for folder in (whole, empty):
            for screen in SCREENS:
                check_screen(browser, (folder / "index.html").as_uri(), screen)
        nothing = browser.evaluate("document.body.innerText")
        assert "Nothing was run" in nothing and all(f"./build.sh {command}" in nothing for command in
                                                    ("sweep", "enumerate", "fuzz", "coverage", "score", "bench", "test"))
        browser.open((whole / "index.html").as_uri())
        check_links(browser, whole / "index.html")
        check_content(browser)
        count = browser.evaluate("document.querySelectorAll('details').length")
    print(f"ok - {count} details on {len(SCREENS)} screens")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
