#include "check.h"
#include "net_arrivals.h"

static vb_arrivals arrivals;
static uint64_t now_ns, span_ns;

static void clear(void) {
    arrivals = (vb_arrivals){0};
}

static void each_counts_once_in_any_order(void) {
    static const uint64_t numbers[] = {0, 1, 1, 5, 3, 3, 2, 5, 4, 0};
    clear();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        vb_arrivals_take(&arrivals, numbers[i], ++now_ns);
    }
    CHECK(vb_arrivals_close(&arrivals, 6, &span_ns) == 6);
}

static void what_is_late_for_its_question_counts_no_more(void) {
    clear();
    vb_arrivals_take(&arrivals, 0, ++now_ns);
    CHECK(vb_arrivals_close(&arrivals, 4, &span_ns) == 1);
    vb_arrivals_take(&arrivals, 3, ++now_ns);
    vb_arrivals_take(&arrivals, 4, ++now_ns);
    CHECK(vb_arrivals_close(&arrivals, 8, &span_ns) == 1);
    CHECK(vb_arrivals_close(&arrivals, 12, &span_ns) == 0);
}

static void the_window_slides_without_forgetting_or_inventing(void) {
    clear();
    uint64_t sent = 0, expected = 0;
    for (; sent < 10 * VB_ARRIVALS_WINDOW; sent++) {
        if (sent % 3 != 0) {
            vb_arrivals_take(&arrivals, sent, ++now_ns);
            vb_arrivals_take(&arrivals, sent, ++now_ns);
            expected++;
        }
    }
    vb_arrivals_take(&arrivals, 9 * VB_ARRIVALS_WINDOW + 3, ++now_ns);   /* a third, in the window: late, but there */
    vb_arrivals_take(&arrivals, 9 * VB_ARRIVALS_WINDOW - 300, ++now_ns); /* one that is too late */
    CHECK(vb_arrivals_close(&arrivals, sent, &span_ns) == expected + ((9 * VB_ARRIVALS_WINDOW + 3) % 3 == 0));
}

static void a_jump_forgets_what_was_before_it(void) {
    clear();
    for (uint64_t number = 0; number < VB_ARRIVALS_WINDOW; number++) {
        vb_arrivals_take(&arrivals, number, ++now_ns);
    }
    const uint64_t far = (uint64_t)1 << 60;
    vb_arrivals_take(&arrivals, far, ++now_ns);
    vb_arrivals_take(&arrivals, far - 1, ++now_ns);
    vb_arrivals_take(&arrivals, far - VB_ARRIVALS_WINDOW + 1, ++now_ns);
    vb_arrivals_take(&arrivals, far - VB_ARRIVALS_WINDOW, ++now_ns);
    vb_arrivals_take(&arrivals, 7, ++now_ns);
    CHECK(vb_arrivals_close(&arrivals, far + 1, &span_ns) == VB_ARRIVALS_WINDOW + 3);
    vb_arrivals_take(&arrivals, UINT64_MAX, ++now_ns);
    CHECK(vb_arrivals_close(&arrivals, far + 1, &span_ns) == 0);
}

static void the_time_is_that_from_the_first_to_the_last(void) {
    clear();
    vb_arrivals_take(&arrivals, 1, 1000);
    vb_arrivals_take(&arrivals, 0, 1500);
    vb_arrivals_take(&arrivals, 1, 9000); /* again */
    CHECK(vb_arrivals_close(&arrivals, 2, &span_ns) == 2 && span_ns == 500);
    CHECK(vb_arrivals_close(&arrivals, 4, &span_ns) == 0 && span_ns == 0);
    vb_arrivals_take(&arrivals, 4, 20000);
    CHECK(vb_arrivals_close(&arrivals, 6, &span_ns) == 1 && span_ns == 0);
}

static const check_test tests[] = {
    TEST(each_counts_once_in_any_order),
    TEST(what_is_late_for_its_question_counts_no_more),
    TEST(the_window_slides_without_forgetting_or_inventing),
    TEST(a_jump_forgets_what_was_before_it),
    TEST(the_time_is_that_from_the_first_to_the_last),
};

CHECK_MAIN(tests)
