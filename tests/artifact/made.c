/* SPDX-License-Identifier: Apache-2.0 */

#include "artifact/made.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "pack/build.h"
#include "pack/history.h"
#include "unit/serving_fixture.h"

enum { PATHS_MAX = 256 };

static char folder[64];
static char *paths[PATHS_MAX];
static int path_count;

void
made_enter(void)
{
    strcpy(folder, "/tmp/segml-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    path_count = 0;
}

/* Calls for each file; NULL counts only. */
static int
each_file(int (*call)(const char *path))
{
    DIR *entries = opendir(folder);
    int count = 0;

    ck_assert_ptr_nonnull(entries);
    for (const struct dirent *e = readdir(entries); e != NULL; e = readdir(entries)) {
        char path[400];

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        count++;
        if (call != NULL)
            ck_assert_int_eq(call(path), 0);
    }
    closedir(entries);
    return count;
}

void
made_leave(void)
{
    each_file(unlink);
    ck_assert_int_eq(rmdir(folder), 0);
    for (int i = 0; i < path_count; i++)
        free(paths[i]);
}

void
made_assert_files(int count)
{
    ck_assert_int_eq(each_file(NULL), count);
}

const char *
made_path(const char *name)
{
    char *path = malloc(200);

    ck_assert_ptr_nonnull(path);
    ck_assert_int_lt(path_count, PATHS_MAX);
    snprintf(path, 200, "%s/%s", folder, name);
    paths[path_count++] = path;
    return path;
}

void
made_read(sg_buf *out, const char *path)
{
    segml_error err = SEGML_ERROR_INIT;

    out->size = 0;
    ck_assert_msg(sg_file_read(out, path, &err) == SEGML_OK, "%s", err.message);
}

void
made_replace(const char *path, const sg_buf *content)
{
    FILE *file = fopen(path, "wb"); /* not flushed to the disk: thousands of them are written */

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content->bytes, 1, content->size, file), content->size);
    ck_assert_int_eq(fclose(file), 0);
}

void
made_assert_same(const char *a, const char *b)
{
    sg_buf x = {0}, y = {0};

    made_read(&x, a);
    made_read(&y, b);
    ck_assert_uint_eq(x.size, y.size);
    ck_assert_msg(memcmp(x.bytes, y.bytes, x.size) == 0, "%s and %s differ", a, b);
    sg_buf_clear(&y);
    sg_buf_clear(&x);
}

void
made_model(sg_buf *out, int model)
{
    static const char *const members[] = {"groups/7/model.ubj", "groups/4711/model.ubj",
                                          "global/unseen.ubj"};

    fixture_member(out, "binary", members[model - 1]);
}

static void
pack_model(sg_packed *packed, const char *path, int model)
{
    sg_buf content = {0};

    made_model(&content, model);
    ck_assert_int_eq(sg_packed_make(packed, path, content.bytes, content.size, NULL), SEGML_OK);
    sg_buf_clear(&content);
}

/* A line that tells groups apart: its first value is the key. */
static void
pack_history(sg_packed *packed, const made *what, int64_t count)
{
    static const double correlations[3] = {0.5, 0.25, -0.125};
    static const int32_t rounds[1] = {3}, states[1] = {1};
    sg_buf lines = {0};

    for (int64_t i = 0; i < count + (what->global != 0); i++) {
        const double value = i < count ? (double)what->groups[i].key : -1.0;
        const sg_history_record record = {.chosen = 0,
                                          .trials = 1,
                                          .values = &value,
                                          .rounds = rounds,
                                          .states = states,
                                          .correlations = correlations};

        ck_assert_int_eq(sg_history_write(&lines, &record, 3, NULL), SEGML_OK);
    }
    ck_assert_int_eq(sg_packed_make(packed, SG_MEMBER_HISTORY, lines.bytes, lines.size, NULL),
                     SEGML_OK);
    sg_buf_clear(&lines);
}

static void
fill_record(sg_manifest_record *record, const made_group *group, segml_key *key, segml_value *loss)
{
    static const segml_value params[1] = {{"max_depth", 2}};

    *key = (segml_key){.type = SEGML_KEY_INT64, .integer = group->key};
    *loss = (segml_value){"log_loss", group->loss};
    *record = (sg_manifest_record){.keys = key,
                                   .columns = 1,
                                   .rows = group->rows,
                                   .status = SEGML_GROUP_TOO_FEW_ROWS,
                                   .message = "too few",
                                   .metrics = loss,
                                   .metric_count = 1,
                                   .content = {(uint64_t)group->key, (uint64_t)group->rows}};
    if (group->model == 0)
        return;
    record->status = SEGML_GROUP_TRAINED;
    record->message = "";
    record->rounds = 3;
    record->params = params;
    record->param_count = 1;
    record->engine = group->engine;
    record->has_threshold = group->threshold > 0;
    record->threshold = group->threshold;
}

