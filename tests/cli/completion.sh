#!/usr/bin/env bash
# The completions work in the shells themselves: bash, and zsh and fish where they are installed.
# usage: completion.sh WEFT
set -u
weft=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place" || exit 1
bad=0
mkdir folder "odd name"
touch job.yml other.yaml raster.tif "odd name.yml"
for shell in bash zsh fish; do "$weft" completion $shell >weft.$shell || exit 1; done
export HOME=$place

# What bash completes the last word to; the words are as bash cuts them, "=" a word of its own.
in_bash() {
    bash -c '. ./weft.bash; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _weft; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$@" | sort | paste -sd' '
}
in_fish() {
    local line="$*"
    line=${line// = /=}
    fish -c 'source weft.fish; complete -C $argv[1]' "$line" | cut -f1 | sed 's/^.*=\(.\)/\1/' | sort | paste -sd' '
}
# zsh completes on a terminal only: what it lists there. One shell for all lines, since its own functions take seconds to
# load. Each line of stdin is the word that is to be listed, and what is typed; ^U takes that away again.
cat >ask.zsh <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; stty -echo cols 300 rows 100; autoload -U compinit; compinit -u -D; source ./weft.zsh
bindkey '^I' list-choices; print REA''DY"
zpty -r -m shell line "*READY*"
bad=0
while read -r word typed; do
    zpty -w -n shell "$typed"$'\t'
    all=
    for (( i = 0; i < 500; i++ )); do
        while zpty -r -t shell line; do all+=$line; done
        [[ $all == *$word* ]] && break
        sleep 0.02
    done
    [[ $all == *$word* ]] || { print -r -- "zsh: \"$typed\" does not list $word: $all"; bad=1; }
    zpty -w -n shell $'\x15'
    while zpty -r -t shell line; do :; done
done
exit $bad
END

expect() { # EXPECTED, the words of the line
    local expected=$1 got
    shift
    got=$(in_bash "$@")
    [ "$got" = "$expected" ] || { echo "bash: \"$*\" gives \"$got\", not \"$expected\""; bad=1; }
    command -v fish >/dev/null || return
    got=$(in_fish "$@")
    [ "$got" = "$expected" ] || { echo "fish: \"$*\" gives \"$got\", not \"$expected\""; bad=1; }
}
expect plan weft pl
expect "auto json none plain" weft run --progress ""
expect "memory.limit=" weft run --set memory.l
expect "timeline" weft memory t
expect "report run runs" weft help r
expect "--resume" weft run --re
expect "bash fish zsh" weft completion ""

# Bash cuts at "=", and shows files as they are.
[ "$(in_bash weft run --set export.rows =)" = "all any complete" ] || { echo "bash: no values of export.rows"; bad=1; }
[ "$(in_bash weft run --set = export.rows = c)" = complete ] || { echo "bash: no values behind --set="; bad=1; }
[ "$(in_bash weft run --set grid.crs = EPSG ja)" = "" ] || { echo "bash: files behind another word"; bad=1; }
[ "$(in_bash weft run j)" = job.yml ] || { echo "bash: $(in_bash weft run j), not job.yml"; bad=1; }
[ "$(in_bash weft plan "odd")" = "odd name odd name.yml" ] || { echo "bash: no names with blanks"; bad=1; }
[ "$(in_bash weft memory --db r)" = raster.tif ] || { echo "bash: no files behind --db"; bad=1; }
if command -v fish >/dev/null; then
    got=$(fish -c 'source weft.fish; complete -C "weft run --set export.rows=c"' | cut -f1)
    [ "$got" = export.rows=complete ] || { echo "fish: export.rows=c gives \"$got\""; bad=1; }
    got=$(fish -c 'source weft.fish; complete -C "weft run j"' | cut -f1)
    [ "$got" = job.yml ] || { echo "fish: run j gives \"$got\""; bad=1; }
fi
if command -v zsh >/dev/null; then
    zsh -f ask.zsh <<'END' || bad=1
validate weft v
--resume weft run --
plain weft run --progress p
memory.limit weft run --set memory.
complete weft run --set export.rows=
timeline weft memory t
job.yml weft run j
runs weft help r
END
fi
exit $bad
