/* SPDX-License-Identifier: MIT
 *
 * Pressure stall information (Documentation/accounting/psi.rst of the kernel) and systemd's pressure protocol
 * (https://systemd.io/PRESSURE/). An event counts for a while after it came: the kernel tells of a stall once a window.
 * Nothing here allocates or blocks once the probe is made.
 *
 * What is seen is the time that tasks stall for want of memory, of this process's cgroup (version 2) or else of the
 * machine: at a fifth of the time, usage is the warning level; it never says more. The kernel tells of it (a trigger on
 * a window of 1 s, or of 2 s where only that is allowed); where it may not be asked, its counter is read. It needs a
 * witness, since reading files through a small cgroup stalls as well. MEMORY_PRESSURE_WATCH and MEMORY_PRESSURE_WRITE
 * (systemd's protocol) name another file, FIFO or socket to watch, which is believed; /dev/null: nothing is watched. */
#include "monitors/memory_probe_kind.h"

#include "core/clock.h"
#include "monitors/cgroup_memory.h"
#include "monitors/proc_file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FULL_BYTES    INT64_C(1000000) /* percentages to a hundredth of a percent */
#define STALLED_SHARE 0.2              /* of the time */
#define PROTOCOL_MS   2000             /* systemd's window */
#define WRITE_BYTES   256

/* The counter is looked at over at least GLANCE_MS x (GLANCES - 1) and at most one more. */
#define GLANCE_MS 250
#define GLANCES   5

typedef struct glance {
    int64_t at_ms, stalled_us;
} glance;

typedef struct pressure_probe {
    weft_memory_probe base;
    double warning_percent;
    const char *root;
    char file[WEFT_CGROUP_PATH_BYTES]; /* of the counter; empty: there is none */
    int watched;                       /* what tells of events; -1: the counter is read */
    short events;                      /* POLLPRI of a PSI file, POLLIN of a FIFO or socket */
    size_t echo;                       /* bytes of ours that a FIFO may give back */
    int64_t window_ms, stalled_until_ms;
    glance glances[GLANCES];
    int next_glance, glance_count;
} pressure_probe;

static int64_t now_ms(void) {
    return weft_clock_monotonic_ns() / 1000000;
}

/* --- events --- */

/* Drops what a FIFO or socket holds. False: the other end has gone. */
static bool drain(pressure_probe *probe, bool *pressed) {
    char bytes[512];
    size_t drained = 0;
    ssize_t got;
    while ((got = read(probe->watched, bytes, sizeof bytes)) > 0)
        drained += (size_t)got;
    *pressed = drained > probe->echo;
    probe->echo = 0;
    return got != 0;
}

static double read_events(pressure_probe *probe) {
    struct pollfd watch = {.fd = probe->watched, .events = probe->events};
    int64_t now = now_ms();
    if (poll(&watch, 1, 0) > 0) {
        bool pressed = (watch.revents & probe->events) != 0, alive = (watch.revents & (POLLERR | POLLNVAL)) == 0;
        if (pressed && probe->events == POLLIN) alive = drain(probe, &pressed) && alive;
        if (pressed) probe->stalled_until_ms = now + probe->window_ms * 3 / 2;
        if (!alive) {
            close(probe->watched);
            probe->watched = -1;
        }
    }
    return now < probe->stalled_until_ms ? probe->warning_percent : 0;
}

/* --- the counter --- */

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0": microseconds in which at least one task stalled. */
static bool read_counter(const pressure_probe *probe, int64_t *stalled_us) {
    char text[256];
    if (probe->file[0] == '\0' || !weft_proc_read(probe->root, probe->file, text, sizeof text)) return false;
    const char *total = strstr(text, "total=");
    if (strncmp(text, "some ", 5) != 0 || total == NULL) return false;
    *stalled_us = strtoll(total + 6, NULL, 10);
    return true;
}

static bool read_share(pressure_probe *probe, double *percent) {
    glance now = {.at_ms = now_ms()};
    if (!read_counter(probe, &now.stalled_us)) return false;
    *percent = 0;
    if (probe->glance_count == GLANCES) {
        const glance *first = &probe->glances[probe->next_glance];
        double share = (double)(now.stalled_us - first->stalled_us) / (1000.0 * (double)(now.at_ms - first->at_ms));
        *percent = share >= STALLED_SHARE ? probe->warning_percent : probe->warning_percent * share / STALLED_SHARE;
    }
    const glance *last = &probe->glances[(probe->next_glance + GLANCES - 1) % GLANCES];
    if (probe->glance_count > 0 && now.at_ms - last->at_ms < GLANCE_MS) return true;
    probe->glances[probe->next_glance] = now;
    probe->next_glance = (probe->next_glance + 1) % GLANCES;
    if (probe->glance_count < GLANCES) probe->glance_count++;
    return true;
}