static sg_manifest
make_header(const made *what, sg_manifest_feature features[3], sg_manifest_key *key,
            segml_value *trials, segml_text *sampler)
{
    static const char *const values[] = {"blue", "green", "red", "violet"};
    static const char *classes[2];
    static const float constant[1] = {-1.5f};

    classes[0] = what->classes != NULL ? what->classes : "no";
    classes[1] = "yes";
    features[0] = (sg_manifest_feature){.name = "size", .type = 1};
    features[1] = (sg_manifest_feature){.name = "colour",
                                        .type = 2,
                                        .has_dictionary = 1,
                                        .values = values,
                                        .value_count = what->values > 0 ? what->values : 3};
    features[2] =
        (sg_manifest_feature){.name = what->feature != NULL ? what->feature : "price", .type = 1};
    *key = (sg_manifest_key){.name = what->key_name != NULL ? what->key_name : "store",
                             .type = SEGML_KEY_INT64};
    *trials = (segml_value){"trials", what->trials > 0 ? what->trials : 20};
    *sampler = (segml_text){"sampler", what->option != NULL ? what->option : "tpe"};
    return (sg_manifest){.task = what->is_count ? SEGML_TASK_POISSON : SEGML_TASK_BINARY,
                         .mode = SEGML_MODE_SEGMENTED,
                         .fallback = what->global ? SG_FALLBACK_GLOBAL | SG_FALLBACK_CONSTANT : 0,
                         .label_name = what->label != NULL ? what->label : "late",
                         .engine = what->engine != NULL ? what->engine : "native 1 (hist)",
                         .library = "0.1.0",
                         .threshold = what->threshold > 0 ? what->threshold : 0.5,
                         .features = features,
                         .feature_count = 3,
                         .keys = key,
                         .key_count = 1,
                         .keys_as_features = what->unseen != 0,
                         .classes = classes,
                         .class_count = what->is_count ? 0 : 2,
                         .seed = 7,
                         .options = trials,
                         .option_count = 1,
                         .option_texts = sampler,
                         .option_text_count = 1,
                         .constant = constant,
                         .constant_count = what->global ? 1 : 0};
}

/* Global models; with the keys as features the golden one that has them. */
static void
add_globals(sg_manifest *m, const made *what, sg_packed *global, sg_packed *unseen)
{
    static const segml_value loss[1] = {{"log_loss", 0.5}};

    if (what->global == 0)
        return;
    m->global = (sg_manifest_record){.rows = what->global_rows,
                                     .status = 0,
                                     .rounds = 3,
                                     .message = "",
                                     .metrics = loss,
                                     .metric_count = 1};
    if (what->unseen == 0) {
        pack_model(global, SG_MEMBER_GLOBAL, what->global);
        return;
    }
    fixture_pack(global, SG_MEMBER_GLOBAL, "binary", SG_MEMBER_GLOBAL);
    pack_model(unseen, SG_MEMBER_UNSEEN, what->unseen);
    m->unseen_rounds = 3;
}

const char *
made_write(const char *name, const made *what)
{
    static const segml_value loss[1] = {{"log_loss", 0.375}};
    sg_manifest_feature features[3];
    sg_manifest_key key;
    segml_value trials, losses[MADE_GROUPS_MAX];
    segml_text sampler;
    segml_key keys[MADE_GROUPS_MAX];
    sg_manifest_record records[MADE_GROUPS_MAX];
    sg_packed groups[MADE_GROUPS_MAX] = {{0}}, shared[4] = {{0}};
    const sg_build_members members = {.groups = groups,
                                      .global = &shared[0],
                                      .unseen = &shared[1],
                                      .history = &shared[2],
                                      .training = &shared[3]};
    sg_manifest m = make_header(what, features, &key, &trials, &sampler);
    segml_error err = SEGML_ERROR_INIT;
    const char *path = made_path(name);
    sg_buf out = {0};
    sg_buf member = {0};

    m.groups = records;
    m.overall = (sg_manifest_record){.message = "", .metrics = loss, .metric_count = 1};
    for (; what->groups[m.group_count].rows > 0; m.group_count++) {
        const made_group *group = &what->groups[m.group_count];
        const int64_t g = m.group_count;

        fill_record(&records[g], group, &keys[g], &losses[g]);
        m.overall.rows += group->rows;
        member.size = 0;
        ck_assert_int_eq(sg_build_group_path(&member, &keys[g], 1, NULL), SEGML_OK);
        if (group->model != 0)
            pack_model(&groups[g], (const char *)member.bytes, group->model);
    }
    add_globals(&m, what, &shared[0], &shared[1]);
    if (!what->no_history)
        pack_history(&shared[2], what, m.group_count);
    if (what->training)
        ck_assert_int_eq(sg_packed_make(&shared[3], SG_MEMBER_TRAINING, "margins", 7, NULL),
                         SEGML_OK);
    ck_assert_msg(sg_build_artifact(&out, &m, &members, &err) == SEGML_OK, "%s", err.message);
    made_replace(path, &out);
    for (int i = 0; i < MADE_GROUPS_MAX; i++)
        sg_packed_clear(&groups[i]);
    for (int i = 0; i < 4; i++)
        sg_packed_clear(&shared[i]);
    sg_buf_clear(&member);
    sg_buf_clear(&out);
    return path;
}

float
made_margin(const char *path, int64_t store, const float *row, int32_t *route)
{
    const segml_key key = SEGML_KEY_INT64_VALUE(store);
    segml_error err = SEGML_ERROR_INIT;
    segml_model *model = NULL;
    segml_route *way = NULL;
    float margin = 0.0f;
    int rc;

    ck_assert_msg(segml_model_open(&model, path, NULL, &err) == SEGML_OK, "%s", err.message);
    rc = segml_route_find(&way, model, &key, 1, &err);
    *route = rc == SEGML_OK ? segml_route_get_kind(way) : SEGML_ROUTE_NONE;
    if (rc == SEGML_OK)
        ck_assert_int_eq(segml_route_predict(way, SEGML_OUTPUT_MARGIN, row, 3, &margin, 1),
                         SEGML_OK);
    segml_route_free(way);
    segml_model_free(model);
    return margin;
}
