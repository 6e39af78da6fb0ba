"""Runs the lines of Python and of R that documents show under their configurations, where the outputs are.

Indented blocks that read something are taken: those with "<-" are R, those with "pandas" Python. A block whose packages
are not there is passed over, and said so.

    lines.py FOLDER DOCUMENT..
"""

import os
import re
import shutil
import subprocess
import sys

folder, documents = sys.argv[1], [os.path.abspath(path) for path in sys.argv[2:]]
os.chdir(folder)
os.environ["MPLBACKEND"] = "agg"
python, bad, passed = {}, 0, set()


def blocks(text):
    for block in re.findall(r"(?<=\n\n)((?:    [^\n]*\n)+)", text):
        lines = "\n".join(line[4:] for line in block.splitlines())
        if "<-" in lines:
            yield "R", lines
        elif "pandas" in lines:
            yield "Python", lines


def run_python(lines):
    try:
        exec("import pandas\n" + lines, python)
    except ImportError as reason:
        return f"Python: {reason}"
    return None


def run_r(lines):
    if shutil.which("Rscript") is None:
        return "R is not there"
    done = subprocess.run(["Rscript", "-e", lines], capture_output=True, text=True)
    if "there is no package" in done.stderr:
        return "R: " + re.search("there is no package[^\n]*", done.stderr)[0]
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return None


for document in documents:
    with open(document) as text:
        found = list(blocks(text.read()))
    if len(found) < 4:
        sys.exit(f"{document}: {len(found)} blocks of R and Python are found")
    for language, lines in found:
        try:
            skipped = run_r(lines) if language == "R" else run_python(lines)
        except Exception as reason:  # whatever it is, the document is wrong
            print(f"{document}:\n{lines}\n{type(reason).__name__}: {reason}")
            bad += 1
        else:
            if skipped:
                passed.add(skipped)
for reason in sorted(passed):
    print(f"SKIPPED: lines of documents: {reason}")
sys.exit(bad > 0)
