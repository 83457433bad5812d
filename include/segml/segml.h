/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SEGML_SEGML_H
#define SEGML_SEGML_H

/*
 * libsegml: one model per group, or one for all; tuned, measured, packed into one
 * file, and routed.
 *
 * Seven nouns:
 *   dataset     rows, a label, and the group of each row        segml/dataset.h
 *   model       every group's model, the global ones, one file  segml/model.h,
 *                                                               segml/artifact.h
 *   route       the way from a group's key to its model         segml/model.h
 *   options     how to train                                    segml/train.h
 *   comparison  one model for all, or one per group?            segml/compare.h
 *   study       a search for the best point of a space          segml/search.h
 *   error       what went wrong, in words                       segml/common.h
 *
 * Train:   segml_dataset_create() -> segml_train_segmented() -> segml_model_save()
 * Predict: segml_model_open() -> segml_route_find() -> segml_route_predict(), or
 *          segml_model_predict() for many rows of mixed groups
 * Compare: segml_dataset_create() -> segml_compare() -> segml_comparison_get()
 * Keep:    segml_artifact_verify(), _sign(), _merge(), _patch(), _prune(), _extract(), _diff()
 * Report:  segml_report_model(), segml_report_comparison()
 *
 * A service that only predicts needs no XGBoost. Conventions: segml/common.h.
 */

#include "segml/artifact.h"
#include "segml/common.h"
#include "segml/compare.h"
#include "segml/dataset.h"
#include "segml/model.h"
#include "segml/report.h"
#include "segml/search.h"
#include "segml/train.h"
#include "segml/version.h"

#endif
