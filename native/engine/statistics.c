#include "statistics.h"

double vb_median(double *values, int count) {
    for (int gap = count / 2; gap > 0; gap /= 2) { /* Shell's sort: no recursion, no allocation, a few hundred values */
        for (int i = gap; i < count; i++) {
            double value = values[i];
            int j = i;
            for (; j >= gap && values[j - gap] > value; j -= gap) {
                values[j] = values[j - gap];
            }
            values[j] = value;
        }
    }
    double upper = values[count / 2];
    return count % 2 != 0 ? upper : values[count / 2 - 1] / 2 + upper / 2;
}

double vb_student_9995(int degrees) {
    static const double exact[] = {636.619, 31.599, 12.924, 8.610, 6.869, 5.959, 5.408, 5.041, 4.781, 4.587,
                                   4.437,   4.318,  4.221,  4.140, 4.073, 4.015, 3.965, 3.922, 3.883, 3.850,
                                   3.819,   3.792,  3.768,  3.745, 3.725, 3.707, 3.690, 3.674, 3.659, 3.646};
    const int known = sizeof(exact) / sizeof(exact[0]);
    if (degrees <= known) {
        return exact[degrees < 1 ? 0 : degrees - 1];
    }
    /* Cornish-Fisher about the normal quantile z: t = z + (z^3 + z) / 4v + (5z^5 + 16z^3 + 3z) / 96v^2. */
    const double z = 3.290527, v = degrees;
    return z + (z * z * z + z) / (4 * v) + (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * v * v);
}

double vb_relative_error(const double *values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += values[i];
    }
    if (count < 2 || !(sum > 0)) {
        return __builtin_inf();
    }
    double mean = sum / count, squares = 0;
    for (int i = 0; i < count; i++) {
        squares += (values[i] - mean) * (values[i] - mean);
    }
    double standard_error = __builtin_sqrt(squares / (count - 1) / count);
    return vb_student_9995(count - 1) * standard_error / mean;
}
