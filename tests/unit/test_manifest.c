/* SPDX-License-Identifier: Apache-2.0 */

/*
 * pack/manifest: what is written reads back, and what is wrong is refused by name. The
 * manifests that are read come from tests/golden/serving.py, not from the writer.
 */

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numeric_locale.h"
#include "pack/artifact.h"
#include "pack/build.h"
#include "pack/manifest.h"
#include "serving_fixture.h"

static const unsigned char content_bytes[2] = {'x', 'y'};

START_TEST(a_golden_manifest_is_read)
{
    fixture_whole whole;
    sg_manifest m;

    fixture_whole_read(&whole, "multiclass");
    m = whole.manifest;
    ck_assert_int_eq(m.format, 1);
    ck_assert_int_eq(m.task, SEGML_TASK_MULTICLASS);
    ck_assert_int_eq(m.mode, SEGML_MODE_SEGMENTED);
    ck_assert_int_eq(m.fallback, SG_FALLBACK_GLOBAL | SG_FALLBACK_CONSTANT);
    ck_assert_str_eq(m.label_name, "late");
    ck_assert_uint_eq(m.seed, UINT64_MAX);
    ck_assert_int_eq(m.class_count, 3);
    ck_assert_str_eq(m.classes[2], "c");
    ck_assert_int_eq(m.constant_count, 3);
    ck_assert_float_eq(m.constant[1], -0.5f);
    ck_assert_int_eq(m.feature_count, 3);
    ck_assert_str_eq(m.features[1].name, "colour");
    ck_assert_int_eq(m.features[1].value_count, 3);
    ck_assert_str_eq(m.features[1].values[2], "red");
    ck_assert_int_eq(m.features[0].has_dictionary, 0);
    ck_assert_int_eq(m.key_count, 2);
    ck_assert_int_eq(m.keys[0].type, SEGML_KEY_UTF8);
    ck_assert_int_eq(m.keys[0].null_seen, 0);
    ck_assert_int_eq(m.keys[1].null_seen, 1);
    ck_assert_int_eq(m.group_count, 3);
    ck_assert_int_eq(m.trained, 2);
    ck_assert_int_eq(m.failed, 1);
    ck_assert_int_eq(m.references, 0);
    ck_assert_int_eq(m.rows, 891);
    ck_assert_int_eq(m.parent_count, 0);
    ck_assert_int_eq(m.has_parents, 0);
    ck_assert_int_eq(m.has_training, 0);
    ck_assert_int_eq(m.groups[0].columns, 2);
    ck_assert_int_eq(m.groups[0].keys[1].type, SEGML_KEY_NULL);
    ck_assert_int_eq(m.groups[0].status, SEGML_GROUP_FAILED);
    ck_assert_str_eq(m.groups[0].message, "the engine failed: example");
    ck_assert_int_eq(m.groups[0].has_model, 0);
    ck_assert_uint_eq(m.groups[2].keys[0].length, 7);
    ck_assert_mem_eq(m.groups[2].keys[0].text, "s\303\274d/.,", 7);
    ck_assert_int_eq(m.groups[2].keys[1].integer, 2);
    ck_assert_int_eq(m.groups[2].has_model, 1);
    ck_assert_uint_eq(m.groups[2].content.high, 0x0123456789abcdef);
    ck_assert_int_eq(m.has_global, 1);
    ck_assert_int_eq(m.has_unseen, 0);
    ck_assert_int_eq(m.overall.rows, 891);
    fixture_whole_clear(&whole);
}
END_TEST

START_TEST(golden_parents_are_read)
{
    static const int32_t columns[] = {1, 1, 2, 2, 2}, models[] = {1, 0, 1, 0, 0};
    static const int64_t rows[] = {480, 70, 420, 60, 70};
    fixture_whole whole;
    const sg_manifest_record *parents;

    fixture_whole_read(&whole, "levels");
    parents = whole.manifest.parents;
    ck_assert_int_eq(whole.manifest.fallback, SG_FALLBACK_ALL);
    ck_assert_int_eq(whole.manifest.has_parents, 1);
    ck_assert_int_eq(whole.manifest.parent_count, 5);
    ck_assert_int_eq(whole.parents.count, 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(parents[i].columns, columns[i]);
        ck_assert_int_eq(parents[i].has_model, models[i]);
        ck_assert_int_eq(parents[i].rows, rows[i]);
    }
    ck_assert_mem_eq(parents[2].keys[1].text, "Bonn", 4);
    ck_assert_double_eq(parents[2].threshold, 0.75);
    ck_assert_int_eq(parents[4].keys[1].type, SEGML_KEY_NULL);
    fixture_whole_clear(&whole);
}
END_TEST

