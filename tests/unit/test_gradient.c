/* SPDX-License-Identifier: Apache-2.0 */

/*
 * native/gradient: every kernel against XGBoost's formulas written out with libm's functions.
 * Bits are equal where libm's expf and logf are glibc's for processors with FMA;
 * elsewhere a libm may round a few values the other way.
 */

#include <check.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "native/expf.h"
#include "native/gradient.h"
#include "native/grower.h"

enum { ROWS = 70, CLASSES = 5, GUARD = 16, VALUES = CLASSES * (ROWS + SG_GROW_PAD) + GUARD };

static const char *const kernel_names[] = {"portable", "avx2", "avx512"};
enum { KERNELS = sizeof kernel_names / sizeof *kernel_names };

static float margin[VALUES], label[VALUES], weight[VALUES];
static float gradient[VALUES], hessian[VALUES];
static float expected_gradient[VALUES], expected_hessian[VALUES];

static int
libm_fuses(void)
{
#if defined(__GLIBC__) && defined(__x86_64__)
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2");
#else
    return 0;
#endif
}

/* Fails unless a value has the expected bits, or comes as near to it as libm's does. */
static void
check_value(float got, float expected)
{
    float slack = libm_fuses() ? 0 : 4 * FLT_EPSILON * fmaxf(1, fabsf(expected));

    if (isnan(expected)) {
        ck_assert(isnan(got));
        return;
    }
    if (memcmp(&got, &expected, sizeof got) == 0)
        return;
    ck_assert_msg(slack > 0 && fabsf(got - expected) <= slack, "%a instead of %a", (double)got,
                  (double)expected);
}

static float
float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The formulas, for the rows of a task. */
static void
expect_logistic(const sg_gradient_task *t)
{
    for (int32_t i = 0; i < t->rows; i++) {
        float w = t->weight == NULL ? 1.0f : t->weight[i], y = t->label[i];
        float x = -t->margin[i] > 88.7f ? 88.7f : -t->margin[i];
        float p = 1.0f / (expf(x) + 1.0f + 1e-16f);

        if (y == 1.0f)
            w *= t->scale_pos_weight;
        expected_gradient[i] = (p - y) * w;
        expected_hessian[i] = fmaxf(p * (1.0f - p), 1e-16f) * w;
    }
}

static void
expect_squared(const sg_gradient_task *t)
{
    for (int32_t i = 0; i < t->rows; i++) {
        float w = t->weight == NULL ? 1.0f : t->weight[i];

        expected_gradient[i] = (t->margin[i] - t->label[i]) * w;
        expected_hessian[i] = 1.0f * w;
    }
}

static void
expect_poisson(const sg_gradient_task *t)
{
    for (int32_t i = 0; i < t->rows; i++) {
        float w = t->weight == NULL ? 1.0f : t->weight[i], m = t->margin[i];

        expected_gradient[i] = (expf(m) - t->label[i]) * w;
        expected_hessian[i] = expf(m + t->max_delta_step) * w;
    }
}

static void
expect_softprob(const sg_gradient_task *t)
{
    for (int32_t i = 0; i < t->rows; i++) {
        float w = t->weight == NULL ? 1.0f : t->weight[i], largest = FLT_MIN;
        double sum = 0;

        for (int32_t k = 0; k < t->outputs; k++)
            largest = fmaxf(t->margin[k * t->plane + i], largest);
        for (int32_t k = 0; k < t->outputs; k++)
            sum += (double)expf(t->margin[k * t->plane + i] - largest);
        for (int32_t k = 0; k < t->outputs; k++) {
            float p = expf(t->margin[k * t->plane + i] - largest) / (float)sum;

            expected_hessian[k * t->plane + i] =
                (float)fmax((double)(2.0f * p * (1.0f - p) * w), (double)1e-16f);
            p = t->label[i] == (float)k ? p - 1.0f : p;
            expected_gradient[k * t->plane + i] = p * w;
        }
    }
}

typedef struct objective {
    sg_loss loss;
    int32_t outputs;
    void (*expect)(const sg_gradient_task *task);
} objective;

static const objective objectives[] = {
    {SG_LOSS_LOGISTIC, 1, expect_logistic},       {SG_LOSS_SQUARED, 1, expect_squared},
    {SG_LOSS_POISSON, 1, expect_poisson},         {SG_LOSS_SOFTPROB, 2, expect_softprob},
    {SG_LOSS_SOFTPROB, CLASSES, expect_softprob},
};
enum { OBJECTIVES = sizeof objectives / sizeof *objectives };

static sg_gradient_task
make_task(const objective *what, int32_t rows)
{
    return (sg_gradient_task){.loss = what->loss,
                              .rows = rows,
                              .outputs = what->outputs,
                              .plane = rows + SG_GROW_PAD,
                              .scale_pos_weight = 1,
                              .max_delta_step = 0.7f,
                              .margin = margin,
                              .label = label,
                              .gradient = gradient,
                              .hessian = hessian};
}

