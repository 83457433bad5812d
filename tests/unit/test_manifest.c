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
    sg_manifest m = {0};

    fixture_manifest(&m, "multiclass");
    ck_assert_int_eq(m.format, 0);
    ck_assert_int_eq(m.task, SEGML_TASK_MULTICLASS);
    ck_assert_int_eq(m.mode, SEGML_MODE_SEGMENTED);
    ck_assert_int_eq(m.fallback, 1);
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
    sg_manifest_clear(&m);
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
    static sg_manifest_record groups[3];

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
    m->groups = groups;
    m->group_count = 3;
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

static void
write_both(sg_buf *json, sg_buf *lines, const sg_manifest *m)
{
    segml_error err = SEGML_ERROR_INIT;

    ck_assert_int_eq(sg_manifest_write_groups(lines, m, &err), SEGML_OK);
    ck_assert_msg(sg_manifest_write(json, m, lines, &err) == SEGML_OK, "%s", err.message);
}

static int
read_both(sg_manifest *m, const sg_buf *json, const sg_buf *lines, segml_error *err)
{
    return sg_manifest_read(m, json->bytes, json->size, lines->bytes, lines->size, err);
}

START_TEST(everything_that_is_written_reads_back)
{
    sg_manifest given, m = {0};
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, lines = {0};

    make_rich(&given);
    write_both(&json, &lines, &given);
    ck_assert_msg(read_both(&m, &json, &lines, &err) == SEGML_OK, "%s", err.message);
    ck_assert_uint_eq(m.seed, UINT64_MAX - 1);
    ck_assert_double_eq(m.threshold, 1.0 / 3.0);
    ck_assert_float_eq(m.constant[0], 0.1f);
    ck_assert_double_eq(m.options[1].value, 5e-324);
    ck_assert_double_eq(m.options[2].value, -1.7976931348623157e308);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(m.features[1].values[i], given.features[1].values[i]);
    ck_assert_int_eq(m.groups[0].keys[0].type, SEGML_KEY_NULL);
    ck_assert_uint_eq(m.groups[1].keys[0].length, 3);
    ck_assert_mem_eq(m.groups[1].keys[0].text, "a\0b", 3);
    ck_assert_int_eq(m.groups[1].keys[1].integer, INT64_MIN);
    ck_assert_mem_eq(m.groups[2].keys[0].text, "\xF0\x9F\x98\x80", 4);
    ck_assert_str_eq(m.groups[2].message, "a\nb");
    ck_assert_uint_eq(m.groups[2].content.low, 7);
    ck_assert_uint_eq(m.groups[2].content.high, UINT64_MAX);
    ck_assert_mem_eq(m.groups[1].digest, given.groups[1].digest, SG_DIGEST_BYTES);
    ck_assert_str_eq(m.engine, given.engine);
    ck_assert_ptr_null(m.groups[0].engine);
    ck_assert_str_eq(m.groups[1].engine, "xgboost 1.7.4 (exact)");
    ck_assert_str_eq(m.global.engine, "xgboost 1.7.4 (exact)");
    ck_assert_int_eq(m.groups[0].has_threshold, 0);
    ck_assert_int_eq(m.groups[1].has_threshold, 1);
    ck_assert_double_eq(m.groups[1].threshold, 0.1);
    ck_assert_double_eq(m.global.threshold, 0.1);
    ck_assert_int_eq(m.option_text_count, 2);
    ck_assert_str_eq(m.option_texts[0].name, "sampler");
    ck_assert_str_eq(m.option_texts[0].text, "tpe");
    ck_assert_str_eq(m.option_texts[1].name, "quote\"");
    ck_assert_str_eq(m.option_texts[1].text, "");
    ck_assert_int_eq(m.has_history, 1);
    ck_assert_mem_eq(m.history_digest, given.history_digest, SG_DIGEST_BYTES);
    ck_assert_int_eq(m.global.rounds, 17);
    ck_assert_int_eq(m.unseen_rounds, 4);
    ck_assert_double_eq(m.overall.metrics[0].value, 0.1);
    ck_assert_double_nan(m.overall.metrics[1].value);
    ck_assert_double_nan(m.overall.metrics[2].value);
    ck_assert_int_eq(m.overall.status, 0);
    sg_manifest_clear(&m);
    sg_manifest_clear(&given);
    sg_buf_clear(&lines);
    sg_buf_clear(&json);
}
END_TEST

