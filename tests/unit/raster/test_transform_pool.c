/* Clones give the first transform's positions, on every thread, and cost what clones cost.
 *
 * SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include "raster/crs/transform_pool.h"
#include "raster/gdal/gdal_setup.h"

#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#define THREADS 8
#define POINTS  400

typedef struct place {
    const char *from, *to;
    double x, y, step; /* the grid's first corner and its cells, 20 x 20 of them */
} place;

/* Projected to projected, degrees to metres, another datum with several operations to choose from, and one where a part
 * of the grid does not transform, also by a projection that PROJ works by means of another. */
static const place places[] = {
    {"EPSG:3035", "EPSG:32632", 4146000, 3490000, 5000},
    {"EPSG:4326", "EPSG:31985", -35.5, -7.5, 0.05},
    {"EPSG:4267", "EPSG:26915", -95, 45, 0.1},
    {"ESRI:54009", "EPSG:4326", -18000000, 9000000, 900000},
    {"+proj=goode +datum=WGS84", "EPSG:4326", -18000000, 12000000, 900000},
    {"+proj=ob_tran +o_proj=moll +o_lat_p=50 +o_lon_p=0 +datum=WGS84", "EPSG:4326", -18000000, 12000000, 900000},
};

typedef struct fixture {
    weft_grid grid;
    weft_crs *to;
    weft_transform_pool *pool;
    double x[POINTS], y[POINTS]; /* where the points are */
} fixture;

static void make(fixture *self, const place *at) {
    weft_error err = {0};
    *self = (fixture){
        .grid = {.origin_x = at->x, .origin_y = at->y, .res_x = at->step, .res_y = at->step, .cols = 20, .rows = 20}};
    assert_int_equal(weft_crs_parse(&self->grid.crs, at->from, NULL), WEFT_OK);
    assert_int_equal(weft_crs_parse(&self->to, at->to, NULL), WEFT_OK);
    if (weft_transform_pool_new(&self->pool, &self->grid, self->to, &err) != WEFT_OK) fail_msg("%s", err.message);
    for (int i = 0; i < POINTS; i++) {
        self->x[i] = at->x + (i % 20 + 0.3) * at->step;
        self->y[i] = at->y - (i / 20 + 0.7) * at->step;
    }
}

static void dispose(fixture *self) {
    weft_transform_pool_free(self->pool);
    weft_crs_free(self->to);
    weft_grid_dispose(&self->grid);
}

typedef struct worker {
    fixture *of;
    pthread_barrier_t *begin, *end;
    double x[POINTS], y[POINTS];
    weft_status status;
} worker;

/* Often, so that threads meet and clones are made. */
static void *work(void *payload) {
    worker *self = payload;
    pthread_barrier_wait(self->begin);
    for (int i = 0; i < 50 && self->status == WEFT_OK; i++) {
        memcpy(self->x, self->of->x, sizeof self->x);
        memcpy(self->y, self->of->y, sizeof self->y);
        self->status = weft_transform_pool_points(self->of->pool, POINTS, self->x, self->y, NULL);
    }
    pthread_barrier_wait(self->end);
    pthread_barrier_wait(self->begin);
    return NULL;
}

/* The bytes in use that the threads and their transforms added to the heap. */
static double run_threads(fixture *of, worker *workers) {
    pthread_t threads[THREADS];
    pthread_barrier_t begin, end;
    assert_int_equal(pthread_barrier_init(&begin, NULL, THREADS + 1), 0);
    assert_int_equal(pthread_barrier_init(&end, NULL, THREADS + 1), 0);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){.of = of, .begin = &begin, .end = &end};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    size_t before = mallinfo2().uordblks;
    pthread_barrier_wait(&begin);
    pthread_barrier_wait(&end);
    size_t after = mallinfo2().uordblks;
    pthread_barrier_wait(&begin);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&begin);
    pthread_barrier_destroy(&end);
    return (double)after - (double)before;
}

static worker workers[THREADS];

static void test_every_thread_gets_the_positions_of_a_transform_of_its_own(void **state) {
    (void)state;
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        fixture self;
        weft_transform *own = NULL;
        double x[POINTS], y[POINTS];
        make(&self, &places[p]);
        memcpy(x, self.x, sizeof x);
        memcpy(y, self.y, sizeof y);
        weft_bounds area = weft_grid_bounds(&self.grid);
        assert_int_equal(weft_transform_new(&own, self.grid.crs, self.to, self.grid.crs, &area, NULL), WEFT_OK);
        weft_transform_points(own, POINTS, x, y);
        (void)run_threads(&self, workers);
        for (int i = 0; i < THREADS; i++) {
            assert_int_equal(workers[i].status, WEFT_OK);
            assert_memory_equal(workers[i].x, x, sizeof x);
            assert_memory_equal(workers[i].y, y, sizeof y);
        }
        assert_true(isfinite(x[POINTS / 2 + 10]));
        weft_transform_free(own);
        dispose(&self);
    }
}