/* Margins up to the largest one on either side, labels of the objective. */
static void
draw_rows(sg_rng *rng, const objective *what, double largest)
{
    int32_t labels = what->loss == SG_LOSS_LOGISTIC ? 2 : CLASSES;

    for (int i = 0; i < VALUES; i++) {
        margin[i] = (float)((2 * sg_rng_uniform(rng) - 1) * largest);
        label[i] = (float)(int32_t)(sg_rng_uniform(rng) * labels);
        weight[i] = (float)(0.1 + 3 * sg_rng_uniform(rng));
    }
}

/* Runs every kernel that this machine has, and compares. */
static void
check_kernels(const sg_gradient_task *task, const objective *what)
{
    const sg_kernel *kernel;

    what->expect(task);
    for (int n = 0; n < KERNELS; n++) {
        int64_t end = task->outputs * task->plane;

        if (sg_kernel_find(&kernel, kernel_names[n], NULL) != SEGML_OK)
            continue;
        for (int i = 0; i < VALUES; i++)
            gradient[i] = hessian[i] = -77;
        kernel->gradient->take(task);
        for (int32_t k = 0; k < task->outputs; k++) {
            for (int32_t i = 0; i < task->rows; i++) {
                check_value(gradient[k * task->plane + i], expected_gradient[k * task->plane + i]);
                check_value(hessian[k * task->plane + i], expected_hessian[k * task->plane + i]);
            }
        }
        for (int64_t i = end; i < end + GUARD; i++)
            ck_assert_msg(gradient[i] == -77 && hessian[i] == -77, "written past the end");
    }
}

START_TEST(gradients_are_xgboosts_in_every_number_of_rows)
{
    sg_rng rng;

    rng = sg_rng_stream(11, (uint64_t)_i, "gradient", 0);
    for (int32_t rows = 1; rows <= ROWS; rows++) {
        sg_gradient_task task = make_task(&objectives[_i], rows);

        draw_rows(&rng, &objectives[_i], rows % 2 == 0 ? 120 : 6);
        check_kernels(&task, &objectives[_i]);
        task.weight = weight;
        task.max_delta_step = 0.3f;
        check_kernels(&task, &objectives[_i]);
    }
}
END_TEST

START_TEST(positive_rows_of_logistic_are_scaled)
{
    sg_rng rng = sg_rng_stream(12, 0, "gradient", 0);
    sg_gradient_task task = make_task(&objectives[0], ROWS);

    draw_rows(&rng, &objectives[0], 10);
    task.scale_pos_weight = 2.7f;
    check_kernels(&task, &objectives[0]);
    task.weight = weight;
    check_kernels(&task, &objectives[0]);
}
END_TEST

/* By hand: p = 1/2; e^0 = 1; three equal classes, h = 2 p (1 - p). */
START_TEST(gradients_of_a_row_are_those_by_hand)
{
    static const float hand[OBJECTIVES][2] = {
        {-0.5f, 0.25f}, {-1, 1}, {0, 1}, {-0.5f, 0.5f}, {-0.8f, 0.32f}};
    const sg_kernel *kernel;

    memset(margin, 0, sizeof margin);
    for (int n = 0; n < KERNELS; n++) {
        if (sg_kernel_find(&kernel, kernel_names[n], NULL) != SEGML_OK)
            continue;
        for (int o = 0; o < OBJECTIVES; o++) {
            sg_gradient_task task = make_task(&objectives[o], 1);

            label[0] = 1;
            task.max_delta_step = 0;
            kernel->gradient->take(&task);
            /* Softprob's output 1 is that of the label. */
            ck_assert_float_eq_tol(gradient[task.outputs > 1 ? task.plane : 0], hand[o][0], 1e-7f);
            ck_assert_float_eq_tol(hessian[task.outputs > 1 ? task.plane : 0], hand[o][1], 1e-7f);
        }
    }
}
END_TEST

START_TEST(certain_rows_keep_the_least_hessian)
{
    const sg_kernel *kernel;

    for (int n = 0; n < KERNELS; n++) {
        sg_gradient_task logistic = make_task(&objectives[0], 1);
        sg_gradient_task softprob = make_task(&objectives[3], 1);

        if (sg_kernel_find(&kernel, kernel_names[n], NULL) != SEGML_OK)
            continue;
        margin[0] = 100;
        margin[softprob.plane] = -100;
        kernel->gradient->take(&logistic);
        ck_assert_float_eq(hessian[0], 1e-16f);
        kernel->gradient->take(&softprob);
        ck_assert_float_eq(hessian[0], 1e-16f);
        ck_assert_float_eq(hessian[softprob.plane], 1e-16f);
    }
}
END_TEST

