/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_TRAIN_SETTING_OPTIONS_H
#define SG_TRAIN_SETTING_OPTIONS_H

/* The training options that results depend on, as a table. */

#include <stddef.h>
#include <stdint.h>

#include "segml/train.h"
#include "train/wire.h"

typedef enum sg_option_kind {
    SG_OPTION_INT,  /* int32_t */
    SG_OPTION_LONG, /* int64_t */
    SG_OPTION_SEED, /* uint64_t */
    SG_OPTION_REAL, /* double */
    SG_OPTION_TEXT  /* const char *, NULL = none */
} sg_option_kind;

typedef struct sg_setting_option {
    const char *name;
    sg_option_kind kind;
    size_t offset; /* in segml_train_options */
    int models; /* 1: a model depends on it; 0: only what is said of models, or which there are */
} sg_setting_option;

extern const sg_setting_option sg_setting_options[];
extern const size_t sg_setting_option_count;

/** Appends the caller's space and points. */
void sg_setting_write_space(sg_wire_writer *w, const segml_train_options *options);

#endif
