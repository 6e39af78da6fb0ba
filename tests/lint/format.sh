#!/usr/bin/env bash
# Every C and C++ file is laid out as .clang-format says: ./dev format does it. Other versions than 14 lay out differently:
# where there is none, this is passed over (exit code 77).
set -u
cd "$(dirname "$0")/../.." || exit 1
tool=$(command -v clang-format-14) || {
    echo "lint_format: SKIPPED: clang-format-14 is not installed"
    exit 77
}
find src stages processors monitors tests bench docs \( -name '*.c' -o -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null |
    xargs -0 "$tool" --dry-run --Werror