/* Everything that a manifest can hold, at its edges. */
static void
make_rich(sg_manifest *m)
{
    static const char *const values[] = {"", "quote \" slash \\", "tab\t\x01\x1F", "\xE2\x82\xAC"};
    static const segml_value options[] = {
        {"trials", 50}, {"tiny", 5e-324}, {"big", -1.7976931348623157e308}};
    static const segml_text texts[] = {{"sampler", "tpe"}, {"quote\"", ""}};
    static const segml_value metrics[] = {{"log_loss", 0.1}, {"roc_auc", NAN}, {"r2", -INFINITY}};
    static const float constant[] = {0.1f};
    static sg_manifest_feature features[2] = {
        {.name = "a", .type = 1},
        {.name = "b", .type = 2, .has_dictionary = 1, .values = values, .value_count = 4}};
    static sg_manifest_key keys[2] = {{"k", SEGML_KEY_UTF8, 1}, {"n", SEGML_KEY_INT64, 0}};
    static segml_key rows[3][2];
    static sg_manifest_record groups[3], parents[2];

    fixture_groups(m, 0);
    m->seed = UINT64_MAX - 1;
    m->options = options;
    m->option_count = 3;
    m->option_texts = texts;
    m->option_text_count = 2;
    m->has_history = 1;
    memset(m->history_digest, 0x5A, SG_DIGEST_BYTES);
    m->features = features;
    m->feature_count = 2;
    m->keys = keys;
    m->key_count = 2;
    m->constant = constant;
    m->threshold = 1.0 / 3.0;
    rows[1][0] = (segml_key)SEGML_KEY_UTF8_VALUE("a\0b", 3);
    rows[2][0] = (segml_key)SEGML_KEY_UTF8_VALUE("\xF0\x9F\x98\x80", 4);
    for (int i = 0; i < 3; i++) {
        rows[i][1] = (segml_key)SEGML_KEY_INT64_VALUE(i == 1 ? INT64_MIN : INT64_MAX);
        groups[i] = (sg_manifest_record){.keys = rows[i],
                                         .columns = 2,
                                         .rows = 1000 + i,
                                         .message = "a\nb",
                                         .status = SEGML_GROUP_FAILED,
                                         .content = {7, UINT64_MAX}};
    }
    groups[1].status = SEGML_GROUP_TRAINED;
    groups[1].message = "";
    groups[1].rounds = 17;
    groups[1].params = options;
    groups[1].param_count = 3;
    groups[1].has_model = 1;
    groups[1].engine = "xgboost 1.7.4 (exact)";
    groups[1].has_threshold = 1;
    groups[1].threshold = 0.1;
    memset(groups[1].digest, 0xA5, SG_DIGEST_BYTES);
    groups[2].status = SEGML_GROUP_REFERENCE;
    groups[2].reference = "file:a \"b\".segml";
    groups[2].is_pinned = 1;
    memset(groups[2].pin, 0xC3, SG_DIGEST_BYTES);
    for (int i = 0; i < 2; i++) {
        parents[i] = groups[i];
        parents[i].columns = 1;
    }
    m->parents = parents;
    m->parent_count = 2;
    m->parents_trained = 1;
    m->groups = groups;
    m->group_count = 3;
    m->trained = m->failed = m->references = 1;
    m->rows = 3003;
    m->has_parents = 1;
    m->has_training = 1;
    memset(m->training_digest, 0x3C, SG_DIGEST_BYTES);
    m->has_global = 1;
    m->global = groups[1];
    m->global.keys = NULL;
    m->has_unseen = 1;
    m->unseen_rounds = 4;
    m->overall.rows = 3003;
    m->overall.message = "";
    m->overall.metrics = metrics;
    m->overall.metric_count = 3;
}

/* The texts of a manifest, and what is read from them. */
typedef struct texts {
    sg_buf json, groups, parents;
} texts;

static void
clear_texts(texts *t)
{
    sg_buf_clear(&t->json);
    sg_buf_clear(&t->groups);
    sg_buf_clear(&t->parents);
}

static void
write_all(texts *t, const sg_manifest *m)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest settled = *m;

    ck_assert_int_eq(sg_manifest_write_groups(&t->groups, m, &err), SEGML_OK);
    ck_assert_int_eq(sg_manifest_write_parents(&t->parents, m, &err), SEGML_OK);
    sg_artifact_digest(settled.groups_digest, t->groups.bytes, t->groups.size);
    sg_artifact_digest(settled.parents_digest, t->parents.bytes, t->parents.size);
    ck_assert_msg(sg_manifest_write(&t->json, &settled, &err) == SEGML_OK, "%s", err.message);
}

/* whole is all zero; cleared after a failure. */
static int
read_all(fixture_whole *whole, const texts *t, segml_error *err)
{
    sg_manifest *m = &whole->manifest;
    int rc = sg_manifest_read(m, t->json.bytes, t->json.size, err);

    if (rc == SEGML_OK)
        rc = sg_manifest_read_groups(&whole->groups, m, t->groups.bytes, t->groups.size, err);
    if (rc == SEGML_OK && m->has_parents)
        rc = sg_manifest_read_parents(&whole->parents, m, t->parents.bytes, t->parents.size, err);
    if (rc == SEGML_OK) {
        m->groups = whole->groups.records;
        m->parents = whole->parents.records;
    } else {
        fixture_whole_clear(whole);
    }
    return rc;
}

static void
assert_rich(const sg_manifest *m, const sg_manifest *given)
{
    ck_assert_uint_eq(m->seed, UINT64_MAX - 1);
    ck_assert_double_eq(m->threshold, 1.0 / 3.0);
    ck_assert_float_eq(m->constant[0], 0.1f);
    ck_assert_double_eq(m->options[1].value, 5e-324);
    ck_assert_double_eq(m->options[2].value, -1.7976931348623157e308);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(m->features[1].values[i], given->features[1].values[i]);
    ck_assert_str_eq(m->engine, given->engine);
    ck_assert_str_eq(m->global.engine, "xgboost 1.7.4 (exact)");
    ck_assert_double_eq(m->global.threshold, 0.1);
    ck_assert_int_eq(m->option_text_count, 2);
    ck_assert_str_eq(m->option_texts[0].name, "sampler");
    ck_assert_str_eq(m->option_texts[0].text, "tpe");
    ck_assert_str_eq(m->option_texts[1].name, "quote\"");
    ck_assert_str_eq(m->option_texts[1].text, "");
    ck_assert_int_eq(m->has_history, 1);
    ck_assert_mem_eq(m->history_digest, given->history_digest, SG_DIGEST_BYTES);
    ck_assert_int_eq(m->has_training, 1);
    ck_assert_mem_eq(m->training_digest, given->training_digest, SG_DIGEST_BYTES);
    ck_assert_int_eq(m->references, 1);
    ck_assert_int_eq(m->global.rounds, 17);
    ck_assert_int_eq(m->unseen_rounds, 4);
    ck_assert_double_eq(m->overall.metrics[0].value, 0.1);
    ck_assert_double_nan(m->overall.metrics[1].value);
    ck_assert_double_nan(m->overall.metrics[2].value);
    ck_assert_int_eq(m->overall.status, 0);
}

