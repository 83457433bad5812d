/* SPDX-License-Identifier: Apache-2.0 */

/* What fragments of code in the documentation take for granted. */

#include <math.h>
#include <segml/segml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern segml_error err;
extern segml_dataset *data;
extern segml_model *model;
extern segml_route *route;
extern int rc;

extern int64_t n;                /* rows */
extern const float *x;           /* [n * 3] */
extern const float *y;           /* [n] */
extern const int64_t *store_id;  /* [n] */
extern const char *const names[3];
extern float row[3], p, *values; /* one row, its prediction, [n] predictions */
extern int32_t *kinds, *reasons; /* [n] */

extern double branin(double x, double y), objective(const double *point); /* of one's own */
