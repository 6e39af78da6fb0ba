#!/usr/bin/env bash
# terra_oracle.R, where R and terra are there (r-cran-terra).
#
#     terra_oracle.sh WEFT SAMPLE FOLDER
set -eu
if ! Rscript -e 'library(terra)' >/dev/null 2>&1; then
    echo "SKIPPED: r-cran-terra is not there"
    exit 77
fi
exec Rscript "$(dirname "$0")/terra_oracle.R" "$@"