static void
assert_rich_records(const sg_manifest *m, const sg_manifest *given)
{
    const sg_manifest_record *groups = m->groups;

    ck_assert_int_eq(groups[0].keys[0].type, SEGML_KEY_NULL);
    ck_assert_uint_eq(groups[1].keys[0].length, 3);
    ck_assert_mem_eq(groups[1].keys[0].text, "a\0b", 3);
    ck_assert_int_eq(groups[1].keys[1].integer, INT64_MIN);
    ck_assert_mem_eq(groups[2].keys[0].text, "\xF0\x9F\x98\x80", 4);
    ck_assert_str_eq(groups[2].message, "a\nb");
    ck_assert_uint_eq(groups[2].content.low, 7);
    ck_assert_uint_eq(groups[2].content.high, UINT64_MAX);
    ck_assert_mem_eq(groups[1].digest, given->groups[1].digest, SG_DIGEST_BYTES);
    ck_assert_ptr_null(groups[0].engine);
    ck_assert_str_eq(groups[1].engine, "xgboost 1.7.4 (exact)");
    ck_assert_int_eq(groups[0].has_threshold, 0);
    ck_assert_int_eq(groups[1].has_threshold, 1);
    ck_assert_double_eq(groups[1].threshold, 0.1);
    ck_assert_ptr_null(groups[1].reference);
    ck_assert_str_eq(groups[2].reference, "file:a \"b\".segml");
    ck_assert_int_eq(groups[2].is_pinned, 1);
    ck_assert_mem_eq(groups[2].pin, given->groups[2].pin, SG_DIGEST_BYTES);
    ck_assert_int_eq(m->parent_count, 2);
    ck_assert_int_eq(m->parents[0].columns, 1);
    ck_assert_int_eq(m->parents[0].keys[0].type, SEGML_KEY_NULL);
    ck_assert_mem_eq(m->parents[1].keys[0].text, "a\0b", 3);
    ck_assert_int_eq(m->parents[1].rounds, 17);
}

START_TEST(everything_that_is_written_reads_back)
{
    sg_manifest given;
    fixture_whole whole = {.manifest.format = 0};
    segml_error err = SEGML_ERROR_INIT;
    texts t = {.json.size = 0};

    make_rich(&given);
    write_all(&t, &given);
    ck_assert_msg(read_all(&whole, &t, &err) == SEGML_OK, "%s", err.message);
    assert_rich(&whole.manifest, &given);
    assert_rich_records(&whole.manifest, &given);
    fixture_whole_clear(&whole);
    sg_manifest_clear(&given);
    clear_texts(&t);
}
END_TEST

static void
assert_same_bytes(const sg_buf *a, const sg_buf *b)
{
    ck_assert_uint_eq(a->size, b->size);
    ck_assert_mem_eq(a->bytes, b->bytes, a->size);
}

START_TEST(writing_again_gives_the_same_bytes)
{
    sg_manifest given;
    fixture_whole whole = {.manifest.format = 0};
    texts t[2] = {{.json.size = 0}};

    make_rich(&given);
    write_all(&t[0], &given);
    ck_assert_int_eq(read_all(&whole, &t[0], NULL), SEGML_OK);
    write_all(&t[1], &whole.manifest);
    assert_same_bytes(&t[0].json, &t[1].json);
    assert_same_bytes(&t[0].groups, &t[1].groups);
    assert_same_bytes(&t[0].parents, &t[1].parents);
    fixture_whole_clear(&whole);
    sg_manifest_clear(&given);
    clear_texts(&t[0]);
    clear_texts(&t[1]);
}
END_TEST

START_TEST(a_line_of_groups_is_as_documented)
{
    static const char expected[] =
        "{\"key\":[\"a\\u0000b\",-9223372036854775808],\"rows\":1001,\"status\":\"trained\","
        "\"message\":\"\",\"rounds\":17,\"engine\":\"xgboost 1.7.4 (exact)\","
        "\"params\":{\"trials\":50,\"tiny\":4.94065645841247e-324,"
        "\"big\":-1.7976931348623157e+308},\"metrics\":{},"
        "\"content\":\"ffffffffffffffff0000000000000007\",\"digest\":\""
        "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\",\"threshold\":0.1}\n";
    sg_manifest given;
    sg_buf lines = {0};
    const char *second;

    make_rich(&given);
    ck_assert_int_eq(sg_manifest_write_groups(&lines, &given, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&lines, NULL), SEGML_OK);
    second = strchr((const char *)lines.bytes, '\n') + 1;
    ck_assert_msg(strncmp(second, expected, sizeof expected - 1) == 0, "%s", second);
    sg_manifest_clear(&given);
    sg_buf_clear(&lines);
}
END_TEST

