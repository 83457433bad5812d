/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The layout of every public struct on x86-64, and the value of every enumerator, as
 * compiled programs know them. Nothing here runs: a change that would break them does
 * not compile.
 *
 * A row is never changed or removed after a release. New members are appended to
 * structs with struct_size and get a row here; frozen structs get none, ever. The
 * check tests/checks/layout.py finds what has no row.
 */

#include <segml/segml.h>

#if defined(__x86_64__)

#define FROZEN(type, size) _Static_assert(sizeof(type) == (size), #type " never changes")
#define GROWS(type, size) _Static_assert(sizeof(type) >= (size), #type " only grows")
#define AT(type, member, offset)                                                                   \
    _Static_assert(offsetof(type, member) == (offset), #type "." #member " has moved")

FROZEN(segml_error, 512);
AT(segml_error, code, 0);
AT(segml_error, message, 4);

FROZEN(segml_key, 32);
AT(segml_key, type, 0);
AT(segml_key, reserved, 4);
AT(segml_key, integer, 8);
AT(segml_key, text, 16);
AT(segml_key, length, 24);

FROZEN(segml_key_column, 56);
AT(segml_key_column, name, 0);
AT(segml_key_column, type, 8);
AT(segml_key_column, reserved, 12);
AT(segml_key_column, data, 16);
AT(segml_key_column, offsets, 24);
AT(segml_key_column, validity, 32);
AT(segml_key_column, reserved2, 40);

FROZEN(segml_value, 16);
AT(segml_value, name, 0);
AT(segml_value, value, 8);

FROZEN(segml_text, 16);
AT(segml_text, name, 0);
AT(segml_text, text, 8);

GROWS(segml_progress, 48);
AT(segml_progress, struct_size, 0);
AT(segml_progress, groups_done, 8);
AT(segml_progress, groups_total, 16);
AT(segml_progress, work_done, 24);
AT(segml_progress, work_total, 32);
AT(segml_progress, workers, 40);
AT(segml_progress, reserved, 44);

FROZEN(segml_dictionary, 16);
AT(segml_dictionary, values, 0);
AT(segml_dictionary, count, 8);

GROWS(segml_dataset_input, 152);
AT(segml_dataset_input, struct_size, 0);
AT(segml_dataset_input, rows, 8);
AT(segml_dataset_input, features, 16);
AT(segml_dataset_input, data, 24);
AT(segml_dataset_input, row_stride, 32);
AT(segml_dataset_input, col_stride, 40);
AT(segml_dataset_input, feature_names, 48);
AT(segml_dataset_input, feature_types, 56);
AT(segml_dataset_input, dictionaries, 64);
AT(segml_dataset_input, label, 72);
AT(segml_dataset_input, label_name, 80);
AT(segml_dataset_input, class_names, 88);
AT(segml_dataset_input, class_count, 96);
AT(segml_dataset_input, weight, 104);
AT(segml_dataset_input, keys, 112);
AT(segml_dataset_input, key_count, 120);
AT(segml_dataset_input, fold, 128);
AT(segml_dataset_input, fold_group, 136);
AT(segml_dataset_input, time, 144);

FROZEN(segml_resolved, 32);
AT(segml_resolved, bytes, 0);
AT(segml_resolved, size, 8);
AT(segml_resolved, release, 16);
AT(segml_resolved, owner, 24);

GROWS(segml_open_options, 16);
AT(segml_open_options, struct_size, 0);
AT(segml_open_options, max_bytes, 8);
AT(segml_open_options, child_bytes, 16);
AT(segml_open_options, preload, 24);
AT(segml_open_options, map, 28);
AT(segml_open_options, fallback, 32);
AT(segml_open_options, public_key, 40);
AT(segml_open_options, signature, 48);
AT(segml_open_options, resolve, 56);
AT(segml_open_options, resolve_user, 64);
AT(segml_open_options, reference_root, 72);
AT(segml_open_options, strict, 80);
AT(segml_open_options, reserved, 84);

GROWS(segml_save_options, 16);
AT(segml_save_options, struct_size, 0);
AT(segml_save_options, overwrite, 8);
AT(segml_save_options, reserved, 12);

GROWS(segml_model_info, 176);
AT(segml_model_info, struct_size, 0);
AT(segml_model_info, format, 8);
AT(segml_model_info, task, 12);
AT(segml_model_info, mode, 16);
AT(segml_model_info, fallback, 20);
AT(segml_model_info, objective, 24);
AT(segml_model_info, label_name, 32);
AT(segml_model_info, features, 40);
AT(segml_model_info, keys, 48);
AT(segml_model_info, groups, 56);
AT(segml_model_info, groups_trained, 64);
AT(segml_model_info, groups_failed, 72);
AT(segml_model_info, models, 80);
AT(segml_model_info, rows, 88);
AT(segml_model_info, outputs, 96);
AT(segml_model_info, classes, 104);
AT(segml_model_info, threshold, 112);
AT(segml_model_info, engine, 120);
AT(segml_model_info, library, 128);
AT(segml_model_info, artifact_bytes, 136);
AT(segml_model_info, options, 144);
AT(segml_model_info, option_count, 152);
AT(segml_model_info, option_texts, 160);
AT(segml_model_info, option_text_count, 168);
AT(segml_model_info, parents, 176);
AT(segml_model_info, references, 184);
AT(segml_model_info, fallback_policy, 192);
AT(segml_model_info, root, 200);

GROWS(segml_model_stats, 56);
AT(segml_model_stats, struct_size, 0);
AT(segml_model_stats, models, 8);
AT(segml_model_stats, loaded, 16);
AT(segml_model_stats, bytes, 24);
AT(segml_model_stats, hits, 32);
AT(segml_model_stats, loads, 40);
AT(segml_model_stats, dropped, 48);

GROWS(segml_group_info, 88);
AT(segml_group_info, struct_size, 0);
AT(segml_group_info, keys, 8);
AT(segml_group_info, rows, 16);
AT(segml_group_info, status, 24);
AT(segml_group_info, rounds, 28);
AT(segml_group_info, message, 32);
AT(segml_group_info, params, 40);
AT(segml_group_info, param_count, 48);
AT(segml_group_info, metrics, 56);
AT(segml_group_info, metric_count, 64);
AT(segml_group_info, threshold, 72);
AT(segml_group_info, engine, 80);
AT(segml_group_info, key_columns, 88);
AT(segml_group_info, reserved, 92);
AT(segml_group_info, reference, 96);

GROWS(segml_history_info, 56);
AT(segml_history_info, struct_size, 0);
AT(segml_history_info, chosen, 8);
AT(segml_history_info, reserved, 12);
AT(segml_history_info, trials, 16);
AT(segml_history_info, values, 24);
AT(segml_history_info, rounds, 32);
AT(segml_history_info, states, 40);
AT(segml_history_info, correlations, 48);

GROWS(segml_predict_input, 64);
AT(segml_predict_input, struct_size, 0);
AT(segml_predict_input, rows, 8);
AT(segml_predict_input, features, 16);
AT(segml_predict_input, data, 24);
AT(segml_predict_input, row_stride, 32);
AT(segml_predict_input, col_stride, 40);
AT(segml_predict_input, keys, 48);
AT(segml_predict_input, key_count, 56);

GROWS(segml_predict_output, 40);
AT(segml_predict_output, struct_size, 0);
AT(segml_predict_output, values, 8);
AT(segml_predict_output, capacity, 16);
AT(segml_predict_output, route, 24);
AT(segml_predict_output, reason, 32);

GROWS(segml_train_options, 328);
AT(segml_train_options, struct_size, 0);
AT(segml_train_options, objective, 8);
AT(segml_train_options, positive, 16);
AT(segml_train_options, seed, 24);
AT(segml_train_options, trials, 32);
AT(segml_train_options, folds, 36);
AT(segml_train_options, jobs, 40);
AT(segml_train_options, fallback, 44);
AT(segml_train_options, min_rows, 48);
AT(segml_train_options, search_rows, 56);
AT(segml_train_options, params, 64);
AT(segml_train_options, param_count, 72);
AT(segml_train_options, xgboost_path, 80);
AT(segml_train_options, log, 88);
AT(segml_train_options, progress, 96);
AT(segml_train_options, cancel, 104);
AT(segml_train_options, user, 112);
AT(segml_train_options, sampler, 120);
AT(segml_train_options, validation, 128);
AT(segml_train_options, metric, 136);
AT(segml_train_options, pruner, 144);
AT(segml_train_options, search_folds, 152);
AT(segml_train_options, stop_folds, 156);
AT(segml_train_options, max_rounds, 160);
AT(segml_train_options, history, 164);
AT(segml_train_options, space, 168);
AT(segml_train_options, space_count, 176);
AT(segml_train_options, points, 184);
AT(segml_train_options, point_count, 192);
AT(segml_train_options, sample, 200);
AT(segml_train_options, total_trials, 208);
AT(segml_train_options, group_rounds, 216);
AT(segml_train_options, total_rounds, 224);
AT(segml_train_options, group_seconds, 232);
AT(segml_train_options, total_seconds, 240);
AT(segml_train_options, threshold, 248);
AT(segml_train_options, threshold_metric, 256);
AT(segml_train_options, engine, 264);
AT(segml_train_options, tree_method, 272);
AT(segml_train_options, monotone, 280);
AT(segml_train_options, monotone_count, 288);
AT(segml_train_options, parents, 296);
AT(segml_train_options, reusable, 300);
AT(segml_train_options, fallback_policy, 304);
AT(segml_train_options, journal, 312);
AT(segml_train_options, reuse, 320);
GROWS(segml_shard_options, 24);
AT(segml_shard_options, struct_size, 0);
AT(segml_shard_options, mode, 8);
AT(segml_shard_options, shard, 12);
AT(segml_shard_options, shards, 16);
AT(segml_shard_options, overwrite, 20);

FROZEN(segml_param_set, 16);
AT(segml_param_set, params, 0);
AT(segml_param_set, count, 8);

FROZEN(segml_dimension, 96);
AT(segml_dimension, name, 0);
AT(segml_dimension, kind, 8);
AT(segml_dimension, logarithmic, 12);
AT(segml_dimension, low, 16);
AT(segml_dimension, high, 24);
AT(segml_dimension, step, 32);
AT(segml_dimension, choices, 40);
AT(segml_dimension, choice_count, 48);
AT(segml_dimension, parent, 56);
AT(segml_dimension, parent_low, 64);
AT(segml_dimension, parent_high, 72);
AT(segml_dimension, reserved, 80);

GROWS(segml_trial_info, 32);
AT(segml_trial_info, struct_size, 0);
AT(segml_trial_info, state, 8);
AT(segml_trial_info, steps, 12);
AT(segml_trial_info, value, 16);
AT(segml_trial_info, point, 24);

GROWS(segml_study_options, 88);
AT(segml_study_options, struct_size, 0);
AT(segml_study_options, dimensions, 8);
AT(segml_study_options, dimension_count, 16);
AT(segml_study_options, sampler, 24);
AT(segml_study_options, pruner, 32);
AT(segml_study_options, maximise, 40);
AT(segml_study_options, grid_points, 44);
AT(segml_study_options, seed, 48);
AT(segml_study_options, points, 56);
AT(segml_study_options, point_count, 64);
AT(segml_study_options, sample, 72);
AT(segml_study_options, user, 80);

GROWS(segml_compare_options, 32);
AT(segml_compare_options, struct_size, 0);
AT(segml_compare_options, train, 8);
AT(segml_compare_options, honest, 16);
AT(segml_compare_options, outer_folds, 20);
AT(segml_compare_options, outer_used, 24);
AT(segml_compare_options, reserved, 28);

GROWS(segml_comparison_info, 144);
AT(segml_comparison_info, struct_size, 0);
AT(segml_comparison_info, task, 8);
AT(segml_comparison_info, evaluation, 12);
AT(segml_comparison_info, rows, 16);
AT(segml_comparison_info, scored, 24);
AT(segml_comparison_info, groups, 32);
AT(segml_comparison_info, keys, 40);
AT(segml_comparison_info, features, 48);
AT(segml_comparison_info, outputs, 56);
AT(segml_comparison_info, classes, 64);
AT(segml_comparison_info, approaches, 72);
AT(segml_comparison_info, reference, 80);
AT(segml_comparison_info, best, 88);
AT(segml_comparison_info, folds, 96);
AT(segml_comparison_info, outer_folds, 100);
AT(segml_comparison_info, outer_used, 104);
AT(segml_comparison_info, trials, 108);
AT(segml_comparison_info, seed, 112);
AT(segml_comparison_info, label_name, 120);
AT(segml_comparison_info, engine, 128);
AT(segml_comparison_info, library, 136);

FROZEN(segml_estimate, 56);
AT(segml_estimate, name, 0);
AT(segml_estimate, value, 8);
AT(segml_estimate, low, 16);
AT(segml_estimate, high, 24);
AT(segml_estimate, difference, 32);
AT(segml_estimate, difference_low, 40);
AT(segml_estimate, difference_high, 48);

GROWS(segml_comparison_group, 40);
AT(segml_comparison_group, struct_size, 0);
AT(segml_comparison_group, keys, 8);
AT(segml_comparison_group, rows, 16);
AT(segml_comparison_group, verdict, 24);
AT(segml_comparison_group, reserved, 28);
AT(segml_comparison_group, correlations, 32);

GROWS(segml_comparison_cell, 96);
AT(segml_comparison_cell, struct_size, 0);
AT(segml_comparison_cell, status, 8);
AT(segml_comparison_cell, rounds, 12);
AT(segml_comparison_cell, threshold, 16);
AT(segml_comparison_cell, message, 24);
AT(segml_comparison_cell, estimates, 32);
AT(segml_comparison_cell, estimate_count, 40);
AT(segml_comparison_cell, metrics, 48);
AT(segml_comparison_cell, metric_count, 56);
AT(segml_comparison_cell, params, 64);
AT(segml_comparison_cell, param_count, 72);
AT(segml_comparison_cell, trials, 80);
AT(segml_comparison_cell, trial_count, 88);

GROWS(segml_report_options, 32);
AT(segml_report_options, struct_size, 0);
AT(segml_report_options, format, 8);
AT(segml_report_options, overwrite, 12);
AT(segml_report_options, title, 16);
AT(segml_report_options, max_groups, 24);

GROWS(segml_artifact_info, 104);
AT(segml_artifact_info, struct_size, 0);
AT(segml_artifact_info, bytes, 8);
AT(segml_artifact_info, groups, 16);
AT(segml_artifact_info, models, 24);
AT(segml_artifact_info, groups_added, 32);
AT(segml_artifact_info, groups_changed, 40);
AT(segml_artifact_info, groups_dropped, 48);
AT(segml_artifact_info, global, 56);
AT(segml_artifact_info, overall, 60);
AT(segml_artifact_info, history, 64);
AT(segml_artifact_info, training, 68);
AT(segml_artifact_info, root, 72);

GROWS(segml_extract_options, 48);
AT(segml_extract_options, struct_size, 0);
AT(segml_extract_options, keys, 8);
AT(segml_extract_options, key_count, 16);
AT(segml_extract_options, role, 24);
AT(segml_extract_options, form, 28);
AT(segml_extract_options, overwrite, 32);
AT(segml_extract_options, reserved, 36);
AT(segml_extract_options, max_bytes, 40);

GROWS(segml_patch_options, 40);
AT(segml_patch_options, struct_size, 0);
AT(segml_patch_options, keys, 8);
AT(segml_patch_options, key_count, 16);
AT(segml_patch_options, overwrite, 24);
AT(segml_patch_options, reserved, 28);
AT(segml_patch_options, max_bytes, 32);

GROWS(segml_prune_options, 48);
AT(segml_prune_options, struct_size, 0);
AT(segml_prune_options, keys, 8);
AT(segml_prune_options, key_count, 16);
AT(segml_prune_options, keep, 24);
AT(segml_prune_options, drop_history, 28);
AT(segml_prune_options, drop_training, 32);
AT(segml_prune_options, overwrite, 36);
AT(segml_prune_options, max_bytes, 40);

GROWS(segml_split_options, 32);
AT(segml_split_options, struct_size, 0);
AT(segml_split_options, columns, 8);
AT(segml_split_options, floating, 12);
AT(segml_split_options, overwrite, 16);
AT(segml_split_options, reserved, 20);
AT(segml_split_options, max_bytes, 24);

GROWS(segml_join_options, 48);
AT(segml_join_options, struct_size, 0);
AT(segml_join_options, resolve, 8);
AT(segml_join_options, resolve_user, 16);
AT(segml_join_options, reference_root, 24);
AT(segml_join_options, overwrite, 32);
AT(segml_join_options, reserved, 36);
AT(segml_join_options, max_bytes, 40);

GROWS(segml_merge_options, 32);
AT(segml_merge_options, struct_size, 0);
AT(segml_merge_options, choice, 8);
AT(segml_merge_options, global, 12);
AT(segml_merge_options, any_options, 16);
AT(segml_merge_options, overwrite, 20);
AT(segml_merge_options, max_bytes, 24);

FROZEN(segml_difference, 48);
AT(segml_difference, kind, 0);
AT(segml_difference, role, 4);
AT(segml_difference, name, 8);
AT(segml_difference, first, 16);
AT(segml_difference, second, 24);
AT(segml_difference, keys, 32);
AT(segml_difference, key_columns, 40);

GROWS(segml_diff_options, 32);
AT(segml_diff_options, struct_size, 0);
AT(segml_diff_options, on_difference, 8);
AT(segml_diff_options, user, 16);
AT(segml_diff_options, max_bytes, 24);

GROWS(segml_verify_options, 48);
AT(segml_verify_options, struct_size, 0);
AT(segml_verify_options, public_key, 8);
AT(segml_verify_options, signature, 16);
AT(segml_verify_options, cancel, 24);
AT(segml_verify_options, user, 32);
AT(segml_verify_options, max_bytes, 40);

GROWS(segml_verify_info, 136);
AT(segml_verify_info, struct_size, 0);
AT(segml_verify_info, format, 8);
AT(segml_verify_info, has_index, 12);
AT(segml_verify_info, is_signed, 16);
AT(segml_verify_info, has_history, 20);
AT(segml_verify_info, bytes, 24);
AT(segml_verify_info, unpacked, 32);
AT(segml_verify_info, members, 40);
AT(segml_verify_info, models, 48);
AT(segml_verify_info, groups, 56);
AT(segml_verify_info, groups_trained, 64);
AT(segml_verify_info, groups_failed, 72);
AT(segml_verify_info, parents, 80);
AT(segml_verify_info, references, 88);
AT(segml_verify_info, rows, 96);
AT(segml_verify_info, root, 104);

#endif

#define IS(name, value) _Static_assert((name) == (value), #name " has another value")

IS(SEGML_KEY_NULL, 0);
IS(SEGML_KEY_INT64, 1);
IS(SEGML_KEY_UTF8, 2);
IS(SEGML_KEY_UTF8_AUTO, 3);
IS(SEGML_LOG_INFO, 1);
IS(SEGML_LOG_WARNING, 2);
IS(SEGML_OK, 0);
IS(SEGML_PARTIAL, 1);
IS(SEGML_UNROUTED, 2);
IS(SEGML_DIFFERENT, 3);
IS(SEGML_E_ARGUMENT, -1);
IS(SEGML_E_ABI, -2);
IS(SEGML_E_DATA, -3);
IS(SEGML_E_MISMATCH, -4);
IS(SEGML_E_NOT_FOUND, -5);
IS(SEGML_E_FORMAT, -6);
IS(SEGML_E_LIMIT, -7);
IS(SEGML_E_IO, -8);
IS(SEGML_E_EXISTS, -9);
IS(SEGML_E_BACKEND, -10);
IS(SEGML_E_UNSUPPORTED, -11);
IS(SEGML_E_NOMEM, -12);
IS(SEGML_E_INTERNAL, -13);
IS(SEGML_E_CANCELLED, -14);
IS(SEGML_FEATURE_NUMERIC, 1);
IS(SEGML_FEATURE_CATEGORICAL, 2);
IS(SEGML_TASK_BINARY, 1);
IS(SEGML_TASK_MULTICLASS, 2);
IS(SEGML_TASK_REGRESSION, 3);
IS(SEGML_TASK_POISSON, 4);
IS(SEGML_MODE_SEGMENTED, 1);
IS(SEGML_MODE_GLOBAL, 2);
IS(SEGML_GROUP_TRAINED, 1);
IS(SEGML_GROUP_TOO_FEW_ROWS, 2);
IS(SEGML_GROUP_ONE_CLASS, 3);
IS(SEGML_GROUP_CONSTANT_LABEL, 4);
IS(SEGML_GROUP_FAILED, 5);
IS(SEGML_GROUP_GLOBAL, 6);
IS(SEGML_GROUP_REFERENCE, 7);
IS(SEGML_ROUTE_NONE, 0);
IS(SEGML_ROUTE_EXACT, 1);
IS(SEGML_ROUTE_PARENT, 2);
IS(SEGML_ROUTE_GLOBAL, 3);
IS(SEGML_ROUTE_CONSTANT, 4);
IS(SEGML_REASON_OK, 0);
IS(SEGML_REASON_UNSEEN, 1);
IS(SEGML_REASON_NULL_KEY, 2);
IS(SEGML_REASON_TOO_FEW_ROWS, 3);
IS(SEGML_REASON_ONE_CLASS, 4);
IS(SEGML_REASON_CONSTANT_LABEL, 5);
IS(SEGML_REASON_FAILED, 6);
IS(SEGML_REASON_UNRESOLVED, 7);
IS(SEGML_OUTPUT_MARGIN, 1);
IS(SEGML_OUTPUT_PREDICTION, 2);
IS(SEGML_OUTPUT_CLASS, 3);
IS(SEGML_DIMENSION_FLOAT, 0);
IS(SEGML_DIMENSION_INT, 1);
IS(SEGML_DIMENSION_CATEGORICAL, 2);
IS(SEGML_TRIAL_RUNNING, 0);
IS(SEGML_TRIAL_COMPLETE, 1);
IS(SEGML_TRIAL_PRUNED, 2);
IS(SEGML_TRIAL_FAILED, 3);

IS(SEGML_EVALUATION_CROSS, 1);
IS(SEGML_EVALUATION_NESTED, 2);
IS(SEGML_VERDICT_NONE, 0);
IS(SEGML_VERDICT_GLOBAL, 1);
IS(SEGML_VERDICT_UNCLEAR, 2);
IS(SEGML_VERDICT_UNTUNED, 3);
IS(SEGML_VERDICT_TUNED, 4);
IS(SEGML_REPORT_HTML, 1);
IS(SEGML_REPORT_JSON, 2);
IS(SEGML_REPORT_CSV, 3);
IS(SEGML_FATE_NONE, 0);
IS(SEGML_FATE_KEPT, 1);
IS(SEGML_FATE_REPLACED, 2);
IS(SEGML_FATE_DROPPED, 3);
IS(SEGML_MODEL_UBJ, 1);
IS(SEGML_MODEL_JSON, 2);
IS(SEGML_ROLE_GROUP, 1);
IS(SEGML_ROLE_GLOBAL, 2);
IS(SEGML_ROLE_UNSEEN, 3);
IS(SEGML_MERGE_EQUAL, 1);
IS(SEGML_MERGE_BEST, 2);
IS(SEGML_MERGE_ROWS, 3);
IS(SEGML_GLOBAL_EQUAL, 1);
IS(SEGML_GLOBAL_ROWS, 2);
IS(SEGML_GLOBAL_NONE, 3);
IS(SEGML_DIFFERENCE_HEADER, 1);
IS(SEGML_DIFFERENCE_REMOVED, 2);
IS(SEGML_DIFFERENCE_ADDED, 3);
IS(SEGML_DIFFERENCE_MODEL, 4);
IS(SEGML_DIFFERENCE_RECORD, 5);
