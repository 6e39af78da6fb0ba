/* How much a server holds at once.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_HTTP_LIMITS_H
#define WEFT_SERVER_HTTP_LIMITS_H

#define WEFT_HTTP_CONNECTIONS  96
#define WEFT_HTTP_ANSWER_BYTES (2 << 20) /* of one answer */
#define WEFT_HTTP_BODIES_BYTES (5 << 20) /* of all answers that are being sent */
#define WEFT_HTTP_BYTES        (8 << 20)

#endif
