/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DYNAMIC_FIXTURE_H
#define TESTS_DYNAMIC_FIXTURE_H

/*
 * Artifacts of a few groups, made of the models of golden artifacts, whose predictions XGBoost
 * has recorded; and a folder to put them in.
 */

#include "base/buf.h"
#include "golden/serving/expected.h"
#include "pack/manifest.h"
#include "segml/model.h"

enum { DYNAMIC_MODELS = 3 };

/** A group of an artifact in the making: it has a model, or a reference, or too few rows. */
typedef struct dynamic_group {
    int64_t id;
    int model;                /* 1 to DYNAMIC_MODELS; 0 = none */
    const char *uri;          /* NULL = no reference */
    const unsigned char *pin; /* NULL = floating */
    double threshold;         /* of its model; 0 = none of its own */
} dynamic_group;

/** Changes a manifest before it is built. */
typedef void (*dynamic_change)(sg_manifest *manifest);

/**
 * Builds an artifact of a binary task with the features of golden "binary", key column store,
 * threshold 0.375; without global model, and the constant -1.5 answers for groups without model.
 *
 * @param groups  [count] by id
 * @param change  NULL = none
 */
void dynamic_build(sg_buf *out, const dynamic_group *groups, int64_t count, dynamic_change change);

/** An artifact of one group. */
void dynamic_build_one(sg_buf *out, int64_t id, int model);

/** Root digest of an artifact. */
void dynamic_root(unsigned char root[32], const sg_buf *artifact);

/** What XGBoost has predicted with a model for golden_rows. */
const golden_case *dynamic_expected(int model);

/** A model's prediction for the first golden row of a group, found anew. */
float dynamic_predict(const segml_model *model, int64_t id);

/** Asserts how a group is answered: by a model, or with 0 by the constant for that reason. */
void dynamic_assert(const segml_model *model, int64_t id, int expected, int32_t reason);

/** A new folder. */
void dynamic_folder(char folder[64]);

/** Puts a file into it, replacing one of that name atomically; folders of the name are made. */
void dynamic_write(const char *folder, const char *name, const sg_buf *bytes);

/** Removes a folder with everything in it. */
void dynamic_remove(const char *folder);

#endif
