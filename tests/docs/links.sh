#!/usr/bin/env bash
# Links within the documentation lead somewhere: files exist, and so do the headings that they name.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
# A heading as its anchor is spelled: lower case, no punctuation, a dash for each blank.
anchors() {
    grep -E '^#+ ' "$1" | sed -E 's/^#+ +//' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}
while IFS= read -r page; do
    while IFS= read -r link; do
        file=${link%%#*} heading=""
        [[ $link == *#* ]] && heading=${link#*#}
        path=$page
        [ -n "$file" ] && path=$(dirname "$page")/$file
        if [ ! -e "$path" ]; then
            echo "$page: $link is not there"
            bad=1
        elif [ -n "$heading" ] && ! anchors "$path" | grep -qxF -- "$heading"; then
            echo "$page: $path has no heading #$heading"
            bad=1
        fi
    done < <(grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//' | grep -vE '^[a-z]+:')
done < <(find . -name '*.md' -not -path './build*' -not -path './out/*' -not -path './.git/*')
exit $bad
