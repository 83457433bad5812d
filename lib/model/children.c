/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Loaded forests.
 *
 * R1  Without a budget nothing locks: a slot is set once, by a compare-and-swap, and holds its
 *     child as long as the model lives. Two threads that miss the same slot at once both load
 *     it; the later one's is released. A process that is forked at any moment can go on.
 * R2  With a budget a lock guards slots and the list of use. A child that somebody uses is
 *     not dropped: that would free nothing and load it twice. So the budget is exceeded by what
 *     is in use, and by one child that is larger than the budget. Children that were in use when
 *     there was no room are dropped at the next look-ups, each of which passes over a few that
 *     still are: with a route for each of 100,000 groups a walk over all would take the lock for
 *     longer than loading takes. A process that was forked while another thread held the lock
 *     finds it held by its parent, takes it over, and makes the list again: a mutex would be
 *     locked for ever. All else that is done under the lock is short.
 * R3  A child that is counted is taken while its slot counts it too, so the count never rises
 *     from 0.
 *
 * A lock per slot, so that a child is loaded by exactly one thread, was rejected: a fork while
 * another thread loads would leave it locked for ever, and a second loading costs a fraction of
 * a millisecond once.
 */

#include "model/children.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

enum { PASSED_MAX = 16 };

sg_resident *
sg_resident_make(sg_forest *forest)
{
    sg_resident *child = sg_alloc_zeroed(1, sizeof *child);

    if (child == NULL) {
        sg_forest_free(forest);
        return NULL;
    }
    atomic_init(&child->references, 1);
    child->forest = forest;
    child->bytes = (int64_t)(sizeof *child + sg_forest_bytes(forest));
    return child;
}

sg_resident *
sg_resident_retain(sg_resident *child)
{
    atomic_fetch_add_explicit(&child->references, 1, memory_order_relaxed);
    return child;
}

void
sg_resident_release(sg_resident *child)
{
    if (child == NULL || atomic_fetch_sub_explicit(&child->references, 1, memory_order_acq_rel) > 1)
        return;
    sg_forest_free(child->forest);
    sg_free(child);
}

int
sg_children_make(sg_children *children, int64_t count, int64_t budget, segml_error *err)
{
    children->slot = sg_alloc_zeroed(count, sizeof *children->slot);
    children->hits = sg_alloc_zeroed(SG_CHILDREN_STRIPES, sizeof *children->hits);
    if (children->slot == NULL || children->hits == NULL)
        return sg_fail_nomem(err);
    children->count = count;
    children->budget = budget;
    if (budget == 0)
        return SEGML_OK;
    children->link = sg_alloc_zeroed(count, sizeof *children->link);
    return children->link != NULL ? SEGML_OK : sg_fail_nomem(err);
}

/* The list of use, under the lock. */

static void
unlink_slot(sg_children *c, int64_t slot)
{
    sg_children_link *link = &c->link[slot];

    *(link->older != 0 ? &c->link[link->older - 1].newer : &c->oldest) = link->newer;
    *(link->newer != 0 ? &c->link[link->newer - 1].older : &c->newest) = link->older;
    *link = (sg_children_link){0, 0};
}

static void
link_newest(sg_children *c, int64_t slot)
{
    c->link[slot] = (sg_children_link){c->newest, 0};
    *(c->newest != 0 ? &c->link[c->newest - 1].newer : &c->oldest) = slot + 1;
    c->newest = slot + 1;
}

/* R2: the list of use again, of what the slots hold. */
static void
repair(sg_children *c)
{
    atomic_store(&c->loaded, 0);
    atomic_store(&c->bytes, 0);
    c->oldest = c->newest = 0;
    for (int64_t i = 0; i < c->count; i++) {
        const sg_resident *child = atomic_load_explicit(&c->slot[i], memory_order_relaxed);

        c->link[i] = (sg_children_link){0, 0};
        if (child == NULL)
            continue;
        link_newest(c, i);
        atomic_fetch_add(&c->loaded, 1);
        atomic_fetch_add(&c->bytes, child->bytes);
    }
}

static void
lock(sg_children *c)
{
    const int self = (int)getpid();
    int holder = 0;

    while (!atomic_compare_exchange_weak_explicit(&c->holder, &holder, self, memory_order_acquire,
                                                  memory_order_relaxed)) {
        if (holder != 0 && holder != self &&
            atomic_compare_exchange_strong_explicit(&c->holder, &holder, self, memory_order_acquire,
                                                    memory_order_relaxed)) {
            repair(c);
            return;
        }
        if (holder == self)
            sched_yield();
        holder = 0;
    }
}

