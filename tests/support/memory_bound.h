/* What may be resident beside the ledger a second after a critical alert.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_MEMORY_BOUND_H
#define WEFT_TESTS_SUPPORT_MEMORY_BOUND_H

/* MiB of anonymous memory over the ledger and a tenth of it, for any number of threads. */
#define MEMORY_BOUND_MIB 16

#endif
