/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TUNE_OBJECTIVES_H
#define TUNE_OBJECTIVES_H

/* Seven functions to be minimised, with the spaces in which the recorded searches were made. */

#include <segml/segml.h>

enum { OBJECTIVES = 7, OBJECTIVE_DIMENSIONS_MAX = 6 };

typedef struct objective {
    const char *name; /* as in the names of the files in tests/golden/tpe */
    double minimum;
    /** Fills dimensions. @return their number */
    int (*space)(segml_dimension *dimensions);
    double (*value)(const double *point);
    double random_ratio; /* mean regret after 50 trials: recorded random / recorded TPE */
} objective;

extern const objective objectives[OBJECTIVES];

#endif
