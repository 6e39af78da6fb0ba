#!/usr/bin/env bash
# The live page in a real browser: a run under a scripted memory probe, then what it left, by Debian's chromium.
# usage: run.sh BUILD_FOLDER [PICTURES]; exits with 77, saying why, where node, playwright-core or chromium cannot be had.
# With PICTURES the pictures of the page are written to that folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
build=$(cd "$1" && pwd) pictures=${2:-}
folder=$build/browser
export SAMPLE=$root/examples/olinda

skip() {
    echo "browser: SKIPPED: $1" >&2
    exit 77
}

command -v node >/dev/null || skip "there is no node: apt-get install nodejs npm"
command -v npm >/dev/null || skip "there is no npm: apt-get install npm"
chromium=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium: apt-get install chromium"
mkdir -p "$folder"
[ -z "$pictures" ] || pictures=$(cd "$pictures" && pwd)
cd "$folder"
if ! cmp -s "$here/package-lock.json" installed.json; then
    cp "$here/package.json" "$here/package-lock.json" .
    npm install --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000 >npm.log 2>&1 || skip "npm cannot install: $(tail -n 1 npm.log)"
    cp "$here/package-lock.json" installed.json
fi
cp "$here"/*.mjs "$here/config.yml" "$here/probe.txt" .
rm -rf out run.txt serve.txt
# Until it has lasted 30 s; its address is its first line.
LAST_MS=30000 SERVE=127.0.0.1:0 "$build/tests/support/pressured_run" config.yml probe.txt >run.txt 2>run.log &
run=$!
served=
trap 'kill $run $served 2>/dev/null || true' EXIT
address() {
    local tries=0
    while [ ! -s "$1" ]; do
        sleep 0.1
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { cat run.log >&2; exit 1; }
    done
    head -n 1 "$1"
}
node live.mjs "$chromium" "$(address run.txt)" $pictures
wait $run || { cat run.log >&2; exit 1; }
"$build/weft" serve config.yml --listen 127.0.0.1:0 >serve.txt 2>serve.log &
served=$!
node finished.mjs "$chromium" "$(address serve.txt)" $pictures