START_TEST(a_line_of_a_reference_is_as_documented)
{
    static const char expected[] =
        "\"rounds\":0,\"params\":{},\"metrics\":{},"
        "\"content\":\"ffffffffffffffff0000000000000007\",\"reference\":{"
        "\"uri\":\"file:a \\\"b\\\".segml\",\"pin\":\""
        "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3\"}}\n";
    sg_manifest given;
    sg_buf lines = {0};
    const char *third;

    make_rich(&given);
    ck_assert_int_eq(sg_manifest_write_groups(&lines, &given, NULL), SEGML_OK);
    ck_assert_int_eq(sg_buf_terminate(&lines, NULL), SEGML_OK);
    third = strchr(strchr((const char *)lines.bytes, '\n') + 1, '\n') + 1;
    ck_assert_ptr_nonnull(strstr(third, "\"rounds\""));
    ck_assert_str_eq(strstr(third, "\"rounds\""), expected);
    sg_manifest_clear(&given);
    sg_buf_clear(&lines);
}
END_TEST

START_TEST(an_infinite_parameter_is_not_written)
{
    static const segml_value bad[] = {{"gamma", INFINITY}};
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest given;
    sg_buf lines = {0};

    fixture_groups(&given, 2);
    given.groups[1].params = bad;
    given.groups[1].param_count = 1;
    ck_assert_int_eq(sg_manifest_write_groups(&lines, &given, &err), SEGML_E_INTERNAL);
    ck_assert_str_eq(err.message, "gamma is not a finite number");
    sg_buf_clear(&lines);
    sg_manifest_clear(&given);
}
END_TEST

enum { IN_JSON, IN_GROUPS, IN_LEVELS, IN_PARENTS };

