# For test scripts, which read it first: a folder of their own that goes with them, and what was found wrong.
# A script ends with: exit $bad
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0

fail() {
    echo "$*"
    bad=1
}

# What a command says and exits with: says CODE WORDS COMMAND..
says() {
    local code=$1 words=$2 said got
    shift 2
    said=$(timeout 60 "$@" 2>&1)
    got=$?
    [ $got = "$code" ] || fail "exit code $got, not $code: $*: $said"
    [[ $said == *"$words"* ]] || fail "no \"$words\": $*: $said"
}
