"""The page of `el2sim report`: opened in Chromium without a network, clicked, sorted, in the dark, on a narrow screen; numbers as in
the JSON; text of a result never becomes markup; bad results are refused and what was there stays."""
import html.parser
import json
import os
import re
import shutil
import unittest

import harness

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None

SIZE_MAX = 2_000_000
BROWSER = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND",
           "--window-size=1280,900")


def compare(*options):
    return harness.run_json("compare", "--quiet", "--rows", "hypercall,virtual-ipi", "--ops", 2, *options)


def page_of(*files, name="report.html", tells=".*"):
    """tells: what the line on stderr says of the results."""
    path = harness.temporary(name)
    result = harness.el2sim("report", *files, "-o", path)
    assert (result.returncode, result.stdout) == (0, ""), harness.said(result)
    assert re.fullmatch(f"el2sim: {re.escape(path)} is written: {tells}\n", result.stderr), harness.said(result)
    return harness.read(path)


class Tables(html.parser.HTMLParser):
    """Captions and rows of cells of a page's tables; every tag and attribute there is."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.tags, self.references, self.cell, self.caption = {}, set(), [], None, None
        self.is_caption = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.references += [v for k, v in attributes if k in ("src", "href", "xlink:href", "action", "data") and v]
        self.references += [k for k, _ in attributes if k.startswith("on")]
        if tag == "caption":
            self.caption, self.is_caption = "", True
        elif tag == "tr" and self.caption is not None:
            self.tables.setdefault(self.caption, []).append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data
        elif self.is_caption:
            self.caption += data

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.tables[self.caption][-1].append(self.cell)
            self.cell = None
        elif tag == "caption":
            self.is_caption = False
        elif tag == "table":
            self.caption = None


def numbers(cells):
    return [float(c.replace(",", "").replace("\u00d7", "")) for c in cells]


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = compare()
        cls.json = json.loads(cls.data)
        cls.file = harness.write("out.json", cls.data)
        cls.text = page_of(cls.file)
        cls.parsed = Tables(cls.text)

    def test_refers_to_nothing_outside(self):
        self.assertLess(len(self.text.encode()), SIZE_MAX)
        for reference in self.parsed.references:
            self.assertTrue(reference.startswith("#"), reference)
        self.assertFalse(self.parsed.tags & {"link", "img", "iframe", "object", "embed", "base", "form"}, self.parsed.tags)
        self.assertNotRegex(self.text, r"url\(|@import|https?:")
        self.assertNotIn("{{", self.text)

    def test_overview_has_the_numbers_of_the_result(self):
        lines = self.parsed.tables["Cycles, traps and instructions of one operation"][2:]
        for line, a, b in zip(lines, *(d["rows"] for d in self.json["designs"]), strict=True):
            expected = []
            for row in (a, b):
                expected += [row["millicycles"] / row["operations"] / 1000, row["traps"] / row["operations"],
                             row["instructions"] / row["operations"]]
            self.assertEqual(line[0], a["name"])
            for shown, exact, step in zip(numbers(line[1:7]), expected, (0.1, 0.01, 1) * 2, strict=True):
                self.assertAlmostEqual(shown, exact, delta=0.51 * step)
            self.assertAlmostEqual(numbers(line[7:])[0], expected[0] / expected[3], delta=0.006)

    def test_every_price_is_there_with_its_source(self):
        lines = self.parsed.tables["Prices of one unit, in cycles"][1:]
        prices = self.json["profile"]["prices"]
        self.assertEqual([line[:1] + line[2:] for line in lines], [[p["class"], p["kind"], p["unit"], p["source"]] for p in prices])
        for line, price in zip(lines, prices):
            self.assertAlmostEqual(numbers(line[1:2])[0], price["millicycles"] / 1000, delta=1e-6)

    def test_exits_tlb_and_images_are_there(self):
        exits = self.parsed.tables["Exits of VMs, by reason"][2:]
        for side, design in enumerate(self.json["designs"]):
            shown = [int(line[1 + 3 * side].replace(",", "")) for line in exits if line[1 + 3 * side] != "\u2013"]
            self.assertEqual(shown, [x["count"] for x in design["exits"]])
            tlb = [int(line[1 + 2 * side].replace(",", "")) for line in self.parsed.tables["TLBs of all CPUs, in the whole run"][2:]]
            self.assertEqual(tlb, list(design["tlb"].values()))
            for image in design["images"]:
                self.assertIn([design["name"], image["file"], image["sha256"]], self.parsed.tables["Images"])

    def test_what_is_written_is_told(self):
        page_of(self.file, tells="2 designs, 4 rows")
        page_of(harness.write("run.json", harness.run_json("run", "--quiet", "--gic", 2, "--kernel", harness.guest("kvm-split"), "--append",
                                                           "rows=hypercall n=1")), tells="1 run, 1 row")

    def test_same_results_same_page(self):
        self.assertEqual(page_of(self.file, name="again.html"), self.text)
        result = harness.el2sim("report", self.file, "-o", "-")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, self.text, ""))

    def test_files_stand_side_by_side(self):
        run = harness.write("run.json", harness.run_json("run", "--quiet", "--gic", 2, "--kernel", harness.guest("check_pmu")))
        cheap = harness.write("unit.json", compare("--designs", "kvm-vhe", "--costs", "unit"))
        parsed = Tables(page_of(self.file, cheap, run, name="three.html", tells="3 designs, 1 run, 6 rows"))
        heads = parsed.tables["Exceptions taken in the whole run"][0]
        self.assertEqual(heads[2:], ["kvm-split", "kvm-vhe, xgene1", "kvm-vhe, unit", "check_pmu"])
        self.assertIn("By cost class", parsed.tables)
        again = Tables(page_of(self.file, self.file, name="twice.html")).tables["Exceptions taken in the whole run"][0]
        self.assertEqual(again[2:], [f"{n} ({i})" for i, n in enumerate(["kvm-split", "kvm-vhe"] * 2, 1)])
        result = json.loads(harness.read(run))
        for key, note in (("lost", "lost its link"), ("peer_took_input", "other end of its link took input")):
            self.assertNotIn(note, page_of(run, name="before.html"))
            result["link"] = {"sent": 1, "received": 1, "lost": key == "lost", "peer_took_input": key != "lost"}
            self.assertIn(note, page_of(harness.write("linked.json", json.dumps(result)), name="linked.html"))

    def test_text_of_a_result_is_no_markup(self):
        evil = "<script>alert(1)</script>\"'&{{title}}"
        text = self.data.decode()
        for old in ("kvm-split", "vgic_hw_save", "hypercall", "kvm-split.elf", self.json["profile"]["title"]):
            text = text.replace(json.dumps(old), json.dumps(evil))
        page = page_of(harness.write("evil.json", text), name="evil.html")
        self.assertNotIn("<script>alert", page)
        self.assertEqual(Tables(page).tags, self.parsed.tags)
        self.assertIn([evil], [line[:1] for line in Tables(page).tables["Cycles, traps and instructions of one operation"]])

    def test_what_lint_found_stands_on_top(self):
        self.assertNotIn("lint found", self.text)
        result = json.loads(self.data)
        finding = {"rule": "r", "section": "s", "remedy": "r", "count": 2, "place": {}, "what": "w", "next": ""}
        result["designs"][1]["lint"] = {"lost": 0, "findings": [{"id": "lr-twice", **finding}, {"id": "isb-at", **finding}]}
        page = page_of(harness.write("linted.json", json.dumps(result)), name="linted.html")
        self.assertIn("lint found 2 mistakes, and the JSON says where: lr-twice, isb-at", page)

    BAD = {
        "not JSON": (["line 1", "bad.json"], lambda t: "<html>"), "empty": (["bad.json"], lambda t: ""),
        "cut off": (["line", "cut off"], lambda t: t[:len(t) // 2]), "a list": (["bad.json"], lambda t: "[]"),
        "another file": (["kind"], lambda t: '{"kind": "film"}'), "a sweep": (["JSON of a sweep", "report.txt"], lambda t: '{"kind": "sweep"}'),
        "a fit": (["JSON of a fit"], lambda t: '{"kind": "fit"}'), "old version": (["profile.prices"], lambda t: t.replace('"prices"', '"was"', 1)),
        "negative": (["operations", "not negative"], lambda t: t.replace('"operations": 2', '"operations": -2', 1)),
        "text for a number": (["designs[0].rows[1].traps"], lambda t: re.sub(r'("virtual-ipi"[^}]*?"traps": )\d+', r'\1"x"', t, count=1, flags=re.S)),
        "no designs": (["no designs"], lambda t: json.dumps(dict(json.loads(t), designs=[]))),
        "key twice": (["duplicate"], lambda t: t.replace('"kind"', '"el2sim": "0", "kind"', 1)),
        "not UTF-8": (["decode byte 0xff"], lambda t: t.encode().replace(b"kvm-split", b"kvm\xff", 1)),
    }

    def refused(self, words, *arguments):
        result = harness.el2sim("report", *arguments)
        told = harness.said(result)
        self.assertEqual((result.returncode, result.stdout, len(result.stderr.splitlines())), (2, "", 1), told)
        for word in words:
            self.assertIn(word, result.stderr, told)

    def test_bad_results_are_refused_and_the_old_page_stays(self):
        old = harness.write("kept.html", "old")
        for name, (words, change) in self.BAD.items():
            with self.subTest(case=name):
                self.refused(words, harness.write("bad.json", change(self.data.decode())), "-o", old)
                self.assertEqual(harness.read(old), "old")
        self.refused(["/nowhere/x.json", "No such file"], "/nowhere/x.json", "-o", old)
        self.refused(["/tmp"], "/tmp", "-o", old)
        self.refused(["which results"])
        self.refused(["at most 32"], *[self.file] * 33)
        self.refused(["more than 32"], *[self.file] * 17, "-o", old)
        self.refused(["/nowhere/r.html"], self.file, "-o", "/nowhere/r.html")
        self.refused(["/dev/full"], self.file, "-o", "/dev/full")
        self.refused(["/tmp"], self.file, "-o", "/tmp")
        self.assertEqual(harness.read(old), "old")
        self.assertEqual([f for f in os.listdir(harness.scratch.name) if f.startswith("kept.html.")], [])


@unittest.skipIf(webdriver is None, "python3-selenium is not installed")
class InABrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        options = webdriver.ChromeOptions()
        for argument in BROWSER:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Service(shutil.which("chromedriver"))  # else Selenium looks for one on the network
        cls.browser = webdriver.Chrome(options=options, service=driver)
        cls.browser.execute_cdp_cmd("Network.enable", {})
        cls.browser.execute_cdp_cmd("Network.emulateNetworkConditions",
                                    {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
        path = harness.write("out.json", compare())
        page_of(path)
        cls.browser.get("file://" + harness.temporary("report.html"))

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def run_js(self, code, *arguments):
        return self.browser.execute_script("return " + code, *arguments)

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def media(self, scheme, medium=""):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                     {"media": medium, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def tearDown(self):
        self.assertEqual(self.browser.get_log("browser"), [])

    def test_nothing_is_asked_of_a_network(self):
        self.assertEqual(self.browser.title, "kvm-split and kvm-vhe: el2sim report")
        self.assertEqual(self.run_js("performance.getEntriesByType('resource').length"), 0)

    def test_a_click_on_a_head_sorts(self):
        def column():
            return self.run_js("[...document.querySelectorAll('#overview tbody tr')].map(r => parseFloat(r.cells[1].dataset.v))")
        head = self.find("#overview thead tr:last-child th:nth-child(2)")
        before = column()
        head.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(column(), sorted(before, reverse=True))
        self.assertEqual(head.get_attribute("aria-sort"), "descending")
        head.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(column(), sorted(before))
        self.find("#overview thead tr:last-child th:first-child button").click()
        self.assertEqual(self.run_js("[...document.querySelectorAll('#overview tbody tr')].map(r => r.cells[0].textContent)"),
                         ["hypercall", "virtual-ipi"])
        self.assertIsNone(head.get_attribute("aria-sort"))

    def test_a_link_to_a_row_opens_it(self):
        self.assertFalse(self.run_js("document.getElementById('row-0').open"))
        self.find("#overview tbody a[href='#row-0']").click()
        self.browser.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0]))")
        self.assertTrue(self.run_js("document.getElementById('row-0').open"))
        self.find("#close-all").click()
        self.assertEqual(self.run_js("document.querySelectorAll('details[open]').length"), 0)

    def test_bars_are_as_long_as_their_cycles(self):
        longest = self.run_js("Math.max(...[...document.querySelectorAll('.chart')[0].querySelectorAll('.bar:not(.axis) svg')]"
                              ".map(s => s.getBoundingClientRect().width / s.parentNode.getBoundingClientRect().width))")
        self.assertAlmostEqual(longest, 1, delta=0.001)
        bars = self.run_js("[...document.querySelectorAll('.chart')[0].querySelectorAll('.bar:not(.axis)')].map(b => "
                           "[b.querySelector('svg').getBoundingClientRect().width, parseFloat(b.querySelector('.sum').textContent.replace(/,/g, ''))])")
        for width, cycles in bars:
            self.assertAlmostEqual(width / bars[0][0], cycles / bars[0][1], delta=0.02)
        self.find(".chart .modes button[data-mode=shares]").click()
        widths = self.run_js("[...document.querySelectorAll('.chart')[0].querySelectorAll('.bar:not(.axis) svg')]"
                             ".map(s => Math.round(s.getBoundingClientRect().width))")
        self.assertEqual(len(set(widths)), 1)
        self.find(".chart .modes button[data-mode=amounts]").click()

    def test_light_and_dark(self):
        def lightness():
            return sum(map(float, re.findall(r"[\d.]+", self.run_js("getComputedStyle(document.body).backgroundColor"))[:3])) / 765
        self.media("light")
        self.assertGreater(lightness(), 0.9)
        self.media("dark")
        self.assertLess(lightness(), 0.2)
        self.find("#theme").click()
        self.assertGreater(lightness(), 0.9)
        self.find("#theme").click()
        self.media("dark", "print")
        self.assertGreater(lightness(), 0.9, "paper is white")
        self.media("light")
        self.run_js("delete document.documentElement.dataset.theme")

    def test_narrow_screens_scroll_tables_only(self):
        for width in (380, 1280):
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                         {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False})
            self.find("#open-all").click()
            self.assertLessEqual(self.run_js("document.documentElement.scrollWidth"), width)
            self.find("#close-all").click()


unittest.main()
