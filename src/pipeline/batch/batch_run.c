/* SPDX-License-Identifier: MIT
 *
 * Who begins: jobs are gone through in order. The first for which there is not enough memory lets later ones begin that
 * need less, but not for ever: when it was overtaken as often as there are workers, nothing begins before it does. */
#include "pipeline/batch/batch_run.h"

#include "core/clock.h"
#include "core/text.h"
#include "pipeline/batch/batch_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PREPARED_AHEAD 8                    /* jobs beyond the workers whose needs are known before their turn */
#define PLAN_BYTES     (INT64_C(96) << 20)  /* granted for the making of a plan, which has no limit of its own */
#define SLICE_NS       INT64_C(50000000)    /* looking at jobs goes on so long before signals are looked at */
#define GRACE_NS       INT64_C(10000000000) /* for what runs out of time, to end by itself */
#define NS_A_MS        INT64_C(1000000)

static const int stopping_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNAL_COUNT (sizeof stopping_signals / sizeof *stopping_signals)

static bool is_over(weft_job_state state) {
    return state != WEFT_JOB_WAITS && state != WEFT_JOB_RUNS;
}

/* --- preparing --- */

static void drop_prepared(weft_batch_loop *loop, int at) {
    if (loop->turns[at].prepared == NULL) return;
    weft_prepared_job_dispose(loop->turns[at].prepared);
    free(loop->turns[at].prepared);
    loop->turns[at].prepared = NULL;
}

static weft_status prepare(weft_batch_loop *loop, int at, weft_error *err) {
    weft_job *job = &loop->work->list.jobs[at];
    weft_prepared_job *prepared = calloc(1, sizeof *prepared);
    if (prepared == NULL) return weft_error_no_memory(err, "a job");
    loop->turns[at].prepared = prepared;
    weft_error own = {0};
    weft_status status = weft_job_prepare(prepared, loop->work, job, &own);
    job->attempts_before = prepared->facts.attempts;
    if (status == WEFT_OK && !prepared->unchanged) return WEFT_OK;
    drop_prepared(loop, at);
    if (status == WEFT_OK) {
        weft_batch_loop_settle(loop, at, WEFT_JOB_IS_UNCHANGED);
    } else if (status == WEFT_ERR_MEMORY) {
        *err = own;
        return status;
    } else {
        loop->counts[job->state]--;
        weft_batch_work_fail(job, &own);
        loop->counts[job->state]++;
        weft_batch_loop_settle(loop, at, WEFT_JOB_HAS_FAILED);
    }
    return WEFT_OK;
}

static bool can_begin(const weft_batch_loop *loop, int at, int64_t now_ns) {
    const weft_job *job = &loop->work->list.jobs[at];
    return job->state == WEFT_JOB_WAITS && job->unmet == 0 && loop->turns[at].not_before_ns <= now_ns;
}

/* Jobs that are prepared and can begin now. */
static int count_ready(const weft_batch_loop *loop, int64_t now_ns) {
    int count = 0;
    for (int i = loop->first; i < loop->work->list.count; i++)
        count += loop->turns[i].prepared != NULL && can_begin(loop, i, now_ns);
    return count;
}

/* Looks at jobs in order until enough of them are ready to begin. *more: it stopped since time was over. */
static weft_status prepare_some(weft_batch_loop *loop, bool *more, weft_error *err) {
    int64_t now_ns = weft_clock_monotonic_ns(), until_ns = now_ns + SLICE_NS;
    int count = loop->work->list.count, enough = loop->work->grants.workers + PREPARED_AHEAD;
    weft_status status = WEFT_OK;
    *more = false;
    while (loop->first < count && is_over(loop->work->list.jobs[loop->first].state))
        loop->first++;
    int ready = count_ready(loop, now_ns);
    for (int i = loop->first; i < count && !loop->stopping && ready < enough && status == WEFT_OK; i++) {
        if (!can_begin(loop, i, now_ns) || loop->turns[i].prepared != NULL) continue;
        if (weft_clock_monotonic_ns() > until_ns) {
            *more = true;
            break;
        }
        int first = loop->first;
        status = prepare(loop, i, err);
        ready += loop->turns[i].prepared != NULL;
        /* A job before this one may begin now. */
        if (loop->first < first) i = loop->first - 1;
    }
    return status;
}

