/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Figures: one row per name, one dot per series, a horizontal axis. Dots and not bars,
 * because most of what is shown is far from 0 and the differences are what matters.
 * Colours are those of Okabe and Ito, which colour-blind people can tell apart.
 */

#include "figure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

enum { LEFT = 230, WIDTH = 560, RIGHT = 30, TOP = 70, ROW = 26, BOTTOM = 40 };

static const char *const colour[FIGURE_SERIES] = {"#0072B2", "#E69F00", "#009E73",
                                                  "#CC79A7", "#D55E00", "#56B4E9"};

static double
place(const figure *f, double value)
{
    return LEFT + WIDTH * (value - f->low) / (f->high - f->low);
}

static void
draw_axis(FILE *out, const figure *f, double bottom)
{
    int ticks = (int)floor((f->high - f->low) / f->tick + 1e-9);

    for (int t = 0; t <= ticks; t++) {
        double value = f->low + t * f->tick, x = place(f, value);

        fprintf(out, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", x,
                x, TOP - 8, bottom);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.4g</text>\n", x,
                bottom + 18, fabs(value) < 1e-9 ? 0 : value);
    }
}

static void
draw_dots(FILE *out, const figure *f)
{
    for (int r = 0; r < f->rows; r++) {
        double y = TOP + ROW * (r + 0.5);

        fprintf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", LEFT - 12, y + 4,
                f->row_name[r]);
        for (int s = 0; s < f->series; s++) {
            double value = f->value[r * f->series + s];

            if (!isnan(value))
                fprintf(out,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\" "
                        "fill-opacity=\"0.85\"><title>%s, %s: %.4g</title></circle>\n",
                        place(f, value), y, colour[s], f->row_name[r], f->series_name[s], value);
        }
    }
}

static void
draw(FILE *out, const figure *f)
{
    double bottom = TOP + ROW * f->rows;
    int width = LEFT + WIDTH + RIGHT;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"12\" y=\"22\" font-size=\"15\">%s</text>\n",
            width, bottom + BOTTOM, f->title);
    for (int s = 0; s < f->series; s++) {
        double x = LEFT + s * (double)WIDTH / f->series;

        fprintf(out,
                "<circle cx=\"%.1f\" cy=\"42\" r=\"5\" fill=\"%s\"/>\n"
                "<text x=\"%.1f\" y=\"46\">%s</text>\n",
                x, colour[s], x + 10, f->series_name[s]);
    }
    draw_axis(out, f, bottom);
    draw_dots(out, f);
    fprintf(out, "</svg>\n");
}

static void
list(FILE *out, const figure *f)
{
    fprintf(out, "name");
    for (int s = 0; s < f->series; s++)
        fprintf(out, ",\"%s\"", f->series_name[s]);
    for (int r = 0; r < f->rows; r++) {
        fprintf(out, "\n\"%s\"", f->row_name[r]);
        for (int s = 0; s < f->series; s++) {
            double value = f->value[r * f->series + s];

            if (isnan(value))
                fprintf(out, ",");
            else
                fprintf(out, ",%.6g", value);
        }
    }
    fprintf(out, "\n");
}

static int
write_one(const figure *f, const char *folder, const char *name, const char *ending,
          void (*print)(FILE *out, const figure *f))
{
    char path[4096];
    FILE *out;
    int failed;

    if (snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    out = fopen(path, "w");
    if (out == NULL)
        return -1;
    print(out, f);
    failed = ferror(out);
    return fclose(out) != 0 || failed ? -1 : 0;
}

int
figure_write(const figure *f, const char *folder, const char *name)
{
    int rc = write_one(f, folder, name, "svg", draw);

    return rc == 0 ? write_one(f, folder, name, "csv", list) : rc;
}
