#include "check.h"
#include "net_arrivals.h"

static vb_arrivals arrivals;

static void clear(void) {
    arrivals = (vb_arrivals){0};
}

static void each_counts_once_in_any_order(void) {
    static const uint64_t numbers[] = {0, 1, 1, 5, 3, 3, 2, 5, 4, 0};
    clear();
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        vb_arrivals_take(&arrivals, numbers[i]);
    }
    CHECK(vb_arrivals_close(&arrivals, 6) == 6);
}

static void what_is_late_for_its_question_counts_no_more(void) {
    clear();
    vb_arrivals_take(&arrivals, 0);
    CHECK(vb_arrivals_close(&arrivals, 4) == 1);
    vb_arrivals_take(&arrivals, 3);
    vb_arrivals_take(&arrivals, 4);
    CHECK(vb_arrivals_close(&arrivals, 8) == 1);
    CHECK(vb_arrivals_close(&arrivals, 12) == 0);
}

static void the_window_slides_without_forgetting_or_inventing(void) {
    clear();
    uint64_t sent = 0, expected = 0;
    for (; sent < 10 * VB_ARRIVALS_WINDOW; sent++) {
        if (sent % 3 != 0) {
            vb_arrivals_take(&arrivals, sent);
            vb_arrivals_take(&arrivals, sent);
            expected++;
        }
    }
    vb_arrivals_take(&arrivals, 9 * VB_ARRIVALS_WINDOW + 3);   /* a third, in the window: late, but there */
    vb_arrivals_take(&arrivals, 9 * VB_ARRIVALS_WINDOW - 300); /* one that is too late */
    CHECK(vb_arrivals_close(&arrivals, sent) == expected + ((9 * VB_ARRIVALS_WINDOW + 3) % 3 == 0));
}

static void a_jump_forgets_what_was_before_it(void) {
    clear();
    for (uint64_t number = 0; number < VB_ARRIVALS_WINDOW; number++) {
        vb_arrivals_take(&arrivals, number);
    }
    const uint64_t far = (uint64_t)1 << 60;
    vb_arrivals_take(&arrivals, far);
    vb_arrivals_take(&arrivals, far - 1);
    vb_arrivals_take(&arrivals, far - VB_ARRIVALS_WINDOW + 1);
    vb_arrivals_take(&arrivals, far - VB_ARRIVALS_WINDOW);
    vb_arrivals_take(&arrivals, 7);
    CHECK(vb_arrivals_close(&arrivals, far + 1) == VB_ARRIVALS_WINDOW + 3);
    vb_arrivals_take(&arrivals, UINT64_MAX);
    CHECK(vb_arrivals_close(&arrivals, far + 1) == 0);
}

static const check_test tests[] = {
    TEST(each_counts_once_in_any_order),
    TEST(what_is_late_for_its_question_counts_no_more),
    TEST(the_window_slides_without_forgetting_or_inventing),
    TEST(a_jump_forgets_what_was_before_it),
};

CHECK_MAIN(tests)
