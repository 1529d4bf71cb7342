#include "check.h"
#include "statistics.h"

static void median_of_odd_and_even(void) {
    double odd[] = {5, 1, 4, 2, 3}, even[] = {4, 1, 3, 2}, one[] = {7};
    CHECK(vb_median(odd, 5) == 3);
    CHECK(vb_median(even, 4) == 2.5);
    CHECK(vb_median(one, 1) == 7);
}

static void median_sorts_many(void) {
    double values[1001];
    for (int i = 0; i < 1001; i++) {
        values[i] = (i * 619) % 1001; /* a permutation of 0..1000 */
    }
    CHECK(vb_median(values, 1001) == 500);
    for (int i = 0; i < 1001; i++) {
        CHECK(values[i] == i);
    }
}

/* Tables of the distribution: t(0.9995; v). */
static void student_quantiles(void) {
    CHECK_NEAR(vb_student_9995(1), 636.619, 1e-5);
    CHECK_NEAR(vb_student_9995(10), 4.587, 1e-3);
    CHECK_NEAR(vb_student_9995(30), 3.646, 1e-3);
    CHECK_NEAR(vb_student_9995(40), 3.551, 5e-3);
    CHECK_NEAR(vb_student_9995(60), 3.460, 5e-3);
    CHECK_NEAR(vb_student_9995(120), 3.373, 2e-3);
    CHECK_NEAR(vb_student_9995(100000), 3.291, 1e-3);
    for (int degrees = 1; degrees < 200; degrees++) {
        CHECK(vb_student_9995(degrees + 1) < vb_student_9995(degrees));
    }
}

static void relative_error_of_a_known_sample(void) {
    double sample[] = {10, 12, 14}; /* mean 12, standard deviation 2, t(2) = 31.599 */
    CHECK_NEAR(vb_relative_error(sample, 3), 31.599 * 2 / sqrt(3) / 12, 1e-6);
    double equal[] = {3, 3, 3, 3};
    CHECK(vb_relative_error(equal, 4) == 0);
}

static void too_little_to_tell_is_infinite(void) {
    double values[] = {1, 2}, zeros[] = {0, 0, 0};
    CHECK(isinf(vb_relative_error(values, 1)));
    CHECK(isinf(vb_relative_error(zeros, 3)));
}

static const check_test tests[] = {
    TEST(median_of_odd_and_even),         TEST(median_sorts_many), TEST(student_quantiles), TEST(relative_error_of_a_known_sample),
    TEST(too_little_to_tell_is_infinite),
};

CHECK_MAIN(tests)
