/* SPDX-License-Identifier: MIT
 *
 * After the first signal all of them do again what they do without weft, so that a second one of another kind ends the
 * process too. While the handler runs the others wait. */
#include "cli/interruption.h"

#include "core/log.h"

#include <errno.h>
#include <signal.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
#define COUNT (sizeof numbers / sizeof *numbers)

static weft_cancel interruption;
static volatile sig_atomic_t caught[COUNT];

static void on_signal(int number) {
    int kept_errno = errno;
    struct sigaction usual = {.sa_handler = SIG_DFL};
    (void)number;
    weft_cancel_request(&interruption, WEFT_CANCEL_SIGNAL);
    for (size_t i = 0; i < COUNT; i++)
        if (caught[i]) (void)sigaction(numbers[i], &usual, NULL);
    weft_log_from_handler("stopping; a second signal stops at once");
    errno = kept_errno;
}

weft_cancel *weft_interruption_catch(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < COUNT; i++) {
        caught[i] = sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN;
        if (caught[i]) (void)sigaddset(&action.sa_mask, numbers[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        if (caught[i]) (void)sigaction(numbers[i], &action, NULL);
    return &interruption;
}
