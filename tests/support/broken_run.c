/* SPDX-License-Identifier: MIT */
#include "support/broken_run.h"

#include "support/cmocka_all.h"
#include "support/sandbox.h"

#include <stdlib.h>

void broken_run_leaves_nothing(void) {
    free(sandbox_succeed("cp \"$SAMPLE/landsat7.tif\" broken.tif; "
                         "dd if=/dev/urandom of=broken.tif bs=1 seek=40000 count=20000 conv=notrunc 2>&1"));
    sandbox_result result = sandbox_run("rm -rf out; \"$WEFT\" run --progress none --set datasets.0.path=broken.tif "
                                        "config.yml; code=$?; ls -A out; exit $code");
    assert_int_not_equal(result.exit_code, 0);
    assert_string_equal(result.out, "metrics.sqlite\n");
    sandbox_result_free(&result);
}
