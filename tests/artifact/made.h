/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MADE_H
#define MADE_H

/*
 * Artifacts made by hand of golden models, in a folder of their own per test. Their task is
 * binary, their key column the integer "store", their features those of the golden artifact.
 */

#include "base/buf.h"
#include "segml/artifact.h"

enum { MADE_GROUPS_MAX = 64 };

typedef struct made_group {
    int64_t key;
    int64_t rows;
    int model;          /* 1 to 3: one of three golden models; 0: too_few_rows */
    double loss;        /* its metric log_loss */
    double threshold;   /* 0 = none of its own */
    const char *engine; /* NULL = the header's */
} made_group;

typedef struct made {
    made_group groups[MADE_GROUPS_MAX]; /* ascending by key; ends with rows 0 */
    double threshold;                   /* of the header; 0 = 0.5 */
    const char *engine;                 /* NULL = "native 1 (hist)" */
    int global;                         /* 1 to 3: a golden model; 0 = no global models */
    int64_t global_rows;
    int unseen;           /* 1 to 3; then the global one has the keys as features, as in the golden
                             artifact, and the groups' keys must be four */
    int no_history;       /* 1: without */
    const char *option;   /* a text of option "sampler"; NULL = "tpe" */
    double trials;        /* of option "trials"; 0 = 20 */
    int training;         /* 1: with training.bin */
    int values;           /* of the feature colour's dictionary, of blue green red violet; 0 = 3 */
    const char *feature;  /* name of the last feature; NULL = "price" */
    const char *key_name; /* NULL = "store" */
    const char *label;    /* NULL = "late" */
    const char *classes;  /* name of the first class; NULL = "no" */
    int is_count;         /* 1: task poisson */
} made;

/** Path of a file in the test's folder; the text lives until the test ends. */
const char *made_path(const char *name);

/** Writes an artifact into the folder. @return its path */
const char *made_write(const char *name, const made *what);

/** Reads a file of the folder, or fails the test. */
void made_read(sg_buf *out, const char *path);

/** Replaces a file's content. */
void made_replace(const char *path, const sg_buf *content);

/** Fails the test unless both files have the same bytes. */
void made_assert_same(const char *a, const char *b);

/** Fails the test unless a folder holds so many files. */
void made_assert_files(int count);

/** A golden model, 1 to 3: its content. */
void made_model(sg_buf *out, int model);

/**
 * What an artifact predicts for a store: the margin of one row, and how it is routed.
 *
 * @param row  [3]
 */
float made_margin(const char *path, int64_t store, const float *row, int32_t *route);

/** Fixture: a folder, and what removes it with everything in it. */
void made_enter(void);
void made_leave(void);

#endif
