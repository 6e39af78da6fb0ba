#!/usr/bin/env bash
# What can be chosen is documented: the schema comes from the registries of formats and methods, and each of their members
# stands where a reader looks for it.
# usage: registries.sh WEFT
set -u
cd "$(dirname "$0")/../.." || exit 1
schema=$("$(realpath "$1")" schema) || exit 1
bad=0
fail() {
    echo "$*"
    bad=1
}

# The words of a key's values, a line each.
words() {
    grep -m 1 "\"$1\":" <<<"$schema" | grep -oE '"enum": \[[^]]*\]' | head -n 1 | grep -oE '"[^"]+"' | tr -d '"' |
        grep -vx enum
}

# Whether a page has a heading that names a word.
has_heading() {
    grep -E '^## ' "$1" | tr ' ,:' '\n\n\n' | grep -qxF -- "$2"
}

formats=$(words formats) methods=$(words method)
[ "$(wc -l <<<"$formats")" -gt 1 ] && [ "$(wc -l <<<"$methods")" -gt 1 ] || fail "the schema has no formats, or no methods"

for format in $formats; do
    has_heading docs/formats.md "$format" || fail "docs/formats.md: no heading names the format $format"
    grep -E '^\| ' README.md | cut -d '|' -f 2 | grep -qF "\`$format\`" ||
        fail "README.md: no row of a table begins with the format \`$format\`"
done

# Words with numbers are one method: p1 .. p99 stand under p. A picture is of those that give a value of the pixels': those
# that weft_pictures draws (docs_pictures).
methods=$(sed -E 's/^p[0-9]+$/p/' <<<"$methods" | uniq)
for method in $methods; do
    grep -qF "\`$method\` is taken too" docs/resampling.md && continue # another word for one of them
    has_heading docs/resampling.md "$method" || fail "docs/resampling.md: no heading names the method $method"
    [ ! -e "docs/pictures/$method.svg" ] || grep -qF "(pictures/$method.svg)" docs/resampling.md || fail "docs/resampling.md: no picture of $method"
    grep -E '^\*\*Methods\*\*' README.md | grep -qwF "$method" || fail "README.md: the methods lack $method"
    sed -n '/^## Types/,/^## nearest/p' docs/resampling.md | grep -E '^\| ' | cut -d '|' -f 2 | grep -qwF "$method" ||
        fail "docs/resampling.md: no row of Types is that of $method"
done

for source in $(words of); do
    grep -qF "\`of: $source\`" docs/rows.md || fail "docs/rows.md: no word of \`of: $source\`"
done
[ "$(words of | wc -l)" -gt 1 ] || fail "the schema has no row sources"

# The keys of a section, a line each: those of the export section, options of the formats among them.
keys=$(sed -n '/"export": {/,/^    }/p' <<<"$schema" | grep -oE '^        "[a-z_]+": \{"description"' | cut -d '"' -f 2)
for key in $keys; do
    grep -qE "(^|[^a-z_])$key([^a-z_]|\$)" docs/formats.md README.md || fail "docs/formats.md, README.md: no word of export.$key"
done
[ "$(wc -l <<<"$keys")" -gt 5 ] || fail "the schema has no keys of the export section"
exit $bad