START_TEST(writing_again_gives_the_same_bytes)
{
    sg_manifest given, m = {0};
    sg_buf json[2] = {{0}}, lines[2] = {{0}};

    make_rich(&given);
    write_both(&json[0], &lines[0], &given);
    ck_assert_int_eq(read_both(&m, &json[0], &lines[0], NULL), SEGML_OK);
    write_both(&json[1], &lines[1], &m);
    ck_assert_uint_eq(json[0].size, json[1].size);
    ck_assert_mem_eq(json[0].bytes, json[1].bytes, json[0].size);
    ck_assert_uint_eq(lines[0].size, lines[1].size);
    ck_assert_mem_eq(lines[0].bytes, lines[1].bytes, lines[0].size);
    sg_manifest_clear(&m);
    sg_manifest_clear(&given);
    for (int i = 0; i < 2; i++) {
        sg_buf_clear(&json[i]);
        sg_buf_clear(&lines[i]);
    }
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

/* Changes to the golden "binary" manifests, each of which is refused for its reason. */
typedef struct change {
    int in_groups; /* 1: of groups.jsonl, whose digest is corrected */
    const char *from, *to;
    int32_t status;
    const char *message;
} change;

static const change changes[] = {
    {0, "\"task\": \"binary\"", "\"task\": \"binary\" ", SEGML_OK, ""},
    {0, "\"task\"", "\"new\": [1, {}], \"task\"", SEGML_OK, ""},
    {0, "\"format\": 0", "\"format\": 1", SEGML_E_UNSUPPORTED, "format 1, this library reads"},
    {0, "\"format\": 0", "\"format\": -1", SEGML_E_FORMAT, "\"format\" is not an integer"},
    {0, "\"format\": 0", "\"format\": 0.0", SEGML_E_FORMAT, "\"format\" is not an integer"},
    {0, "\"format\": 0", "\"format\": 99999999999999999999", SEGML_E_FORMAT, "not JSON"},
    {0, "\"format\": 0,", "", SEGML_E_FORMAT, "segml.json: \"format\" is missing"},
    {0, "{", "[", SEGML_E_FORMAT, "segml.json: not JSON at byte"},
    {0, "\"task\": \"binary\"", "\"task\": \"ranking\"", SEGML_E_FORMAT, "not a known name"},
    {0, "\"task\": \"binary\"", "\"task\": 1", SEGML_E_FORMAT, "\"task\" is not a known name"},
    {0, "\"task\"", "\"task\": \"poisson\", \"task\"", SEGML_E_FORMAT, "duplicate"},
    {0, "\"binary:logistic\"", "\"reg:squarederror\"", SEGML_E_FORMAT,
     "\"objective\" does not fit"},
    {0, "\"segmented\"", "\"mixed\"", SEGML_E_FORMAT, "\"mode\" is not a known name"},
    {0, "\"segmented\"", "\"global\"", SEGML_E_FORMAT, "\"status\" does not fit the mode"},
    {0, "\"fallback\": true", "\"fallback\": 1", SEGML_E_FORMAT, "\"fallback\" is neither"},
    {0, "\"late\"", "\"l\\u0000\"", SEGML_E_FORMAT, "\"label\" is not a text without NUL"},
    {0, "\"late\"", "\"\xFF\"", SEGML_E_FORMAT, "not JSON"},
    {0, "\"late\"", "null", SEGML_E_FORMAT, "\"label\" is not a text"},
    {0, "\"no\"", "\"yes\"", SEGML_E_FORMAT, "\"classes\" holds a text twice"},
    {0, "\"no\",", "", SEGML_E_FORMAT, "\"classes\" do not fit the task"},
    {0, "\"no\"", "\"a\", \"b\"", SEGML_E_FORMAT, "\"classes\" do not fit the task"},
    {0, "0.375", "1.5", SEGML_E_FORMAT, "\"threshold\" is not in [0, 1]"},
    {0, "0.375", "null", SEGML_E_FORMAT, "\"threshold\" is not a number"},
    {0, "-1.5", "1e39", SEGML_E_FORMAT, "\"constant\" is beyond single precision"},
    {0, "-1.5", "1, 2", SEGML_E_FORMAT, "\"constant\" does not fit the task"},
    {0, "-1.5", "", SEGML_E_FORMAT, "\"constant\" is empty, but there is a fallback"},
    {0, "\"size\"", "\"colour\"", SEGML_E_FORMAT, "\"features\" holds a text twice"},
    {0, "\"numeric\"", "\"complex\"", SEGML_E_FORMAT, "\"type\" is not a known name"},
    {0, "\"categorical\"", "\"numeric\"", SEGML_E_FORMAT, "\"values\" belongs to a categorical"},
    {0, "\"blue\"", "\"red\"", SEGML_E_FORMAT, "\"values\" holds a text twice"},
    {0, "\"blue\"", "7", SEGML_E_FORMAT, "\"values\" is not a text"},
    {0, "\"int64\"", "\"int32\"", SEGML_E_FORMAT, "\"type\" is not a known name"},
    {0, "\"int64\"", "\"utf8\"", SEGML_E_FORMAT, "line 2: \"key\" does not have its column's type"},
    {0, "\"null_seen\": true", "\"null_seen\": false", SEGML_E_FORMAT,
     "\"null_seen\" does not fit"},
    {0, "18446744073709551615", "18446744073709551616", SEGML_E_FORMAT, "64 bits"},
    {0, "18446744073709551615", "", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {0, "18446744073709551615", "007", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {0, "18446744073709551615", "-1", SEGML_E_FORMAT, "\"seed\" is not a number"},
    {0, "\"trials\": 3", "\"trials\": \"3\"", SEGML_E_FORMAT, "\"options\" is not a number"},
    {0, "\"trials\": 3", "\"trials\": null", SEGML_E_FORMAT, "\"options\" is not a number"},
    {0, "\"tpe\"", "7", SEGML_E_FORMAT, "\"option_texts\" is not a text"},
    {0, "\"option_texts\": {", "\"option_texts\": 7, \"x\": {", SEGML_E_FORMAT,
     "\"option_texts\" is not an object"},
    {0, "\"option_texts\"", "\"x\"", SEGML_OK, ""},
    {0, "\"history_digest\": \"", "\"history_digest\": \"0", SEGML_E_FORMAT, "of its length"},
    {0, "\"history_digest\"", "\"x\"", SEGML_OK, ""},
    {0, "0.6875", "-0.1", SEGML_E_FORMAT, "\"threshold\" is not in [0, 1]"},
    {0, "0.6875", "\"0.5\"", SEGML_E_FORMAT, "\"threshold\" is not a number"},
    {0, "\"overall\": {", "\"overall\": {\"threshold\": 0.5, ", SEGML_E_FORMAT,
     "\"threshold\" belongs to a model of a binary task"},
    {1, "\"threshold\":0.25", "\"threshold\":1.25", SEGML_E_FORMAT,
     "line 2: \"threshold\" is not in [0, 1]"},
    {0, "\"overall\": {", "\"overall\": {\"engine\": \"native 1 (hist)\", ", SEGML_E_FORMAT,
     "\"engine\" belongs to a model"},
    {1, "\"rows\":12", "\"rows\":12,\"engine\":\"native 1 (hist)\"", SEGML_E_FORMAT,
     "line 1: \"engine\" belongs to a model"},
    {1, "\"rows\":12", "\"rows\":12,\"threshold\":0.5", SEGML_E_FORMAT,
     "line 1: \"threshold\" belongs to a model"},
    {0, "\"groups\": 4", "\"groups\": 5", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {0, "\"trained\": 2", "\"trained\": 3", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {0, "\"failed\": 0", "\"failed\": 1", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {0, "\"rows\": 972\n", "\"rows\": 971\n", SEGML_E_FORMAT, "\"counts\" do not fit"},
    {0, "\"groups_digest\": \"", "\"groups_digest\": \"0", SEGML_E_FORMAT, "of its length"},
    {0, "\"content\": \"0", "\"content\": \"G", SEGML_E_FORMAT, "is not lower-case hexadecimal"},
    {0, "\"content\": \"0123456789a", "\"content\": \"0123456789A", SEGML_E_FORMAT, "lower-case"},
    {0, "\"global\": {", "\"globe\": {", SEGML_E_FORMAT, "\"global\" is missing"},
    {0, "\"overall\": {", "\"overhaul\": {", SEGML_E_FORMAT, "\"overall\" is missing"},
    {0, "\"overall\": {", "\"overall\": 5, \"x\": {", SEGML_E_FORMAT, "\"rows\" is missing"},
    {1, "\"rows\":12", "\"rows\":12 ", SEGML_OK, ""},
    {1, "\"rows\":12", "\"rows\":-12", SEGML_E_FORMAT, "line 1: \"rows\" is not an integer"},
    {1, "[7]", "[4711]", SEGML_E_FORMAT, "line 3: \"key\" is not above the one before"},
    {1, "[7]", "[5000]", SEGML_E_FORMAT, "line 3: \"key\" is not above the one before"},
    {1, "[7]", "[7, 8]", SEGML_E_FORMAT, "line 2: \"key\" does not have one value per column"},
    {1, "[7]", "[7.5]", SEGML_E_FORMAT, "line 2: \"key\" does not have its column's type"},
    {1, "[7]", "[\"7\"]", SEGML_E_FORMAT, "line 2: \"key\" does not have its column's type"},
    {1, "[7]", "7", SEGML_E_FORMAT, "line 2: \"key\" is not an array"},
    {1, "[null]", "[5]", SEGML_E_FORMAT, "\"null_seen\" does not fit"},
    {1, "\"trained\"", "\"failed\"", SEGML_E_FORMAT, "line 2: \"digest\" must be there exactly"},
    {1, "\"too_few_rows\"", "\"trained\"", SEGML_E_FORMAT, "line 1: \"digest\" must be there"},
    {1, "\"too_few_rows\"", "\"global\"", SEGML_E_FORMAT, "line 1: \"status\" does not fit"},
    {1, "\"rounds\":3", "\"rounds\":3000000000", SEGML_E_FORMAT, "line 2: \"rounds\" is not an"},
    {1, "\"max_depth\":2", "\"max_depth\":null", SEGML_E_FORMAT, "\"params\" is not a number"},
    {1, "\"log_loss\":0.25", "\"log_loss\":[]", SEGML_E_FORMAT, "\"metrics\" is not a number"},
    {1, "}\n", "}", SEGML_E_FORMAT, "line 1: not JSON at byte"},
    {1, "}\n", "}\n\n", SEGML_E_FORMAT, "line 2: not JSON at byte"},
    {1, "{", "[[[[[[[[[[", SEGML_E_FORMAT, "line 1: not JSON"},
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

static void
correct_digest(sg_buf *json, const sg_buf *lines)
{
    unsigned char digest[SG_DIGEST_BYTES];
    char *at = strstr((char *)json->bytes, "\"groups_digest\": \"") + 18;

    sg_artifact_digest(digest, lines->bytes, lines->size);
    for (int i = 0; i < 2 * SG_DIGEST_BYTES; i++)
        at[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

START_TEST(each_fault_is_refused_for_its_reason)
{
    const change *c = &changes[_i];
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, lines = {0};
    sg_manifest m = {0};

    fixture_member(&json, "binary", SG_MEMBER_MANIFEST);
    fixture_member(&lines, "binary", SG_MEMBER_GROUPS);
    replace(c->in_groups ? &lines : &json, c->from, c->to);
    if (c->in_groups)
        correct_digest(&json, &lines);
    ck_assert_msg(read_both(&m, &json, &lines, &err) == c->status, "%s -> %s: %d %s", c->from,
                  c->to, (int)err.code, err.message);
    ck_assert_msg(strstr(err.message, c->message) != NULL, "%s -> %s: %s", c->from, c->to,
                  err.message);
    if (c->status != SEGML_OK)
        ck_assert_ptr_null(m.groups);
    sg_manifest_clear(&m);
    sg_buf_clear(&lines);
    sg_buf_clear(&json);
}
END_TEST

START_TEST(changed_groups_do_not_have_the_stated_digest)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, lines = {0};
    sg_manifest m = {0};

    fixture_member(&json, "binary", SG_MEMBER_MANIFEST);
    fixture_member(&lines, "binary", SG_MEMBER_GROUPS);
    replace(&lines, "\"log_loss\":0.25", "\"log_loss\":0.24");
    ck_assert_int_eq(read_both(&m, &json, &lines, &err), SEGML_E_FORMAT);
    ck_assert_str_eq(err.message, "segml.json: \"groups_digest\" is not that of groups.jsonl: "
                                  "one of them was changed");
    sg_buf_clear(&lines);
    sg_buf_clear(&json);
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
    ck_assert_int_eq(sg_manifest_read(&m, json.bytes, json.size, "", 0, &err), SEGML_E_FORMAT);
    ck_assert_msg(strstr(err.message, "depth") != NULL, "%s", err.message);
    sg_buf_clear(&json);
}
END_TEST

START_TEST(sizes_have_caps)
{
    segml_error err = SEGML_ERROR_INIT;
    sg_buf json = {0}, lines = {0};
    sg_manifest m = {0};
    char *wide = malloc((1 << 20) + 2);

    ck_assert_ptr_nonnull(wide);
    ck_assert_int_eq(sg_manifest_read(&m, content_bytes, ((size_t)1 << 26) + 1, "", 0, &err),
                     SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "segml.json has 67108865 bytes, the limit is 67108864");
    memset(wide, ' ', 1 << 20);
    strcpy(wide + (1 << 20), "{");
    fixture_member(&json, "binary", SG_MEMBER_MANIFEST);
    fixture_member(&lines, "binary", SG_MEMBER_GROUPS);
    replace(&lines, "{", wide);
    correct_digest(&json, &lines);
    ck_assert_int_eq(read_both(&m, &json, &lines, &err), SEGML_E_LIMIT);
    ck_assert_str_eq(err.message, "groups.jsonl: line 1 is longer than 1048576 bytes");
    sg_buf_clear(&lines);
    sg_buf_clear(&json);
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
    sg_manifest m = {0};
    sg_buf json[2] = {{0}}, lines[2] = {{0}};
    char text[8];

    fixture_manifest(&m, "binary");
    write_both(&json[0], &lines[0], &m);
    sg_manifest_clear(&m);
    numeric_locale_set(points[_i].point, points[_i].wide);
    fixture_manifest(&m, "binary");
    ck_assert_double_eq(m.threshold, 0.375);
    ck_assert_double_eq(m.groups[1].params[1].value, 0.5);
    write_both(&json[1], &lines[1], &m);
    ck_assert_uint_eq(json[0].size, json[1].size);
    ck_assert_mem_eq(json[0].bytes, json[1].bytes, json[0].size);
    snprintf(text, sizeof text, "%.1f", 0.5);
    ck_assert_msg(strcmp(text, "0.5") != 0, "the host's locale was not put back");
    setlocale(LC_NUMERIC, "C");
    sg_manifest_clear(&m);
    for (int i = 0; i < 2; i++) {
        sg_buf_clear(&json[i]);
        sg_buf_clear(&lines[i]);
    }
}
END_TEST
#endif

/* By hand: region has "north" and "süd/.,", store has NULL, 1 and 2. */
START_TEST(codes_are_places_among_the_distinct_keys_of_a_column)
{
    static const float by_hand[3][2] = {{0, 0}, {0, 1}, {1, 2}};
    float codes[3][2];
    sg_manifest m = {0};

    fixture_manifest(&m, "multiclass");
    ck_assert_int_eq(sg_manifest_key_codes(&m, codes[0], NULL), SEGML_OK);
    ck_assert_mem_eq(codes, by_hand, sizeof codes);
    sg_manifest_clear(&m);
}
END_TEST

TCase *
manifest_tests(void)
{
    TCase *tc = tcase_create("manifest");

    tcase_add_test(tc, a_golden_manifest_is_read);
    tcase_add_test(tc, everything_that_is_written_reads_back);
    tcase_add_test(tc, writing_again_gives_the_same_bytes);
    tcase_add_test(tc, a_line_of_groups_is_as_documented);
    tcase_add_test(tc, an_infinite_parameter_is_not_written);
    tcase_add_loop_test(tc, each_fault_is_refused_for_its_reason, 0,
                        (int)(sizeof changes / sizeof *changes));
    tcase_add_test(tc, changed_groups_do_not_have_the_stated_digest);
    tcase_add_test(tc, deep_nesting_is_refused_before_the_stack_ends);
    tcase_add_test(tc, sizes_have_caps);
#ifdef __GLIBC__
    tcase_add_loop_test(tc, another_decimal_point_of_the_host_changes_nothing, 0, 2);
#endif
    tcase_add_test(tc, codes_are_places_among_the_distinct_keys_of_a_column);
    return tc;
}
