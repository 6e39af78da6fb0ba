"""A web server on loopback that serves the files of a folder badly: python3 fault_server.py FOLDER LOG

It prints its port, and serves GET and HEAD of /MODE/FILE, with ranges. Each request is a line of LOG: MODE STATUS RANGE.
What a mode does is in `answer`. SPDX-License-Identifier: MIT
"""
import http.server
import os
import re
import sys
import threading
import time
import urllib.parse

FOLDER, LOG = sys.argv[1:3]
LOCK = threading.Lock()
SEEN = {}  # requests so far, by mode, or by mode and signature


def count(key):
    with LOCK:
        SEEN[key] = SEEN.get(key, 0) + 1
        return SEEN[key]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def note(self, mode, status):
        with LOCK, open(LOG, "a") as log:
            print(mode, status, self.headers.get("Range", "-"), file=log)

    def refuse(self, mode, status):
        self.note(mode, status)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_file(self, mode, path, truncated=False):
        total, status = os.path.getsize(path), 200
        first, last = 0, total - 1
        wanted = re.match(r"bytes=(\d+)-(\d*)$", self.headers.get("Range", ""))
        if wanted:
            first = int(wanted.group(1))
            last = min(int(wanted.group(2) or last), last)
            if first >= total:
                return self.refuse(mode, 416)
            status = 206
        truncated = truncated or (mode == "large-cut" and last + 1 - first > 2000000 and self.command == "GET")
        self.note(mode, "cut" if truncated else status)
        self.send_response(status)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last + 1 - first))
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        self.end_headers()
        if self.command == "GET":
            with open(path, "rb") as file:
                file.seek(first)
                self.wfile.write(file.read((last + 1 - first) // 2 if truncated else last + 1 - first))
        if truncated:
            self.close_connection = True

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        mode, _, name = url.path.lstrip("/").partition("/")
        path = os.path.join(FOLDER, name)
        if "/" in name or not os.path.isfile(path):
            return self.refuse(mode, 404)
        number = count(mode)
        if re.match(r"\d+-always$", mode):
            return self.refuse(mode, int(mode[:3]))
        if re.match(r"\d+-then-good$", mode) and number in (2, 3, 5):
            return self.refuse(mode, int(mode[:3]))
        if re.match(r"\d+-later$", mode) and number > 2:  # the header can be read, blocks cannot
            return self.refuse(mode, int(mode[:3]))
        if re.match(r"500-at-\d+$", mode) and number == int(mode[7:]):
            return self.refuse(mode, 500)
        if mode == "slow":
            time.sleep(0.2)
        if mode == "far":  # as a server in another country
            time.sleep(0.05)
        if mode == "signed" and not re.match(r"sig=\d+$", url.query):
            return self.refuse(mode, 403)
        if mode == "signed" and count(mode + url.query) > 3:  # an address expires after three requests
            return self.refuse(mode, 403)
        cut = self.command == "GET" and (mode == "cut-always" or (mode == "cut-then-good" and number in (2, 4)))
        return self.send_file(mode, path, cut)

    do_GET = do_HEAD = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