typedef struct handed_on {
    weft_transform *transform;
    double x[2], y[2];
} handed_on;

static void *run_handed_on(void *payload) {
    handed_on *self = payload;
    weft_transform_points(self->transform, 2, self->x, self->y);
    return NULL;
}

/* North of the map no place is, and its middle is (0, 0), also on a thread that has the transform from another. */
static void test_a_thread_takes_another_ones_transform_over(void **state) {
    static const char *const crss[] = {"ESRI:54009", "+proj=goode +datum=WGS84", "+proj=igh +datum=WGS84",
                                       "+proj=ob_tran +o_proj=moll +o_lat_p=90 +o_lon_p=0 +datum=WGS84"};
    weft_crs *degrees = NULL;
    (void)state;
    assert_int_equal(weft_crs_parse(&degrees, "EPSG:4326", NULL), WEFT_OK);
    for (size_t i = 0; i < sizeof crss / sizeof *crss; i++) {
        handed_on used = {.x = {0, 0}, .y = {12000000, 0}};
        weft_crs *crs = NULL;
        pthread_t thread;
        assert_int_equal(weft_crs_parse(&crs, crss[i], NULL), WEFT_OK);
        assert_int_equal(weft_transform_new(&used.transform, crs, degrees, NULL, NULL, NULL), WEFT_OK);
        assert_int_equal(pthread_create(&thread, NULL, run_handed_on, &used), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        if (!isnan(used.x[0])) fail_msg("%s: (%g, %g) has no place", crss[i], used.x[0], used.y[0]);
        if (!(fabs(used.x[1]) < 1e-9 && fabs(used.y[1]) < 1e-9))
            fail_msg("%s: (%g, %g)", crss[i], used.x[1], used.y[1]);
        weft_transform_free(used.transform);
        weft_crs_free(crs);
    }
    weft_crs_free(degrees);
}

static void test_one_after_the_other_takes_the_first_kept_or_made_anew(void **state) {
    fixture self;
    weft_pool_stats stats;
    const double x = 4146000, y = 3490000;
    double first[2] = {x, y}, kept[2] = {x, y}, anew[2] = {x, y};
    (void)state;
    make(&self, &places[0]);
    for (int i = 0; i < 5; i++) {
        double u = x, v = y;
        assert_int_equal(weft_transform_pool_points(self.pool, 1, &u, &v, NULL), WEFT_OK);
    }
    weft_transform_pool_read_stats(self.pool, &stats);
    assert_int_equal(stats.created, 1);
    assert_int_equal(stats.acquired, 5);
    assert_int_equal(stats.reused, 4);
    assert_int_equal(stats.in_use, 0);
    assert_int_equal(weft_transform_pool_points(self.pool, 1, &first[0], &first[1], NULL), WEFT_OK);
    weft_transform_pool_free_idle(self.pool, true);
    assert_int_equal(weft_transform_pool_points(self.pool, 1, &kept[0], &kept[1], NULL), WEFT_OK);
    weft_transform_pool_free_idle(self.pool, false);
    assert_int_equal(weft_transform_pool_points(self.pool, 1, &anew[0], &anew[1], NULL), WEFT_OK);
    assert_memory_equal(kept, first, sizeof first);
    assert_memory_equal(anew, first, sizeof first);
    dispose(&self);
}

/* A thread that makes a transform takes 500 KiB for PROJ's database; 90 have been seen for one that clones. */
static void test_threads_do_not_open_the_database_each(void **state) {
    (void)state;
#ifdef WEFT_SANITIZED
    print_message("SKIPPED: a sanitizer has a heap of its own\n");
    skip();
#endif
    for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
        fixture self;
        make(&self, &places[p]);
        double each = run_threads(&self, workers) / THREADS / 1024;
        print_message("%s to %s: %.0f KiB a thread\n", places[p].from, places[p].to, each);
        assert_true(each < 200);
        dispose(&self);
    }
}

static int setup(void **state) {
    (void)state;
    return weft_raster_init(NULL) == WEFT_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_thread_gets_the_positions_of_a_transform_of_its_own),
        cmocka_unit_test(test_a_thread_takes_another_ones_transform_over),
        cmocka_unit_test(test_one_after_the_other_takes_the_first_kept_or_made_anew),
        cmocka_unit_test(test_threads_do_not_open_the_database_each),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
