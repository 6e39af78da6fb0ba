/* Functions that the compiler makes twice: for any x86-64, and for processors with AVX2. The loader picks one.
 *
 * Both give the same bits: contraction is off, and no fast-math. Sanitizers do not know functions that are resolved at
 * load time; under them, and on other machines, there is one version.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_CORE_MULTIVERSION_H
#define WEFT_CORE_MULTIVERSION_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__) && !defined(WEFT_ONE_VERSION)
#define WEFT_MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define WEFT_MULTIVERSION
#endif

/* For the small functions that these call: a call into another version would cost the gain. */
#define WEFT_INLINE static inline __attribute__((always_inline))

#endif