/* Changes to the manifests of the golden "binary", each of which is refused for its reason. */
typedef struct change {
    int in; /* segml.json, groups.jsonl; of "levels": segml.json, parents.jsonl */
    const char *from, *to;
    int32_t status;
    const char *message;
} change;

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static const change changes[] = {
    {IN_JSON, "\"task\": \"binary\"", "\"task\": \"binary\" ", SEGML_OK, ""},
    {IN_JSON, "\"task\"", "\"new\": [1, {}], \"task\"", SEGML_OK, ""},
    {IN_JSON, "\"format\": 1", "\"format\": 2", SEGML_E_UNSUPPORTED,
     "format 2, this library reads format 1; a newer libsegml is needed"},
    {IN_JSON, "\"format\": 1", "\"format\": 0", SEGML_E_UNSUPPORTED,
     "format 0, of a version of libsegml before its format was settled; train it again"},
    {IN_JSON, "\"format\": 1", "\"format\": -1", SEGML_E_FORMAT, "\"format\" is not an integer"},
    {IN_JSON, "\"format\": 1", "\"format\": 0.0", SEGML_E_FORMAT, "\"format\" is not an integer"},
    {IN_JSON, "\"format\": 1", "\"format\": 99999999999999999999", SEGML_E_FORMAT, "not JSON"},
    {IN_JSON, "\"format\": 1,", "", SEGML_E_FORMAT, "segml.json: \"format\" is missing"},
    {IN_JSON, "{", "[", SEGML_E_FORMAT, "segml.json: not JSON at byte"},
    {IN_JSON, "\"task\": \"binary\"", "\"task\": \"ranking\"", SEGML_E_FORMAT, "not a known name"},
    {IN_JSON, "\"task\": \"binary\"", "\"task\": 1", SEGML_E_FORMAT,
     "\"task\" is not a known name"},
    {IN_JSON, "\"task\"", "\"task\": \"poisson\", \"task\"", SEGML_E_FORMAT, "duplicate"},
    {IN_JSON, "\"binary:logistic\"", "\"reg:squarederror\"", SEGML_E_FORMAT,
     "\"objective\" does not fit"},
    {IN_JSON, "\"segmented\"", "\"mixed\"", SEGML_E_FORMAT, "\"mode\" is not a known name"},
    {IN_JSON, "\"segmented\"", "\"global\"", SEGML_E_FORMAT, "\"status\" does not fit the mode"},
    {IN_JSON, "\"fallback\": [", "\"fallback\": true, \"x\": [", SEGML_E_FORMAT,
     "\"fallback\" is not an array"},
    {IN_JSON, "\"global\",\n  \"constant\"", "", SEGML_OK, ""},
    {IN_JSON, "\"global\",\n  \"constant\"", "\"constant\", \"global\"", SEGML_E_FORMAT,
     "\"fallback\" is not in the order parent, global, constant"},
    {IN_JSON, "\"global\",\n  \"constant\"", "\"global\", \"global\"", SEGML_E_FORMAT,
     "\"fallback\" is not in the order"},
    {IN_JSON, "\"global\",\n  \"constant\"", "\"parent\"", SEGML_OK, ""},
    {IN_JSON, "\"global\",\n  \"constant\"", "\"sibling\"", SEGML_E_FORMAT,
     "\"fallback\" holds something else"},
    {IN_JSON, "\"global\",\n  \"constant\"", "1", SEGML_E_FORMAT, "\"fallback\" holds something"},
    {IN_JSON, "\"late\"", "\"l\\u0000\"", SEGML_E_FORMAT, "\"label\" is not a text without NUL"},
    {IN_JSON, "\"late\"", "\"\xFF\"", SEGML_E_FORMAT, "not JSON"},
    {IN_JSON, "\"late\"", "null", SEGML_E_FORMAT, "\"label\" is not a text"},
    {IN_JSON, "\"no\"", "\"yes\"", SEGML_E_FORMAT, "\"classes\" holds a text twice"},
    {IN_JSON, "\"no\",", "", SEGML_E_FORMAT, "\"classes\" do not fit the task"},
    {IN_JSON, "\"no\"", "\"a\", \"b\"", SEGML_E_FORMAT, "\"classes\" do not fit the task"},
    {IN_JSON, "0.375", "1.5", SEGML_E_FORMAT, "\"threshold\" is not in [0, 1]"},
    {IN_JSON, "0.375", "null", SEGML_E_FORMAT, "\"threshold\" is not a number"},
    {IN_JSON, "-1.5", "1e39", SEGML_E_FORMAT, "\"constant\" is beyond single precision"},
    {IN_JSON, "-1.5", "1, 2", SEGML_E_FORMAT, "\"constant\" does not fit the task"},
    {IN_JSON, "-1.5", "", SEGML_E_FORMAT, "\"constant\" is empty, but \"fallback\" names it"},
    {IN_JSON, "\"size\"", "\"colour\"", SEGML_E_FORMAT, "\"features\" holds a text twice"},
    {IN_JSON, "\"numeric\"", "\"complex\"", SEGML_E_FORMAT, "\"type\" is not a known name"},
    {IN_JSON, "\"categorical\"", "\"numeric\"", SEGML_E_FORMAT,
     "\"values\" belongs to a categorical"},
    {IN_JSON, "\"blue\"", "\"red\"", SEGML_E_FORMAT, "\"values\" holds a text twice"},
    {IN_JSON, "\"blue\"", "7", SEGML_E_FORMAT, "\"values\" is not a text"},
    {IN_JSON, "\"int64\"", "\"int32\"", SEGML_E_FORMAT, "\"type\" is not a known name"},
    {IN_JSON, "\"int64\"", "\"utf8\"", SEGML_E_FORMAT,
     "line 2: \"key\" does not have its column's type"},
    {IN_JSON, "\"null_seen\": true", "\"null_seen\": false", SEGML_E_FORMAT,
     "\"null_seen\" does not fit"},
    {IN_JSON, "18446744073709551615", "18446744073709551616", SEGML_E_FORMAT, "64 bits"},
    {IN_JSON, "18446744073709551615", "", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {IN_JSON, "18446744073709551615", "007", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {IN_JSON, "18446744073709551615", "-1", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {IN_JSON, "\"trials\": 3", "\"trials\": \"3\"", SEGML_E_FORMAT, "\"options\" is not a number"},
    {IN_JSON, "\"trials\": 3", "\"trials\": null", SEGML_E_FORMAT, "\"options\" is not a number"},
    {IN_JSON, "\"tpe\"", "7", SEGML_E_FORMAT, "\"option_texts\" is not a text"},
    {IN_JSON, "\"option_texts\": {", "\"option_texts\": 7, \"x\": {", SEGML_E_FORMAT,
     "\"option_texts\" is not an object"},
    {IN_JSON, "\"option_texts\"", "\"x\"", SEGML_OK, ""},
    {IN_JSON, "\"history_digest\": \"", "\"history_digest\": \"0", SEGML_E_FORMAT, "of its length"},
    {IN_JSON, "\"history_digest\"", "\"x\"", SEGML_OK, ""},
    {IN_JSON, "0.6875", "-0.1", SEGML_E_FORMAT, "\"threshold\" is not in [0, 1]"},
    {IN_JSON, "0.6875", "\"0.5\"", SEGML_E_FORMAT, "\"threshold\" is not a number"},
    {IN_JSON, "\"overall\": {", "\"overall\": {\"threshold\": 0.5, ", SEGML_E_FORMAT,
     "\"threshold\" belongs to a model of a binary task"},
    {IN_GROUPS, "\"threshold\":0.25", "\"threshold\":1.25", SEGML_E_FORMAT,
     "line 2: \"threshold\" is not in [0, 1]"},
    {IN_JSON, "\"overall\": {", "\"overall\": {\"engine\": \"native 1 (hist)\", ", SEGML_E_FORMAT,
     "\"engine\" belongs to a model"},
    {IN_GROUPS, "\"rows\":12", "\"rows\":12,\"engine\":\"native 1 (hist)\"", SEGML_E_FORMAT,
     "line 1: \"engine\" belongs to a model"},
    {IN_GROUPS, "\"rows\":12", "\"rows\":12,\"threshold\":0.5", SEGML_E_FORMAT,
     "line 1: \"threshold\" belongs to a model"},
    {IN_JSON, "\"groups\": 4", "\"groups\": 5", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {IN_JSON, "\"trained\": 2", "\"trained\": 3", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {IN_JSON, "\"trained\": 2", "\"trained\": 5", SEGML_E_FORMAT, "do not fit one another"},
    {IN_JSON, "\"references\": 0", "\"references\": 1", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {IN_JSON, "\"references\": 0,", "", SEGML_E_FORMAT, "\"references\" is missing"},
    {IN_JSON, "\"groups\": 4", "\"groups\": 4294967296", SEGML_E_FORMAT, "not an integer"},
    {IN_JSON, "\"parents\": 0", "\"parents\": 1", SEGML_E_FORMAT,
     "\"parents\" need two key columns"},
    {IN_JSON, "\"groups_digest\"", "\"parents_digest\": \"" ZEROS "\", \"groups_digest\"",
     SEGML_E_FORMAT, "\"parents_digest\" must be there exactly if there are parents"},
    {IN_JSON, "\"groups_digest\"", "\"training_digest\": \"" ZEROS "\", \"groups_digest\"",
     SEGML_OK, ""},
    {IN_JSON, "\"groups_digest\"", "\"training_digest\": \"0\", \"groups_digest\"", SEGML_E_FORMAT,
     "\"training_digest\" is not a hexadecimal text of its length"},
    {IN_JSON, "\"overall\": {",
     "\"overall\": {\"status\": \"reference\", \"reference\": {\"uri\": \"a\"}, ", SEGML_E_FORMAT,
     "\"reference\" belongs to a group"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\"", SEGML_E_FORMAT,
     "line 1: \"reference\" must be there exactly if that is the status"},
    {IN_GROUPS, "\"too_few_rows\"", "\"too_few_rows\",\"reference\":{\"uri\":\"a\"}",
     SEGML_E_FORMAT, "line 1: \"reference\" must be there exactly if that is the status"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\",\"reference\":{\"uri\":\"a\"}", SEGML_E_FORMAT,
     "\"counts\" do not fit groups.jsonl"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\",\"reference\":{\"uri\":\"\"}", SEGML_E_FORMAT,
     "line 1: \"uri\" is empty"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\",\"reference\":{\"uri\":\"a\\u0000b\"}",
     SEGML_E_FORMAT, "line 1: \"uri\" is not a text without NUL"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\",\"reference\":\"a\"", SEGML_E_FORMAT,
     "line 1: \"uri\" is missing"},
    {IN_GROUPS, "\"too_few_rows\"", "\"reference\",\"reference\":{\"uri\":\"a\",\"pin\":\"00\"}",
     SEGML_E_FORMAT, "line 1: \"pin\" is not a hexadecimal text of its length"},
    {IN_GROUPS, "\"trained\"", "\"reference\",\"reference\":{\"uri\":\"a\"}", SEGML_E_FORMAT,
     "line 2: \"reference\" belongs to a group without a model in the artifact"},
    {IN_LEVELS, "\"parents\": 5", "\"parents\": 4", SEGML_E_FORMAT,
     "\"counts\" do not fit parents.jsonl"},
    {IN_LEVELS, "\"parents\": 5", "\"parents\": 1", SEGML_E_FORMAT, "do not fit one another"},
    {IN_LEVELS, "\"parents_trained\": 2", "\"parents_trained\": 3", SEGML_E_FORMAT,
     "\"counts\" do not fit parents.jsonl"},
    {IN_LEVELS, "\"parents_digest\"", "\"x\"", SEGML_E_FORMAT,
     "\"parents_digest\" must be there exactly if there are parents"},
    {IN_LEVELS, "\"segmented\"", "\"global\"", SEGML_E_FORMAT,
     "\"parents\" need two key columns and models of groups"},
    {IN_PARENTS, "\"rows\":480", "\"rows\":481", SEGML_OK, ""},
    {IN_PARENTS, "[\"FR\"]", "[\"AT\"]", SEGML_E_FORMAT, "line 2: \"key\" is not above"},
    {IN_PARENTS, "[\"FR\"]", "[\"FR\",\"A\"]", SEGML_E_FORMAT, "line 3: \"key\" is not above"},
    {IN_PARENTS, "[\"FR\"]", "[\"AT\",\"A\"]", SEGML_OK, ""},
    {IN_PARENTS, "[\"DE\"]", "[]", SEGML_E_FORMAT,
     "parents.jsonl: line 1: \"key\" does not have some values, but fewer than a group's"},
    {IN_PARENTS, "[\"DE\"]", "[\"DE\",\"Bonn\",1]", SEGML_E_FORMAT,
     "line 1: \"key\" does not have some values"},
    {IN_PARENTS, "[\"DE\"]", "[5]", SEGML_E_FORMAT, "line 1: \"key\" does not have its column's"},
    {IN_PARENTS, "\"trained\"", "\"failed\"", SEGML_E_FORMAT, "line 1: \"digest\" must be there"},
    {IN_PARENTS, "\"one_class\"", "\"global\"", SEGML_E_FORMAT, "line 4: \"status\" does not"},
    {IN_PARENTS, "\"one_class\"", "\"reference\",\"reference\":{\"uri\":\"a\"}", SEGML_E_FORMAT,
     "line 4: \"status\" does not fit a parent"},
    {IN_JSON, "\"failed\": 0", "\"failed\": 1", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {IN_JSON, "\"rows\": 972\n", "\"rows\": 971\n", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {IN_JSON, "\"groups_digest\": \"", "\"groups_digest\": \"0", SEGML_E_FORMAT, "of its length"},
    {IN_JSON, "\"content\": \"0", "\"content\": \"G", SEGML_E_FORMAT,
     "is not lower-case hexadecimal"},
    {IN_JSON, "\"content\": \"0123456789a", "\"content\": \"0123456789A", SEGML_E_FORMAT,
     "lower-case"},
    {IN_JSON, "\"global\": {", "\"globe\": {", SEGML_E_FORMAT, "\"global\" is missing"},
    {IN_JSON, "\"overall\": {", "\"overhaul\": {", SEGML_E_FORMAT, "\"overall\" is missing"},
    {IN_JSON, "\"overall\": {", "\"overall\": 5, \"x\": {", SEGML_E_FORMAT, "\"rows\" is missing"},
    {IN_GROUPS, "\"rows\":12", "\"rows\":12 ", SEGML_OK, ""},
    {IN_GROUPS, "\"rows\":12", "\"rows\":-12", SEGML_E_FORMAT,
     "line 1: \"rows\" is not an integer"},
    {IN_GROUPS, "[7]", "[4711]", SEGML_E_FORMAT, "line 3: \"key\" is not above the one before"},
    {IN_GROUPS, "[7]", "[5000]", SEGML_E_FORMAT, "line 3: \"key\" is not above the one before"},
    {IN_GROUPS, "[7]", "[7, 8]", SEGML_E_FORMAT,
     "line 2: \"key\" does not have one value per column"},
    {IN_GROUPS, "[7]", "[7.5]", SEGML_E_FORMAT, "line 2: \"key\" does not have its column's type"},
    {IN_GROUPS, "[7]", "[\"7\"]", SEGML_E_FORMAT,
     "line 2: \"key\" does not have its column's type"},
    {IN_GROUPS, "[7]", "7", SEGML_E_FORMAT, "line 2: \"key\" is not an array"},
    {IN_GROUPS, "[null]", "[5]", SEGML_E_FORMAT, "\"null_seen\" does not fit"},
    {IN_GROUPS, "\"trained\"", "\"failed\"", SEGML_E_FORMAT,
     "line 2: \"digest\" must be there exactly"},
    {IN_GROUPS, "\"too_few_rows\"", "\"trained\"", SEGML_E_FORMAT,
     "line 1: \"digest\" must be there"},
    {IN_GROUPS, "\"too_few_rows\"", "\"global\"", SEGML_E_FORMAT,
     "line 1: \"status\" does not fit"},
    {IN_GROUPS, "\"rounds\":3", "\"rounds\":3000000000", SEGML_E_FORMAT,
     "line 2: \"rounds\" is not an"},
    {IN_GROUPS, "\"max_depth\":2", "\"max_depth\":null", SEGML_E_FORMAT,
     "\"params\" is not a number"},
    {IN_GROUPS, "\"log_loss\":0.25", "\"log_loss\":[]", SEGML_E_FORMAT,
     "\"metrics\" is not a number"},
    {IN_GROUPS, "}\n", "}", SEGML_E_FORMAT, "\"counts\" do not fit groups.jsonl"},
    {IN_GROUPS, "}\n", "}\n\n", SEGML_E_FORMAT, "\"counts\" do not fit groups.jsonl"},
    {IN_GROUPS, "}\n", "}}\n", SEGML_E_FORMAT, "line 1: not JSON at byte"},
    {IN_GROUPS, "{", "[[[[[[[[[[", SEGML_E_FORMAT, "line 1: not JSON"},
};

/* Replaces the first occurrence. */
static void
replace(sg_buf *text, const char *from, const char *to)
{
    char *at = strstr((char *)text->bytes, from);
    sg_buf out = {0};

    ck_assert_msg(at != NULL, "%s is not in the golden manifest", from);
    sg_buf_append(&out, text->bytes, (size_t)(at - (char *)text->bytes), NULL);
    sg_buf_append(&out, to, strlen(to), NULL);
    sg_buf_append(&out, at + strlen(from), strlen(at + strlen(from)), NULL);
    ck_assert_int_eq(sg_buf_terminate(&out, NULL), SEGML_OK);
    sg_buf_clear(text);
    *text = out;
}

/* States the digest of lines in segml.json, under a name that stands there. */
static void
correct_digest(sg_buf *json, const char *name, const sg_buf *lines)
{
    unsigned char digest[SG_DIGEST_BYTES];
    char *at = strstr((char *)json->bytes, name);

    ck_assert_ptr_nonnull(at);
    at = strchr(at, ':') + 3; /* behind the blank and the quote */
    sg_artifact_digest(digest, lines->bytes, lines->size);
    for (int i = 0; i < 2 * SG_DIGEST_BYTES; i++)
        at[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

static void
read_golden(texts *t, const char *artifact)
{
    fixture_member(&t->json, artifact, SG_MEMBER_MANIFEST);
    fixture_member(&t->groups, artifact, SG_MEMBER_GROUPS);
    if (strcmp(artifact, "levels") == 0)
        fixture_member(&t->parents, artifact, SG_MEMBER_PARENTS);
}

START_TEST(each_fault_is_refused_for_its_reason)
{
    const change *c = &changes[_i];
    segml_error err = SEGML_ERROR_INIT;
    fixture_whole whole = {.manifest.format = 0};
    texts t = {.json.size = 0};

    read_golden(&t, c->in < IN_LEVELS ? "binary" : "levels");
    replace(c->in == IN_GROUPS    ? &t.groups
            : c->in == IN_PARENTS ? &t.parents
                                  : &t.json,
            c->from, c->to);
    if (c->in == IN_GROUPS)
        correct_digest(&t.json, "\"groups_digest\"", &t.groups);
    if (c->in == IN_PARENTS)
        correct_digest(&t.json, "\"parents_digest\"", &t.parents);
    ck_assert_msg(read_all(&whole, &t, &err) == c->status, "%s -> %s: %d %s", c->from, c->to,
                  (int)err.code, err.message);
    ck_assert_msg(strstr(err.message, c->message) != NULL, "%s -> %s: %s", c->from, c->to,
                  err.message);
    if (c->status != SEGML_OK)
        ck_assert_ptr_null(whole.manifest.groups);
    fixture_whole_clear(&whole);
    clear_texts(&t);
}
END_TEST

START_TEST(changed_records_do_not_have_the_stated_digest)
{
    static const char *const expected[] = {
        "segml.json: \"groups_digest\" is not that of groups.jsonl: one of them was changed",
        "segml.json: \"parents_digest\" is not that of parents.jsonl: one of them was changed"};
    segml_error err = SEGML_ERROR_INIT;
    fixture_whole whole = {.manifest.format = 0};
    texts t = {.json.size = 0};

    read_golden(&t, "levels");
    replace(_i == 0 ? &t.groups : &t.parents, "\"log_loss\":0.25", "\"log_loss\":0.24");
    ck_assert_int_eq(read_all(&whole, &t, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, expected[_i]);
    clear_texts(&t);
}
END_TEST

/* So many records would need more memory than the text. */
START_TEST(empty_lines_are_not_believed_to_be_records)
{
    enum { LINES = 1 << 20 };
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest_lines lines = {.count = 0};
    sg_manifest m = {.group_count = LINES, .key_count = 1};
    char *text = malloc(LINES);

    ck_assert_ptr_nonnull(text);
    memset(text, '\n', LINES);
    sg_artifact_digest(m.groups_digest, text, LINES);
    ck_assert_int_eq(sg_manifest_read_groups(&lines, &m, text, LINES, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "segml.json: \"counts\" do not fit groups.jsonl");
    ck_assert_ptr_null(lines.records);
    free(text);
}
END_TEST

START_TEST(deep_nesting_is_refused_before_the_stack_ends)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_manifest m = {0};
    sg_buf json = {0};

    ck_assert_int_eq(sg_buf_reserve(&json, 1 << 20, NULL), SEGML_OK);
    memset(json.bytes, '[', 1 << 20);
    json.size = 1 << 20;
    ck_assert_int_eq(sg_manifest_read(&m, json.bytes, json.size, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "depth") != NULL, "%s", err.message);
    sg_buf_clear(&json);
}
END_TEST

START_TEST(sizes_have_caps)
{
    segml_error err = SEGML_ERROR_INIT;
    fixture_whole whole = {.manifest.format = 0};
    texts t = {.json.size = 0};
    char *wide = malloc((1 << 20) + 2);

    ck_assert_ptr_nonnull(wide);
    ck_assert_int_eq(sg_manifest_read(&whole.manifest, content_bytes, ((size_t)1 << 26) + 1, &err),
                     SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "segml.json has 67108865 bytes, the limit is 67108864");
    memset(wide, ' ', 1 << 20);
    strcpy(wide + (1 << 20), "{");
    read_golden(&t, "binary");
    replace(&t.groups, "{", wide);
    correct_digest(&t.json, "\"groups_digest\"", &t.groups);
    ck_assert_int_eq(read_all(&whole, &t, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "groups.jsonl: line 1 is longer than 1048576 bytes");
    clear_texts(&t);
    free(wide);
}
END_TEST

#ifdef __GLIBC__
static const struct {
    const char *point;
    unsigned wide;
} points[] = {{",", ','}, {"\xD9\xAB", 0x66B}};

START_TEST(another_decimal_point_of_the_host_changes_nothing)
{
    fixture_whole whole;
    texts t[2] = {{.json.size = 0}};
    char text[8];

    fixture_whole_read(&whole, "binary");
    write_all(&t[0], &whole.manifest);
    fixture_whole_clear(&whole);
    numeric_locale_set(points[_i].point, points[_i].wide);
    fixture_whole_read(&whole, "binary");
    ck_assert_double_eq(whole.manifest.threshold, 0.375);
    ck_assert_double_eq(whole.manifest.groups[1].params[1].value, 0.5);
    write_all(&t[1], &whole.manifest);
    assert_same_bytes(&t[0].json, &t[1].json);
    snprintf(text, sizeof text, "%.1f", 0.5);
    ck_assert_msg(strcmp(text, "0.5") != 0, "the host's locale was not put back");
    setlocale(LC_NUMERIC, "C");
    fixture_whole_clear(&whole);
    clear_texts(&t[0]);
    clear_texts(&t[1]);
}
END_TEST
#endif

/* By hand: region has "north" and "süd/.,", store has NULL, 1 and 2. */
START_TEST(codes_are_places_among_the_distinct_keys_of_a_column)
{
    static const float by_hand[3][2] = {{0, 0}, {0, 1}, {1, 2}};
    float codes[3][2];
    fixture_whole whole;

    fixture_whole_read(&whole, "multiclass");
    ck_assert_int_eq(sg_manifest_key_codes(&whole.manifest, codes[0], NULL), SEGML_OK);
    ck_assert_mem_eq(codes, by_hand, sizeof codes);
    fixture_whole_clear(&whole);
}
END_TEST

TCase *
manifest_tests(void)
{
    TCase *tc = tcase_create("manifest");

    tcase_add_test(tc, a_golden_manifest_is_read);
    tcase_add_test(tc, golden_parents_are_read);
    tcase_add_test(tc, everything_that_is_written_reads_back);
    tcase_add_test(tc, writing_again_gives_the_same_bytes);
    tcase_add_test(tc, a_line_of_groups_is_as_documented);
    tcase_add_test(tc, a_line_of_a_reference_is_as_documented);
    tcase_add_test(tc, an_infinite_parameter_is_not_written);
    tcase_add_loop_test(tc, each_fault_is_refused_for_its_reason, 0,
                        (int)(sizeof changes / sizeof *changes));
    tcase_add_loop_test(tc, changed_records_do_not_have_the_stated_digest, 0, 2);
    tcase_add_test(tc, empty_lines_are_not_believed_to_be_records);
    tcase_add_test(tc, deep_nesting_is_refused_before_the_stack_ends);
    tcase_add_test(tc, sizes_have_caps);
#ifdef __GLIBC__
    tcase_add_loop_test(tc, another_decimal_point_of_the_host_changes_nothing, 0, 2);
#endif
    tcase_add_test(tc, codes_are_places_among_the_distinct_keys_of_a_column);
    return tc;
}
