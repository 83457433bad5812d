/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Loading all models at once: threads take the next slot until there is none, or one of them has
 * failed. The failure that is told is that of the lowest slot any thread has met, and the model
 * stays usable.
 */

#include "base/alloc.h"
#include "base/thread.h"
#include "model/model.h"

enum { MOST_JOBS = 4096 };

typedef struct preload {
    const segml_model *model;
    int64_t dropped;      /* before */
    atomic_llong next;    /* slot */
    atomic_int failed;    /* 1: no more slots are taken */
    pthread_mutex_t lock; /* of what follows */
    int64_t slot;         /* that failed; -1 = none */
    int rc;
    segml_error error;
} preload;

static void
note_failure(preload *p, int64_t slot, int rc, const segml_error *error)
{
    pthread_mutex_lock(&p->lock);
    if (p->slot < 0 || slot < p->slot) {
        p->slot = slot;
        p->rc = rc;
        p->error = *error;
    }
    pthread_mutex_unlock(&p->lock);
    atomic_store(&p->failed, 1);
}

static int
fail_budget(const preload *p, segml_error *err)
{
    return sg_fail(err, SEGML_E_LIMIT, "child_bytes is %lld: not all models fit",
                   (long long)p->model->children.budget);
}

/* What is in use is not dropped, and may be more than the budget all the same. */
static int
is_over_budget(const preload *p)
{
    const sg_children *children = &p->model->children;

    return children->budget > 0 && atomic_load(&children->bytes) > children->budget;
}

static void *
run(void *argument)
{
    preload *p = argument;
    int64_t slot;

    while (!atomic_load(&p->failed) &&
           (slot = atomic_fetch_add(&p->next, 1)) < p->model->children.count) {
        segml_error err = SEGML_ERROR_INIT;
        sg_resident *child = NULL;
        int rc = sg_model_take(p->model, slot, &child, &err);

        sg_resident_release(child);
        if (rc == SEGML_OK && atomic_load(&p->model->children.dropped) != p->dropped)
            rc = fail_budget(p, &err);
        if (rc < 0)
            note_failure(p, slot, rc, &err);
    }
    return NULL;
}

/* The calling thread is one of them; threads that cannot be started are done without. */
static int
run_all(preload *p, int32_t jobs, segml_error *err)
{
    pthread_t *thread = sg_alloc_array(jobs, sizeof *thread);
    int32_t started = 0;

    if (thread == NULL)
        return sg_fail_nomem(err);
    while (started < jobs - 1 && sg_thread_start(&thread[started], run, p, NULL) == SEGML_OK)
        started++;
    run(p);
    for (int32_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    sg_free(thread);
    if (p->slot >= 0)
        return sg_fail(err, p->rc, "%s", p->error.message);
    return is_over_budget(p) ? fail_budget(p, err) : SEGML_OK;
}

int
segml_model_preload(const segml_model *model, int32_t jobs, segml_error *err)
{
    preload p = {.model = model, .slot = -1};
    int rc;

    if (model == NULL)
        return sg_fail(err, SEGML_E_ARGUMENT, "model is NULL");
    if (jobs < 0 || jobs > MOST_JOBS)
        return sg_fail(err, SEGML_E_ARGUMENT, "jobs is %d: 0 to %d is needed", (int)jobs,
                       (int)MOST_JOBS);
    p.dropped = atomic_load(&model->children.dropped);
    jobs = jobs != 0 ? jobs : sg_thread_processors();
    pthread_mutex_init(&p.lock, NULL);
    rc = run_all(&p, jobs, err);
    pthread_mutex_destroy(&p.lock);
    return rc;
}
