#!/usr/bin/env bash
# weft serve and --serve as people and scripts use them: serve.sh WEFT
set -u
weft=$1
export SAMPLE
SAMPLE=$(cd "$(dirname "$0")/../../examples/olinda" && pwd)
folder=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
bad=0
say() {
    echo "$1"
    bad=1
}
cat >config.yml <<'END'
experiment: small
output_dir: out
metrics: {textfile: weft.prom}
grid: {crs: "EPSG:31985", resolution: 100, bounds: [288700, 9110700, 298800, 9120800]}
datasets:
  - {name: geoid, path: "${SAMPLE}/geoid.tif", method: nearest}
END

# Starts a server; its address is in $url, its port in $port.
serve() {
    : >address
    "$weft" serve "$@" >address 2>server.log &
    servers+=($!)
    for ((i = 0; i < 100; i++)); do
        url=$(head -n 1 address)
        [ -n "$url" ] && break
        sleep 0.05
    done
    port=${url#http://*:}
    port=${port%%/*}
    [ -n "$port" ] || say "no server: $(cat server.log)"
}

# GET of a path, with further header lines; the answer, head and all.
get() {
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%b\r\n' "$1" "${2:-}" >&3
    cat <&3
    exec 3>&-
}

# Beside a run: the same outputs, and it says where.
"$weft" run config.yml --set output_dir=plain --set metrics.textfile=plain.prom >/dev/null 2>&1 || say "the plain run failed"
"$weft" run config.yml --serve=127.0.0.1:0 >/dev/null 2>run.log || say "run --serve: $(cat run.log)"
grep -q 'serving at http://127.0.0.1:' run.log || say "run --serve does not say where: $(cat run.log)"
cmp -s out/merged_data_small.csv plain/merged_data_small.csv || say "run --serve: other bytes"
"$weft" run config.yml --serve=example.org:80 >/dev/null 2>&1
[ $? = 64 ] || say "run --serve=example.org:80: not 64"
grep -q '^weft_run_last_success_timestamp_seconds{experiment="small"} [1-9]' weft.prom || say "no last success: $(cat weft.prom)"

# Two servers without a port have two.
serve config.yml
first=$port
[[ $(get /api/admin/experiments) == *'"experiment": "small", "state": "ok"'* ]] || say "the run is not served"
get /metrics | sed '1,/^\r$/d' >metrics.txt
grep -q '^weft_run_succeeded{experiment="small"} 1$' metrics.txt || say "/metrics: $(cat metrics.txt)"
serve config.yml
[ "$port" -gt "$first" ] || say "a taken port: $port after $first"
"$weft" serve config.yml --listen "127.0.0.1:$first" >/dev/null 2>busy.log
[ $? = 73 ] || say "a port that is asked for and taken: not 73: $(cat busy.log)"
kill -TERM "${servers[1]}"
wait "${servers[1]}" || say "SIGTERM: exit code $?"

# A token that is set is asked for.
export WEFT_SERVE_TOKEN=0123456789abcdef
serve config.yml --listen 127.0.0.1:0
[[ $url == *"?token=$WEFT_SERVE_TOKEN" ]] || say "the token is not in $url"
[[ $(get /healthz) == 'HTTP/1.1 401 '* ]] || say "no token: not 401"
[[ $(get /healthz "Authorization: Bearer $WEFT_SERVE_TOKEN\r\n") == 'HTTP/1.1 200 '* ]] || say "the token is refused"
[[ $(get "/?token=$WEFT_SERVE_TOKEN") == *"Set-Cookie: weft_token=$WEFT_SERVE_TOKEN; HttpOnly; SameSite=Strict"* ]] ||
    say "no cookie"
WEFT_SERVE_TOKEN=short "$weft" serve config.yml >/dev/null 2>&1
[ $? = 64 ] || say "a short token: not 64"
unset WEFT_SERVE_TOKEN

if command -v promtool >/dev/null; then
    promtool check metrics <metrics.txt || say "promtool: /metrics"
    promtool check metrics <weft.prom || say "promtool: metrics.textfile"
else
    echo "promtool: SKIPPED: there is none: apt-get install prometheus"
fi
exit $bad
