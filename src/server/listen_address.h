/* Where a server listens.
 *
 * SPDX-License-Identifier: MIT */
#ifndef WEFT_SERVER_LISTEN_ADDRESS_H
#define WEFT_SERVER_LISTEN_ADDRESS_H

#include "core/status.h"

#define WEFT_DEFAULT_PORT 9338 /* "weft" on a telephone's keys */

typedef struct weft_listen_address {
    char host[256]; /* without the brackets of IPv6 */
    int port;       /* 0: any that is free */
    bool any_port;  /* the next free one where it is taken: nobody asked for just this */
    bool loopback;  /* only this machine can reach it */
} weft_listen_address;

/* Reads "HOST", "HOST:PORT", ":PORT", "PORT" or "[IPV6]:PORT"; NULL: 127.0.0.1 and WEFT_DEFAULT_PORT. HOST is a number
 * or localhost, so that what listens does not depend on a name service. Errors: WEFT_ERR_USAGE. */
weft_status weft_listen_address_read(weft_listen_address *out, const char *text, weft_error *err);

/* Listens there, and on the next of a hundred ports where that one is taken and none was asked for. `address` has the
 * port then. *out is a socket. Errors: WEFT_ERR_BUSY (taken), WEFT_ERR_PERMISSION, WEFT_ERR_IO. */
weft_status weft_listen_address_open(weft_listen_address *address, int *out, weft_error *err);

/* "127.0.0.1:9338", "[::1]:9338" */
void weft_listen_address_text(const weft_listen_address *address, char out[300]);

#endif
