#!/usr/bin/env python3
"""What weft run --serve costs a run that uses every core, and how fast it answers meanwhile.

8 clients ask 20 times a second for as long as the run lasts: of the run itself (--serve), and, for comparison, of an idle
file server beside it (weft serve over no database, asked for a file of its page). The order alternates.

usage: bench/serve.py [--build build] [--metres 2] [--repeats 3] [--clients 8] [--rate 20]
"""
import argparse
import asyncio
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
# All cells of all layers are resampled; no row is kept, so that no disk is measured.
CONFIG = """
experiment: bench
output_dir: {folder}/out
grid: {{crs: "EPSG:31985", resolution: {metres}, bounds: [288800, 9110800, 298800, 9120800], align: true}}
datasets:
  - {{name: landsat, path: {sample}/landsat7.tif, method: cubic}}
  - {{name: elevation, path: {sample}/dem.tif, method: bilinear}}
rows: {{where: elevation > 1e9}}
merge: {{enable_streaming: true, streaming_chunk_size: 64}}
memory: {{limit: 256MiB, sample_interval: 200ms}}
"""
ASKED = ["/api/admin/progress", "/api/admin/memory-stats", "/api/admin/memory-history?limit=200", "/api/admin/adaptations"]


async def client(port, paths, rate, until, times, errors):
    """One connection that is kept, a request each 1/rate seconds."""
    reader = writer = None
    number = 0
    while not until.is_set():
        began = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            path = paths[number % len(paths)]
            number += 1
            writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"Content-Length: (\d+)", head, re.I).group(1))
            await reader.readexactly(length)
            times.append(time.perf_counter() - began)
            if b" 200 " not in head.split(b"\r\n")[0]:
                errors.append((time.perf_counter(), head.split(b"\r\n")[0].decode()))
        except (OSError, asyncio.IncompleteReadError) as error:
            writer = None
            if not until.is_set():
                errors.append((time.perf_counter(), repr(error)))
        await asyncio.sleep(max(0, 1 / rate - (time.perf_counter() - began)))


def server_seconds(pid):
    """CPU seconds that the run's server thread has taken: times by the wall vary by more than what is looked for."""
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            if (task / "comm").read_text().strip() == "weft-server":
                fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            pass
    return 0


async def measure(command, port_of, paths, clients, rate):
    """Runs the command with clients beside it. Gives wall and CPU seconds, peak memory, times of answers and errors."""
    until, times, errors = asyncio.Event(), [], []
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    port = port_of(process)
    tasks = [asyncio.create_task(client(port, paths, rate, until, times, errors)) for _ in range(clients)]
    pid = status = usage = answering = 0
    while pid == 0:
        await asyncio.sleep(0.02)
        answering = max(answering, server_seconds(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
    wall = time.perf_counter() - began
    until.set()
    await asyncio.gather(*tasks)
    process.stderr.read()
    if status != 0:
        raise SystemExit(f"weft run ended with {status}")
    # A connection that the end of the run cut is no error: what comes in its last tenth of a second.
    cut = [e for at, e in errors if at > began + wall - 0.1]
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024, "answering": answering, "times": times,
            "errors": [e for _, e in errors[: len(errors) - len(cut)]]}


def served_port(process):
    for line in process.stderr:
        found = re.search(r"serving at http://127\.0\.0\.1:(\d+)/", line)
        if found:
            return int(found.group(1))
    raise SystemExit("weft run --serve did not say where it serves")


def p(times, share):
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--metres", type=float, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rate", type=float, default=20)
    given = parser.parse_args()
    weft = str(pathlib.Path(given.build).resolve() / "weft")
    folder = tempfile.mkdtemp()
    files = subprocess.Popen([weft, "serve", "--db", f"{folder}/none.sqlite", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    file_port = int(re.search(r":(\d+)/", files.stdout.readline()).group(1))
    try:
        config = pathlib.Path(folder) / "bench.yml"
        config.write_text(CONFIG.format(folder=folder, metres=given.metres, sample=HERE / "examples/olinda"))
        run = [weft, "run", str(config), "--progress", "none"]
        found = {"files": [], "served": []}
        for i in range(2 * given.repeats):
            kind = ["files", "served", "served", "files"][i % 4]
            command, port_of = (run, lambda _: file_port) if kind == "files" else (run + ["--serve=127.0.0.1:0"], served_port)
            paths = ["/page.css"] if kind == "files" else ASKED
            found[kind].append(asyncio.run(measure(command, port_of, paths, given.clients, given.rate)))
        print("| asked | wall s | CPU s | peak MiB | answers | p50 ms | p99 ms | errors |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        medians = {}
        for kind, words in (("files", "an idle file server"), ("served", "the run")):
            runs = found[kind]
            times = [t for r in runs for t in r["times"]]
            medians[kind] = [statistics.median(r[k] for r in runs) for k in ("wall", "cpu")]
            print(f"| {words} | {medians[kind][0]:.2f} | {medians[kind][1]:.2f} | {max(r['peak'] for r in runs):.0f} | "
                  f"{len(times)} | {p(times, 0.5):.2f} | {p(times, 0.99):.2f} | {sum(len(r['errors']) for r in runs)} |")
        for i, words in enumerate(("wall", "CPU")):
            print(f"{words}: {100 * (medians['served'][i] / medians['files'][i] - 1):+.2f} %")
        print("of the CPU time, answering: %.2f %%" % statistics.median(100 * r["answering"] / r["cpu"] for r in found["served"]))
        print("fastest wall: %+.2f %%" % (100 * (min(r["wall"] for r in found["served"]) /
                                                  min(r["wall"] for r in found["files"]) - 1)))
        for kind in found:
            for r in found[kind]:
                for error in r["errors"][:3]:
                    print(kind, error)
    finally:
        files.terminate()
        files.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