/* --- beginning --- */

static weft_status fail_for_memory(weft_batch_loop *loop, int at, int64_t min_bytes) {
    weft_job *job = &loop->work->list.jobs[at];
    char need[WEFT_SIZE_TEXT_BYTES], have[WEFT_SIZE_TEXT_BYTES];
    weft_error own = {0};
    weft_text_size(min_bytes, need);
    weft_text_size(loop->work->grants.budget_bytes, have);
    weft_error_set(&own, WEFT_ERR_MEMORY, "it needs %s at least, and the whole batch has %s", need, have);
    drop_prepared(loop, at);
    loop->counts[job->state]--;
    weft_batch_work_fail(job, &own);
    loop->counts[job->state]++;
    weft_batch_loop_settle(loop, at, WEFT_JOB_HAS_FAILED);
    return WEFT_OK;
}

/* Begins the making of the plan of a job's kind, if nobody has. */
static weft_status begin_plan(weft_batch_loop *loop, int at, weft_error *err) {
    weft_kind_estimate *estimate = &loop->work->estimates[loop->work->list.jobs[at].kind];
    weft_job_grants *grants = &loop->work->grants;
    int64_t bytes = grants->budget_bytes < PLAN_BYTES ? grants->budget_bytes : PLAN_BYTES;
    weft_job_ask ask = {bytes, bytes, 1};
    weft_job_grant grant;
    if (estimate->state != WEFT_ESTIMATE_NONE || !weft_job_grants_take(grants, &ask, 1, &grant)) return WEFT_OK;
    estimate->state = WEFT_ESTIMATE_PLANNING;
    return weft_batch_attempt_start(loop, at, grant, true, err);
}

/* Begins the job, or its plan. *short_of: it has to wait for memory. */
static weft_status begin(weft_batch_loop *loop, int at, int waiting, bool *short_of, weft_error *err) {
    weft_job_grants *grants = &loop->work->grants;
    weft_job_turn *turn = &loop->turns[at];
    weft_job_ask ask;
    weft_job_grant grant;
    *short_of = false;
    if (!weft_job_ask_for(loop->work, &loop->work->list.jobs[at], turn->prepared, turn->floor_bytes, &ask))
        return begin_plan(loop, at, err);
    if (ask.min_bytes > grants->budget_bytes) return fail_for_memory(loop, at, ask.min_bytes);
    if (weft_job_grants_take(grants, &ask, waiting, &grant))
        return weft_batch_attempt_start(loop, at, grant, false, err);
    *short_of = grants->running < grants->workers;
    return WEFT_OK;
}

static weft_status begin_some(weft_batch_loop *loop, weft_error *err) {
    int64_t now_ns = weft_clock_monotonic_ns();
    weft_job_grants *grants = &loop->work->grants;
    int left = count_ready(loop, now_ns), short_at = -1;
    weft_status status = WEFT_OK;
    for (int i = loop->first; left > 0 && i < loop->work->list.count && !loop->stopping && status == WEFT_OK; i++) {
        bool short_of;
        if (loop->turns[i].prepared == NULL || !can_begin(loop, i, now_ns)) continue;
        if (grants->running == grants->workers) break;
        int running = loop->running_count;
        status = begin(loop, i, left--, &short_of, err);
        if (short_at >= 0 && loop->running_count > running) loop->turns[short_at].overtaken++;
        if (short_of && short_at < 0) {
            short_at = i;
            if (loop->turns[i].overtaken >= grants->workers) break;
        }
        if (short_at >= 0 && loop->turns[short_at].overtaken >= grants->workers) break;
    }
    return status;
}

/* --- waiting --- */

static int64_t earlier(int64_t a, int64_t b) {
    return b > 0 && b < a ? b : a;
}

