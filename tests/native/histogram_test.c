#include "check.h"
#include "histogram.h"

static vb_histogram histogram;

static void clear(void) {
    memset(&histogram, 0, sizeof(histogram));
}

static void an_empty_one_has_nothing(void) {
    clear();
    CHECK(vb_histogram_percentile(&histogram, 50) == 0);
}

static void small_values_are_exact(void) {
    clear();
    for (uint64_t value = 1; value <= 1000; value++) {
        vb_histogram_add(&histogram, value);
    }
    CHECK(vb_histogram_percentile(&histogram, 50) == 500);
    CHECK(vb_histogram_percentile(&histogram, 90) == 900);
    CHECK(vb_histogram_percentile(&histogram, 99) == 990);
    CHECK(vb_histogram_percentile(&histogram, 99.95) == 1000);
    CHECK(vb_histogram_percentile(&histogram, 100) == 1000);
    CHECK(histogram.highest == 1000);
}

static void every_value_keeps_three_digits(void) {
    for (uint64_t value = 1; value < (uint64_t)1 << 37; value = value * 5 / 4 + 1) {
        clear();
        vb_histogram_add(&histogram, value);
        vb_histogram_add(&histogram, (uint64_t)1 << 40); /* so that the highest does not hide the slot */
        uint64_t read = vb_histogram_percentile(&histogram, 50);
        CHECK(read >= value && (double)(read - value) <= 0.001 * (double)value);
    }
}

static void beyond_the_range_is_counted_in_the_last_slot(void) {
    clear();
    vb_histogram_add(&histogram, UINT64_MAX);
    CHECK(histogram.highest == UINT64_MAX && histogram.count == 1);
    CHECK(vb_histogram_percentile(&histogram, 100) > (uint64_t)1 << 36);
}

static const check_test tests[] = {
    TEST(an_empty_one_has_nothing),
    TEST(small_values_are_exact),
    TEST(every_value_keeps_three_digits),
    TEST(beyond_the_range_is_counted_in_the_last_slot),
};

CHECK_MAIN(tests)
