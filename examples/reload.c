/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A service whose models are replaced while it answers: two threads predict, a third one reloads
 * whenever a line arrives on standard input, "reload" say, and says what came of it.
 *
 *     reload MODEL.segml KEY VALUE...
 *
 * Works with a static artifact, whose file is replaced, and with a dynamic one, whose children
 * are (segml split). The current model is guarded by a lock that is held for a look-up only: the
 * route keeps its model alive, so an old model is freed as soon as nobody answers with it.
 */

#include <pthread.h>
#include <segml/segml.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES_MAX = 64 };

typedef struct service {
    pthread_mutex_t lock;
    segml_model *model; /* guarded by the lock */
    segml_key key;
    float row[FEATURES_MAX];
    int64_t features;
    atomic_int stop;
    atomic_llong answers, failures;
} service;

static void *
answer(void *argument)
{
    service *s = argument;

    while (!atomic_load(&s->stop)) {
        segml_route *route = NULL;
        float p = 0;
        int rc;

        pthread_mutex_lock(&s->lock);
        rc = segml_route_find(&route, s->model, &s->key, 1, NULL);
        pthread_mutex_unlock(&s->lock);
        if (rc >= 0)
            rc = segml_route_predict(route, SEGML_OUTPUT_PREDICTION, s->row, s->features, &p, 1);
        atomic_fetch_add(rc >= 0 ? &s->answers : &s->failures, 1);
        segml_route_free(route);
    }
    return NULL;
}

static void
show(service *s, const char *what)
{
    segml_model_stats stats = SEGML_MODEL_STATS_INIT;
    segml_route *route = NULL;
    float p = 0;

    if (segml_route_find(&route, s->model, &s->key, 1, NULL) >= 0)
        segml_route_predict(route, SEGML_OUTPUT_PREDICTION, s->row, s->features, &p, 1);
    segml_model_get_stats(s->model, &stats, NULL);
    printf("%s: %.3f by %s, %d models loaded, %d of them by this version\n", what, (double)p,
           route != NULL ? segml_route_kind_name(segml_route_get_kind(route)) : "none",
           (int)stats.loaded, (int)stats.loads);
    fflush(stdout);
    segml_route_free(route);
}

static void
reload(service *s)
{
    segml_error err = SEGML_ERROR_INIT;
    segml_model *fresh = NULL, *old = s->model; /* this thread alone changes it */
    int rc = segml_model_reload(&fresh, old, NULL, &err);

    if (rc != SEGML_OK)
        fprintf(stderr, "%s: %s\n", rc > 0 ? "reloaded in part" : "not reloaded", err.message);
    if (rc < 0)
        return;
    pthread_mutex_lock(&s->lock);
    s->model = fresh;
    pthread_mutex_unlock(&s->lock);
    segml_model_free(old);
    show(s, "reloaded");
}

int
main(int argc, char **argv)
{
    static service s = {.lock = PTHREAD_MUTEX_INITIALIZER};
    segml_error err = SEGML_ERROR_INIT;
    pthread_t threads[2];
    char line[80];
    int rc;

    if (argc < 3 || argc > 3 + FEATURES_MAX) {
        fprintf(stderr, "usage: reload MODEL.segml KEY VALUE...\n");
        return 2;
    }
    s.key = (segml_key)SEGML_KEY_UTF8_VALUE(argv[2], strlen(argv[2]));
    for (s.features = 0; s.features < argc - 3; s.features++)
        s.row[s.features] = strtof(argv[3 + s.features], NULL);
    rc = segml_model_open(&s.model, argv[1], NULL, &err);
    if (rc != SEGML_OK)
        fprintf(stderr, "%s\n", err.message);
    if (rc < 0)
        return 1;
    show(&s, "opened");
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, answer, &s);
    while (fgets(line, sizeof line, stdin) != NULL)
        reload(&s);
    atomic_store(&s.stop, 1);
    for (int t = 0; t < 2; t++)
        pthread_join(threads[t], NULL);
    printf("%s, %d failures\n", atomic_load(&s.answers) > 0 ? "answered" : "no answer",
           (int)atomic_load(&s.failures));
    segml_model_free(s.model);
    return 0;
}