/* When there is next something to do, however long that is. */
static int64_t next_time_ns(const weft_batch_loop *loop, int64_t now_ns) {
    int64_t next = INT64_MAX;
    if (loop->options->tick_ms > 0) next = now_ns + loop->options->tick_ms * NS_A_MS;
    for (int i = 0; i < loop->running_count; i++) {
        next = earlier(next, loop->watches[i].timed_out ? 0 : loop->watches[i].deadline_ns);
        next = earlier(next, loop->watches[i].kill_ns);
    }
    for (int i = loop->first; i < loop->work->list.count && !loop->stopping; i++)
        if (loop->work->list.jobs[i].state == WEFT_JOB_WAITS && loop->turns[i].not_before_ns > now_ns)
            next = earlier(next, loop->turns[i].not_before_ns);
    return next;
}

static void stop(weft_batch_loop *loop, int number) {
    if (loop->result->stopped) loop->result->second_signal = number;
    loop->result->stopped = loop->stopping = true;
    for (int i = 0; i < loop->running_count; i++) {
        loop->watches[i].stopped = true;
        (void)kill(loop->running[i].pid, loop->result->second_signal != 0 ? SIGKILL : SIGTERM);
    }
}

/* Waits for a signal, that a process has ended among them, or until it is time. */
static void wait_for(weft_batch_loop *loop, int signals_fd, bool more) {
    int64_t now_ns = weft_clock_monotonic_ns(), next_ns = next_time_ns(loop, now_ns);
    int64_t wait_ms = more || next_ns <= now_ns ? 0
                      : next_ns == INT64_MAX    ? -1
                                                : (next_ns - now_ns + NS_A_MS - 1) / NS_A_MS;
    struct pollfd waited = {.fd = signals_fd, .events = POLLIN};
    struct signalfd_siginfo info;
    if (poll(&waited, 1, wait_ms > 60000 ? 60000 : (int)wait_ms) <= 0) return;
    while (read(signals_fd, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo != SIGCHLD) stop(loop, (int)info.ssi_signo);
}

static void watch_times(weft_batch_loop *loop) {
    int64_t now_ns = weft_clock_monotonic_ns();
    for (int i = 0; i < loop->running_count; i++) {
        weft_job_watch *watch = &loop->watches[i];
        if (watch->deadline_ns > 0 && now_ns >= watch->deadline_ns && !watch->timed_out) {
            watch->timed_out = true;
            watch->kill_ns = now_ns + GRACE_NS;
            (void)kill(loop->running[i].pid, SIGTERM);
        }
        if (watch->kill_ns > 0 && now_ns >= watch->kill_ns) (void)kill(loop->running[i].pid, SIGKILL);
    }
}

static weft_status reap(weft_batch_loop *loop, weft_error *err) {
    weft_status status = WEFT_OK;
    for (int i = 0; i < loop->running_count && status == WEFT_OK;) {
        weft_job_end end;
        weft_job_usage usage;
        if (weft_job_process_ended(loop->running[i].pid, &end, &usage))
            status = weft_batch_attempt_end(loop, i, end, &usage, err);
        else
            i++;
    }
    return status;
}

/* --- the loop --- */

static weft_status run(weft_batch_loop *loop, int signals_fd, weft_error *err) {
    weft_status status = WEFT_OK;
    int64_t tick_ns = 0;
    while (status == WEFT_OK) {
        bool more = false;
        if (!loop->stopping) status = prepare_some(loop, &more, err);
        if (status == WEFT_OK && !loop->stopping && !more) status = begin_some(loop, err);
        if (status != WEFT_OK) break;
        bool waits = loop->counts[WEFT_JOB_WAITS] > 0 && !loop->stopping;
        if (loop->running_count == 0 && !waits) break;
        wait_for(loop, signals_fd, more);
        status = reap(loop, err);
        watch_times(loop);
        int64_t now_ns = weft_clock_monotonic_ns();
        if (loop->options->tick_ms == 0 || now_ns - tick_ns < loop->options->tick_ms * NS_A_MS) continue;
        weft_batch_loop_tell(loop, WEFT_BATCH_TICKED, NULL, NULL);
        tick_ns = now_ns;
    }
    return status;
}

/* Ends what still runs, where the batch itself cannot go on. */
static void end_all(weft_batch_loop *loop) {
    for (int i = 0; i < loop->running_count; i++)
        (void)kill(loop->running[i].pid, SIGTERM);
    for (int i = 0; i < loop->running_count; i++) {
        weft_job_end end;
        weft_job_usage usage;
        while (!weft_job_process_ended(loop->running[i].pid, &end, &usage))
            (void)poll(NULL, 0, 10);
        free(loop->running[i].log);
        free(loop->running[i].command);
    }
    loop->running_count = 0;
}

/* What was not begun, or is to be resumed. */
static void leave_rest(weft_batch_loop *loop) {
    for (int i = 0; i < loop->work->list.count; i++) {
        weft_job *job = &loop->work->list.jobs[i];
        drop_prepared(loop, i);
        if (!is_over(job->state)) weft_batch_loop_set(loop, job, WEFT_JOB_IS_LEFT);
        if (job->state == WEFT_JOB_IS_LEFT && job->cause == WEFT_CAUSE_NONE) job->cause = WEFT_CAUSE_STOPPED;
        loop->result->worst = weft_job_cause_worse(loop->result->worst, job->cause);
    }
}

/* Signals come through the descriptor from now on; those that are ignored (nohup) stay so. */
static weft_status open_signals(weft_batch_loop *loop, int *signals_fd, weft_error *err) {
    struct sigaction usual = {.sa_handler = SIG_DFL}, before;
    sigset_t taken;
    sigemptyset(&taken);
    sigaddset(&taken, SIGCHLD);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (sigaction(stopping_signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaddset(&taken, stopping_signals[i]);
    (void)sigaction(SIGCHLD, &usual, NULL);
    if (sigprocmask(SIG_BLOCK, &taken, &loop->mask) != 0)
        return weft_error_set_errno(err, errno, "signals cannot be taken");
    *signals_fd = signalfd(-1, &taken, SFD_NONBLOCK | SFD_CLOEXEC);
    return *signals_fd >= 0 ? WEFT_OK : weft_error_set_errno(err, errno, "signals cannot be taken");
}

static weft_status make_room(weft_batch_loop *loop, weft_error *err) {
    size_t jobs = (size_t)loop->work->list.count + 1, workers = (size_t)loop->work->grants.workers;
    loop->turns = calloc(jobs, sizeof *loop->turns);
    loop->running = calloc(workers, sizeof *loop->running);
    loop->watches = calloc(workers, sizeof *loop->watches);
    if (loop->turns != NULL && loop->running != NULL && loop->watches != NULL) return WEFT_OK;
    return weft_error_no_memory(err, "the batch");
}

/* Jobs that failed before anything ran: their configuration is wrong. */
static void take_failed(weft_batch_loop *loop) {
    for (int i = 0; i < loop->work->list.count; i++) {
        weft_job *job = &loop->work->list.jobs[i];
        loop->counts[job->state]++;
    }
    for (int i = 0; i < loop->work->list.count; i++)
        if (loop->work->list.jobs[i].state == WEFT_JOB_HAS_FAILED) weft_batch_loop_settle(loop, i, WEFT_JOB_HAS_FAILED);
}

weft_status weft_batch_run(weft_batch_work *work, const weft_batch_options *options, weft_batch_result *result,
                           weft_error *err) {
    weft_batch_loop loop = {.work = work, .options = options, .result = result, .began_ns = weft_clock_monotonic_ns()};
    int signals_fd = -1;
    *result = (weft_batch_result){0};
    weft_status status = make_room(&loop, err);
    if (status == WEFT_OK) status = open_signals(&loop, &signals_fd, err);
    if (status == WEFT_OK) {
        loop.server = weft_job_server_new();
        take_failed(&loop);
        status = run(&loop, signals_fd, err);
        end_all(&loop);
        weft_job_server_free(loop.server);
        leave_rest(&loop);
        (void)sigprocmask(SIG_SETMASK, &loop.mask, NULL);
    }
    if (signals_fd >= 0) (void)close(signals_fd);
    result->seconds = (double)(weft_clock_monotonic_ns() - loop.began_ns) / 1e9;
    free(loop.turns);
    free(loop.running);
    free(loop.watches);
    return status;
}