static void
unlock(sg_children *c)
{
    atomic_store_explicit(&c->holder, 0, memory_order_release);
}

/* Drops the least recently used that nobody uses until the budget is met; R2. */
static void
drop_oldest(sg_children *c)
{
    int64_t left = atomic_load(&c->loaded);
    int passed = 0;

    for (; left > 0 && passed < PASSED_MAX && atomic_load(&c->bytes) > c->budget; left--) {
        const int64_t slot = c->oldest - 1;
        sg_resident *child = atomic_load_explicit(&c->slot[slot], memory_order_relaxed);

        unlink_slot(c, slot);
        if (atomic_load_explicit(&child->references, memory_order_acquire) > 1) {
            link_newest(c, slot); /* in use is recently used */
            passed++;
            continue;
        }
        atomic_store_explicit(&c->slot[slot], NULL, memory_order_relaxed);
        atomic_fetch_sub(&c->bytes, child->bytes);
        atomic_fetch_sub(&c->loaded, 1);
        atomic_fetch_add(&c->dropped, 1);
        sg_resident_release(child);
    }
}

static void
count_loaded(sg_children *c, const sg_resident *child)
{
    atomic_fetch_add(&c->bytes, child->bytes);
    atomic_fetch_add(&c->loaded, 1);
    atomic_fetch_add(&c->loads, 1);
}

sg_resident *
sg_children_take(sg_children *children, int64_t slot)
{
    sg_resident *child;

    if (children->link != NULL)
        lock(children);
    child = atomic_load_explicit(&children->slot[slot], memory_order_acquire);
    if (child != NULL)
        sg_resident_retain(child);
    if (children->link != NULL) {
        if (child != NULL && children->newest != slot + 1) {
            unlink_slot(children, slot);
            link_newest(children, slot);
        }
        if (child != NULL)
            drop_oldest(children);
        unlock(children);
    }
    if (child != NULL)
        atomic_fetch_add_explicit(&children->hits[slot % SG_CHILDREN_STRIPES].count, 1,
                                  memory_order_relaxed);
    return child;
}

sg_resident *
sg_children_peek(sg_children *children, int64_t slot)
{
    sg_resident *child;

    if (children->link != NULL)
        lock(children);
    child = atomic_load_explicit(&children->slot[slot], memory_order_acquire);
    if (child != NULL)
        sg_resident_retain(child);
    if (children->link != NULL)
        unlock(children);
    return child;
}

sg_resident *
sg_children_put(sg_children *children, int64_t slot, sg_resident *fresh)
{
    sg_resident *there = NULL;

    sg_resident_retain(fresh); /* once for the slot, once for the caller */
    if (children->link == NULL) {
        if (atomic_compare_exchange_strong_explicit(&children->slot[slot], &there, fresh,
                                                    memory_order_acq_rel, memory_order_acquire))
            count_loaded(children, fresh);
        else
            sg_resident_retain(there);
    } else {
        lock(children);
        there = atomic_load_explicit(&children->slot[slot], memory_order_relaxed);
        if (there != NULL) {
            sg_resident_retain(there);
        } else {
            atomic_store_explicit(&children->slot[slot], fresh, memory_order_release);
            link_newest(children, slot);
            count_loaded(children, fresh);
            drop_oldest(children);
        }
        unlock(children);
    }
    if (there == NULL)
        return fresh;
    sg_resident_release(fresh);
    sg_resident_release(fresh);
    return there;
}

int64_t
sg_children_count_hits(const sg_children *children)
{
    int64_t hits = 0;

    for (int i = 0; i < SG_CHILDREN_STRIPES; i++)
        hits += atomic_load_explicit(&children->hits[i].count, memory_order_relaxed);
    return hits;
}

void
sg_children_clear(sg_children *children)
{
    for (int64_t i = 0; children->slot != NULL && i < children->count; i++)
        sg_resident_release(atomic_load_explicit(&children->slot[i], memory_order_relaxed));
    sg_free(children->link);
    sg_free((void *)children->slot);
    sg_free(children->hits);
    memset(children, 0, sizeof *children);
}