/* Poisson's gradient with label 0 and its Hessian without a step are exp of the margin. */
static void
check_exps(void)
{
    static const objective poisson = {SG_LOSS_POISSON, 1, expect_poisson};
    sg_gradient_task task = make_task(&poisson, ROWS);

    memset(label, 0, sizeof label);
    task.max_delta_step = 0;
    check_kernels(&task, &poisson);
    for (int i = 0; i < ROWS; i++)
        check_value(sg_expf(margin[i]), expf(margin[i]));
}

/* The stride is prime: all exponents, both signs, denormals, NaN. */
START_TEST(exp_is_that_of_libm_in_every_binade)
{
    const uint64_t stride = 99991;

    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += stride * ROWS) {
        for (int i = 0; i < ROWS; i++)
            margin[i] = float_of((uint32_t)(bits + stride * (uint64_t)i));
        check_exps();
    }
}
END_TEST

/* Where the result is 0, denormal, infinite or no longer one of them. */
START_TEST(exp_at_its_ends_is_that_of_libm)
{
    static const float ends[] = {
        0.0f,           -0.0f,          HUGE_VALF,      -HUGE_VALF,    FLT_MAX,       -FLT_MAX,
        FLT_MIN,        -FLT_MIN,       0x1p-149f,      -0x1p-149f,    88.0f,         -88.0f,
        88.7f,          89.0f,          -200.0f,        200.0f,        -201.0f,       201.0f,
        -104.0f,        -103.9f,        -87.336544f,    -87.33655f,    0x1.62e42ep6f, 0x1.62e43p6f,
        -0x1.9fe368p6f, -0x1.9fe36ap6f, -0x1.9d1d9ep6f, -0x1.9d1dap6f, -0x1.9fe366p6f};
    enum { ENDS = sizeof ends / sizeof *ends };

    for (int i = 0; i < ROWS; i++)
        margin[i] = i < ENDS ? ends[i] : NAN;
    check_exps();
    ck_assert_float_eq(sg_expf(0), 1);
    ck_assert_float_eq(sg_expf(-HUGE_VALF), 0);
    ck_assert_float_eq(sg_expf(-104), 0);
    ck_assert_float_eq(sg_expf(-103.9f), 0x1p-149f);
    ck_assert(isinf(sg_expf(0x1.62e43p6f)));
    ck_assert(isfinite(sg_expf(0x1.62e42ep6f)));
    ck_assert(isnan(sg_expf(NAN)));
}
END_TEST

START_TEST(log_is_that_of_libm_in_every_binade)
{
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 10007) {
        float x = float_of((uint32_t)bits);

        check_value(sg_gradient_log(x), logf(x));
    }
    check_value(sg_gradient_log(1), 0);
    check_value(sg_gradient_log(-0.0f), -HUGE_VALF);
    check_value(sg_gradient_log(HUGE_VALF), HUGE_VALF);
    ck_assert(isnan(sg_gradient_log(-1)));
    ck_assert(isnan(sg_gradient_log(NAN)));
}
END_TEST

START_TEST(base_margin_is_the_link_of_the_base_score)
{
    static const float rates[] = {1e-6f, 0.03f, 0.3f, 0.5f, 0.75f, 0.999f, 1.0f - 1e-6f};

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        float b = rates[i];

        check_value(sg_gradient_base_margin(SG_LOSS_LOGISTIC, b), -logf(1.0f / b - 1.0f));
        check_value(sg_gradient_base_margin(SG_LOSS_POISSON, b * 40), logf(b * 40));
        check_value(sg_gradient_base_margin(SG_LOSS_SQUARED, b), b);
        check_value(sg_gradient_base_margin(SG_LOSS_SOFTPROB, b), b);
    }
    ck_assert(signbit(sg_gradient_base_margin(SG_LOSS_LOGISTIC, 0.5f)));
}
END_TEST

TCase *
gradient_tests(void)
{
    TCase *tests = tcase_create("gradient");

    tcase_add_loop_test(tests, gradients_are_xgboosts_in_every_number_of_rows, 0, OBJECTIVES);
    tcase_add_test(tests, positive_rows_of_logistic_are_scaled);
    tcase_add_test(tests, gradients_of_a_row_are_those_by_hand);
    tcase_add_test(tests, certain_rows_keep_the_least_hessian);
    tcase_add_test(tests, exp_is_that_of_libm_in_every_binade);
    tcase_add_test(tests, exp_at_its_ends_is_that_of_libm);
    tcase_add_test(tests, log_is_that_of_libm_in_every_binade);
    tcase_add_test(tests, base_margin_is_the_link_of_the_base_score);
    return tests;
}
