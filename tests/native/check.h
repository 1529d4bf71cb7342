/* Just enough of a test framework: checks that count and print, and a table of tests. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures;

#define CHECK(condition) check_that((condition) != 0, __FILE__, __LINE__, #condition)
#define CHECK_TEXT(actual, expected) check_text(actual, expected, __FILE__, __LINE__)
#define CHECK_NEAR(actual, expected, relative) check_near(actual, expected, relative, __FILE__, __LINE__)

static inline void check_that(int holds, const char *file, int line, const char *what) {
    if (!holds) {
        check_failures++;
        printf("%s:%d: not so: %s\n", file, line, what);
    }
}

static inline void check_text(const char *actual, const char *expected, const char *file, int line) {
    if (strcmp(actual, expected) != 0) {
        check_failures++;
        printf("%s:%d: \"%s\" instead of \"%s\"\n", file, line, actual, expected);
    }
}

static inline void check_near(double actual, double expected, double relative, const char *file, int line) {
    if (!(fabs(actual - expected) <= relative * fabs(expected))) {
        check_failures++;
        printf("%s:%d: %.12g instead of %.12g\n", file, line, actual, expected);
    }
}

typedef struct check_test {
    const char *name;
    void (*run)(void);
} check_test;

#define TEST(function)                                                                                                                     \
    { #function, function }

static inline int check_all(const check_test *tests, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int before = check_failures;
        tests[i].run();
        printf("%s %s\n", check_failures == before ? "ok  " : "FAIL", tests[i].name);
    }
    printf("%zu tests, %d failed checks\n", count, check_failures);
    return check_failures != 0;
}

#define CHECK_MAIN(tests)                                                                                                                  \
    int main(void) {                                                                                                                       \
        return check_all(tests, sizeof(tests) / sizeof((tests)[0]));                                                                       \
    }

#endif
