/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Sphere, Branin, Rosenbrock (two boxes), Hartmann 6 as everybody has them (Surjanovic and
 * Bingham, Virtual Library of Simulation Experiments); "mixed" has one dimension of each
 * kind; "cond" has two branches with dimensions of their own.
 */

#include "tune/objectives.h"

#include <math.h>

static const double pi = 3.14159265358979323846;
static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

static int
box(segml_dimension *dimensions, int count, double low, double high)
{
    for (int d = 0; d < count; d++) {
        dimensions[d] = (segml_dimension)SEGML_DIMENSION_INIT;
        dimensions[d].name = names[d];
        dimensions[d].low = low;
        dimensions[d].high = high;
    }
    return count;
}

static int
sphere_space(segml_dimension *dimensions)
{
    return box(dimensions, 2, -5.12, 5.12);
}

static double
sphere(const double *x)
{
    return x[0] * x[0] + x[1] * x[1];
}

static int
branin_space(segml_dimension *dimensions)
{
    box(dimensions, 2, -5, 10);
    dimensions[1].low = 0;
    dimensions[1].high = 15;
    return 2;
}

static double
branin(const double *x)
{
    double valley = x[1] - 5.1 / (4 * pi * pi) * x[0] * x[0] + 5 / pi * x[0] - 6;

    return valley * valley + 10 * (1 - 1 / (8 * pi)) * cos(x[0]) + 10;
}

static int
rosenbrock_space(segml_dimension *dimensions)
{
    return box(dimensions, 4, -5, 10);
}

static int
small_rosenbrock_space(segml_dimension *dimensions)
{
    return box(dimensions, 4, -2.048, 2.048);
}

static double
rosenbrock(const double *x)
{
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double bend = x[i + 1] - x[i] * x[i];

        sum += 100 * bend * bend + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
}

static int
hartmann_space(segml_dimension *dimensions)
{
    return box(dimensions, 6, 0, 1);
}

static double
hartmann(const double *x)
{
    static const double height[4] = {1.0, 1.2, 3.0, 3.2};
    static const double steepness[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                                           {0.05, 10, 17, 0.1, 8, 14},
                                           {3, 3.5, 1.7, 10, 17, 8},
                                           {17, 8, 0.05, 10, 0.1, 14}};
    static const double place[4][6] = {{1312, 1696, 5569, 124, 8283, 5886},
                                       {2329, 4135, 8307, 3736, 1004, 9991},
                                       {2348, 1451, 3522, 2883, 3047, 6650},
                                       {4047, 8828, 8732, 5743, 1091, 381}};
    double sum = 0;

    for (int i = 0; i < 4; i++) {
        double exponent = 0;

        for (int d = 0; d < 6; d++) {
            double distance = x[d] - 1e-4 * place[i][d];

            exponent += steepness[i][d] * distance * distance;
        }
        sum -= height[i] * exp(-exponent);
    }
    return sum;
}

static int
mixed_space(segml_dimension *dimensions)
{
    static const double letters[4] = {0, 1, 2, 3};

    box(dimensions, 5, 1e-4, 1);
    dimensions[0].logarithmic = 1;
    dimensions[1].kind = SEGML_DIMENSION_INT;
    dimensions[1].low = 1;
    dimensions[1].high = 16;
    dimensions[2].kind = SEGML_DIMENSION_INT;
    dimensions[2].logarithmic = 1;
    dimensions[2].low = 1;
    dimensions[2].high = 1024;
    dimensions[3].low = 0.3;
    dimensions[3].step = 0.05;
    dimensions[4].kind = SEGML_DIMENSION_CATEGORICAL;
    dimensions[4].choices = letters;
    dimensions[4].choice_count = 4;
    return 5;
}

static double
mixed(const double *x)
{
    static const double offset[4] = {0.5, 0, 1, 0.2};
    double rate = log10(x[0]) + 2, depth = x[1] - 6, number = log2(x[2]) - 7, share = x[3] - 0.8;

    return rate * rate + 0.05 * depth * depth + 0.2 * number * number + 4 * share * share +
           offset[(int)x[4]];
}

static int
conditional_space(segml_dimension *dimensions)
{
    static const double branches[2] = {0, 1};

    box(dimensions, 5, 0, 1);
    dimensions[0].kind = SEGML_DIMENSION_CATEGORICAL;
    dimensions[0].choices = branches;
    dimensions[0].choice_count = 2;
    dimensions[1].low = -1;
    for (int d = 2; d < 5; d++) {
        dimensions[d].parent = names[0];
        dimensions[d].parent_low = dimensions[d].parent_high = d < 4 ? 0 : 1;
    }
    dimensions[3].kind = SEGML_DIMENSION_INT;
    dimensions[3].low = 1;
    dimensions[3].high = 9;
    dimensions[4].logarithmic = 1;
    dimensions[4].low = 1e-3;
    dimensions[4].high = 1e3;
    return 5;
}

static double
conditional(const double *x)
{
    double other = log10(x[4]) - 1;

    if (x[0] == 0)
        return 10 * (x[2] - 0.3) * (x[2] - 0.3) + 0.1 * (x[3] - 3) * (x[3] - 3) + x[1] * x[1];
    return 0.25 + 0.3 * other * other + x[1] * x[1];
}

const objective objectives[OBJECTIVES] = {
    {"sphere2", 0, sphere_space, sphere, 16.4},
    {"branin", 0.397887, branin_space, branin, 4.90},
    {"rosen4", 0, rosenbrock_space, rosenbrock, 11.5},
    {"rosen4s", 0, small_rosenbrock_space, rosenbrock, 5.73},
    {"hart6", -3.32237, hartmann_space, hartmann, 3.46},
    {"mixed", 0, mixed_space, mixed, 2.89},
    {"cond", 0, conditional_space, conditional, 1.56},
};