static bool read_pressure(weft_memory_probe *base, weft_memory_reading *out) {
    pressure_probe *probe = (pressure_probe *)base;
    double percent = 0;
    if (probe->watched >= 0)
        percent = read_events(probe);
    else if (!read_share(probe, &percent))
        return false;
    *out = (weft_memory_reading){(int64_t)(percent / 100 * (double)FULL_BYTES + 0.5), FULL_BYTES};
    return true;
}

static void free_pressure(weft_memory_probe *base) {
    int watched = ((pressure_probe *)base)->watched;
    if (watched >= 0) close(watched);
    free(base);
}

/* --- the kernel's triggers --- */

static bool write_all(int fd, const void *bytes, size_t length) {
    return write(fd, bytes, length) == (ssize_t)length;
}

static void find_counter(pressure_probe *probe) {
    weft_cgroup cgroup;
    int64_t stalled_us;
    weft_cgroup_find(probe->root, WEFT_CGROUP_UNIFIED, &cgroup);
    bool fits =
        snprintf(probe->file, sizeof probe->file, "%s/memory.pressure", cgroup.folder) < (int)sizeof probe->file;
    if (cgroup.version == 2 && fits && read_counter(probe, &stalled_us)) return;
    (void)snprintf(probe->file, sizeof probe->file, "/proc/pressure/memory");
    if (!read_counter(probe, &stalled_us)) probe->file[0] = '\0';
}

/* A window of 1 s is for the privileged; since Linux 6.5 everyone may have windows of 2 s. */
static void set_trigger(pressure_probe *probe) {
    char path[sizeof probe->root + sizeof probe->file], trigger[64];
    (void)snprintf(path, sizeof path, "%s%s", probe->root, probe->file);
    for (int seconds = 1; seconds <= 2 && probe->file[0] != '\0' && probe->watched < 0; seconds++) {
        int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) return;
        (void)snprintf(trigger, sizeof trigger, "some %d %d", (int)(STALLED_SHARE * 1e6) * seconds, 1000000 * seconds);
        if (write_all(fd, trigger, strlen(trigger) + 1)) {
            probe->watched = fd;
            probe->events = POLLPRI;
            probe->window_ms = 1000 * seconds;
        } else {
            close(fd);
        }
    }
}

/* --- systemd's protocol --- */

static int base64_digit(char letter) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = letter == '\0' ? NULL : strchr(digits, letter);
    return at == NULL ? -1 : (int)(at - digits);
}

/* RFC 4648, padding optional. False: not base64, or longer than `capacity`. */
static bool decode_base64(const char *text, unsigned char *out, size_t capacity, size_t *length) {
    unsigned bits = 0;
    int held = 0;
    *length = 0;
    for (; base64_digit(*text) >= 0; text++) {
        bits = (bits << 6 | (unsigned)base64_digit(*text)) & 0xffffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        if (*length == capacity) return false;
        out[(*length)++] = (unsigned char)(bits >> held);
    }
    return text[strspn(text, "=")] == '\0';
}

static int open_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) return -1;
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Follows MEMORY_PRESSURE_WATCH. False: it is not set, or cannot be followed. */
static bool follow_protocol(pressure_probe *probe) {
    const char *watch = getenv("MEMORY_PRESSURE_WATCH"), *data = getenv("MEMORY_PRESSURE_WRITE");
    char path[sizeof probe->root + WEFT_CGROUP_PATH_BYTES];
    unsigned char bytes[WRITE_BYTES];
    size_t length = 0;
    struct stat kind;
    if (watch == NULL || watch[0] != '/') return false;
    if (strcmp(watch, "/dev/null") == 0) return true;
    if (snprintf(path, sizeof path, "%s%s", probe->root, watch) >= (int)sizeof path || stat(path, &kind) != 0)
        return false;
    if (data != NULL && !decode_base64(data, bytes, sizeof bytes, &length)) return false;
    /* A FIFO that is open both ways neither blocks nor ends. */
    int fd = S_ISSOCK(kind.st_mode) ? open_socket(path) : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool written = S_ISSOCK(kind.st_mode) ? send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length
                                          : length == 0 || write_all(fd, bytes, length);
    if (!written) {
        close(fd);
        return false;
    }
    probe->watched = fd;
    probe->events = S_ISREG(kind.st_mode) ? POLLPRI : POLLIN;
    probe->echo = S_ISFIFO(kind.st_mode) ? length : 0;
    probe->window_ms = PROTOCOL_MS;
    return true;
}

static weft_status make(weft_memory_probe **out, const weft_probe_setup *setup, weft_error *err) {
    pressure_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL) return weft_error_no_memory(err, "the pressure probe");
    *probe =
        (pressure_probe){.base = {.name = "pressure", .read = read_pressure, .free = free_pressure, .is_share = true},
                         .warning_percent = setup->warning_percent,
                         .root = setup->root,
                         .watched = -1};
    if (!follow_protocol(probe)) {
        probe->base.needs_witness = true;
        find_counter(probe);
        set_trigger(probe);
    }
    *out = &probe->base;
    return WEFT_OK;
}

const weft_memory_probe_kind weft_pressure_probe = {"pressure", make};
