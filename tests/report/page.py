#!/usr/bin/env python3
"""Reads a report as a browser would, and says what is wrong with it.

page.py FILE            checks it: tags that close, nothing that is loaded, drawings that are XML
page.py FILE SECTION N  prints the N-th table of a section, a row a line, cells between tabs
"""
import base64
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

VOID = {"meta", "img", "source", "br", "link", "input"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.problems, self.drawings = [], [], 0
        self.order = []  # what stands first: "verdict", or a section's id
        self.section, self.tables, self.row, self.cell = None, {}, None, None

    def take_drawing(self, uri):
        kind, _, data = uri.partition(",")
        if kind == "data:image/svg+xml;base64":
            root = xml.etree.ElementTree.fromstring(base64.b64decode(data, validate=True))
            if root.tag != "{http://www.w3.org/2000/svg}svg" or len(list(root.iter())) < 5:
                self.problems.append("a drawing is no SVG, or empty")
            self.drawings += 1
        elif kind == "data:image/png;base64":
            if base64.b64decode(data, validate=True)[:8] != b"\x89PNG\r\n\x1a\n":
                self.problems.append("a picture is no PNG")
        else:
            self.problems.append("something is loaded: " + uri[:80])

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "link", "iframe", "object", "embed", "form"):
            self.problems.append("there is a " + tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.problems.append("a script in " + name)
            if name in ("src", "srcset"):
                self.take_drawing(value)
            if name == "href" and not value.startswith("#"):
                self.problems.append("a link leads away: " + value)
        if tag == "img" and not given.get("alt"):
            self.problems.append("a picture without words")
        if tag == "div" and given.get("class", "").startswith("verdict"):
            self.order.append("verdict")
        if tag == "section":
            self.order.append(given["id"])
            self.section = given["id"]
        if tag == "table":
            self.tables.setdefault(self.section, []).append([])
        if tag == "tr":
            self.row = []
        if tag in ("td", "th"):
            self.cell = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append("</%s> closes another tag at %s" % (tag, self.getpos()))
        if tag in ("td", "th"):
            self.row.append(self.cell)
            self.cell = None
        if tag == "tr":
            self.tables[self.section][-1].append(self.row)
        if tag == "section":
            self.section = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


page = Page()
with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
page.feed(text)
page.close()
if len(sys.argv) == 4:
    for row in page.tables[sys.argv[2]][int(sys.argv[3])]:
        print("\t".join(row))
    sys.exit()
if page.open:
    page.problems.append("left open: %s" % page.open)
if page.order[:1] != ["verdict"]:
    page.problems.append("the verdict is not the first: %s" % page.order[:3])
if page.drawings == 0 or page.drawings % 2 != 0:
    page.problems.append("%d drawings: each is there for light and for dark" % page.drawings)
if "default-src 'none'" not in text:
    page.problems.append("no policy that keeps it from loading anything")
if len(text.encode()) > 2000000:
    page.problems.append("%d bytes" % len(text.encode()))
for problem in page.problems:
    print(problem)
sys.exit(1 if page.problems else 0)
