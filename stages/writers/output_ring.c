/* SPDX-License-Identifier: MIT
 *
 * Each slot has a task group of one task, so that the oldest can be waited for alone. */
#include "stages/writers/output_ring.h"

#include <stdlib.h>

weft_status weft_output_ring_init(weft_output_ring *ring, int64_t slot_bytes, int64_t min_bytes, weft_error *err) {
    int64_t bytes = slot_bytes < min_bytes ? min_bytes : slot_bytes;
    ring->wanted = 2 * weft_work_pool_threads(ring->context->pool);
    if (ring->max > 0 && ring->max < ring->wanted) ring->wanted = ring->max;
    ring->slots = calloc((size_t)ring->wanted, sizeof *ring->slots);
    if (ring->slots == NULL) return weft_error_no_memory(err, "the export stage");
    while (ring->ready < ring->wanted) {
        weft_ring_slot *next = &ring->slots[ring->ready];
        /* One that is refused is an error only where there is no other and none can be smaller. */
        bool min = ring->ready == 0 && bytes == min_bytes;
        weft_status status = (min ? weft_buffer_reserve_min : weft_buffer_reserve)(
            &next->memory, ring->context->ledger, WEFT_TAG_TEXT, bytes, min ? err : NULL);
        if (status != WEFT_OK && ring->ready > 0) break;
        if (status != WEFT_OK && bytes > min_bytes) {
            bytes = bytes / 2 > min_bytes ? bytes / 2 : min_bytes;
            continue;
        }
        if (status == WEFT_OK) status = weft_task_group_init(&next->group, err);
        if (status != WEFT_OK) {
            weft_buffer_release(&next->memory);
            return status;
        }
        ring->ready++;
    }
    ring->slot_bytes = ring->slots[0].memory.bytes;
    return WEFT_OK;
}

void weft_output_ring_dispose(weft_output_ring *ring) {
    for (int i = 0; i < ring->ready; i++) {
        (void)weft_task_group_wait(&ring->slots[i].group, NULL);
        weft_task_group_dispose(&ring->slots[i].group);
        weft_buffer_release(&ring->slots[i].memory);
    }
    free(ring->slots);
    *ring = (weft_output_ring){0};
}

static weft_status write_oldest(weft_output_ring *ring, weft_error *err) {
    int number = (int)(ring->done % ring->ready);
    weft_ring_slot *slot = &ring->slots[number];
    weft_activity *activity = ring->context->activity;
    weft_status status = weft_task_group_wait(&slot->group, err);
    if (status != WEFT_OK) return status;
    uint32_t before =
        weft_activity_enter(activity, WEFT_ACTIVITY_COORDINATOR, WEFT_STAGE_EXPORT, WEFT_OPERATION_WRITE_CHUNK);
    status = weft_output_file_write(ring->output, slot->memory.data, slot->length, err);
    weft_activity_leave(activity, WEFT_ACTIVITY_COORDINATOR, before);
    if (status == WEFT_OK) status = ring->written(ring->payload, number, err);
    ring->done++;
    return status;
}

weft_status weft_output_ring_next(weft_output_ring *ring, int *slot, weft_error *err) {
    weft_status status = WEFT_OK;
    if (ring->submitted - ring->done == ring->ready) status = write_oldest(ring, err);
    *slot = (int)(ring->submitted % ring->ready);
    return status;
}

void weft_output_ring_submit(weft_output_ring *ring, weft_task_fn fn, void *payload) {
    weft_ring_slot *slot = &ring->slots[ring->submitted++ % ring->ready];
    weft_work_pool_submit(ring->context->pool, &slot->group, WEFT_TASK_URGENT, fn, payload);
}

weft_status weft_output_ring_drain(weft_output_ring *ring, weft_status so_far, weft_error *err) {
    weft_status status = so_far;
    while (status == WEFT_OK && ring->done < ring->submitted)
        status = write_oldest(ring, err);
    for (int i = 0; i < ring->ready && status != WEFT_OK; i++)
        (void)weft_task_group_wait(&ring->slots[i].group, NULL);
    ring->done = ring->submitted;
    return status;
}
