#include "check.h"
#include "text.h"

static char bytes[64];

static const char *fixed(double value, int decimals) {
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
    vb_text_fixed(&text, value, decimals);
    bytes[text.length] = '\0';
    return bytes;
}

static const char *number(double value) {
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes) - 1};
    vb_text_number(&text, value);
    bytes[text.length] = '\0';
    return bytes;
}

static void fixed_rounds_half_up_and_carries(void) {
    CHECK_TEXT(fixed(0, 2), "0.00");
    CHECK_TEXT(fixed(123, 2), "123.00");
    CHECK_TEXT(fixed(0.125, 2), "0.13");
    CHECK_TEXT(fixed(0.124, 2), "0.12");
    CHECK_TEXT(fixed(9.996, 2), "10.00");
    CHECK_TEXT(fixed(0.9999999999, 4), "1.0000");
    CHECK_TEXT(fixed(1.5, 0), "2");
    CHECK_TEXT(fixed(-2.25, 1), "-2.3");
    CHECK_TEXT(fixed(0.007, 4), "0.0070");
}

static void fixed_agrees_with_printf(void) {
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double value = ldexp((double)(state >> 11), -(int)(20 + (state & 31)));
        char expected[64];
        snprintf(expected, sizeof(expected), "%.4f", value);
        /* A tie may go the other way: within one unit of the last place. */
        CHECK(fabs(strtod(fixed(value, 4), NULL) - strtod(expected, NULL)) <= 1.01e-4);
        CHECK(strlen(bytes) == strlen(expected) || fabs(value - round(value)) < 1e-3);
    }
}

static void huge_and_non_finite_values_stay_in_bounds(void) {
    CHECK_TEXT(fixed(9007199254740993.0, 2), "9007199254740992.00");
    CHECK_TEXT(fixed(1e18, 0), "1000000000000000000");
    CHECK_TEXT(fixed(1e300, 2), "1.00000000e300");
    CHECK_TEXT(fixed(HUGE_VAL, 2), "Infinity");
    CHECK_TEXT(fixed(-HUGE_VAL, 2), "-Infinity");
    CHECK_TEXT(fixed(NAN, 2), "NaN");
}

static void numbers_take_the_shortest_form(void) {
    CHECK_TEXT(number(0), "0");
    CHECK_TEXT(number(402653184), "402653184");
    CHECK_TEXT(number(-7), "-7");
    CHECK_TEXT(number(8e15), "8000000000000000");
    CHECK_TEXT(number(0.5), "0.5");
    CHECK_TEXT(number(3.25), "3.25");
    CHECK_TEXT(number(123456.75), "123456.75");
    CHECK_TEXT(number(123456789.5), "123456789.5");
    CHECK_TEXT(number(0.9999999999), "1.0");
    CHECK_TEXT(number(1.5e-7), "1.50000000e-7");
    CHECK_TEXT(number(1e100), "1.00000000e100");
}

static void numbers_keep_nine_digits(void) {
    for (double value = 1.23456789012e-12; value < 1e20; value *= 7.3) {
        CHECK_NEAR(strtod(number(value), NULL), value, 5e-9);
    }
}

static void integers_have_both_extremes(void) {
    vb_text text = {.bytes = bytes, .capacity = sizeof(bytes)};
    vb_text_integer(&text, INT64_MIN);
    vb_text_char(&text, ' ');
    vb_text_unsigned(&text, UINT64_MAX, 0);
    vb_text_char(&text, ' ');
    vb_text_unsigned(&text, 7, 3);
    vb_text_hex32(&text, 0x0badf00d);
    vb_text_char(&text, '\0');
    CHECK_TEXT(bytes, "-9223372036854775808 18446744073709551615   70badf00d");
}

static void a_full_buffer_is_not_overrun(void) {
    char small[4] = {'?', '?', '?', '?'};
    vb_text text = {.bytes = small, .capacity = 3};
    vb_text_string(&text, "abcdef");
    CHECK(text.truncated && text.length == 3 && small[3] == '?');
}

static void control_characters_do_not_pass(void) {
    vb_text text = VB_TEXT_OVER(bytes);
    vb_text_printable(&text, "a\033[b\n \x80z", 9);
    vb_text_char(&text, '\0');
    CHECK_TEXT(bytes, "a_[b___z");
}

static void copies_say_whether_they_are_whole(void) {
    char small[4];
    CHECK(vb_string_copy(small, sizeof(small), "abc", 3));
    CHECK_TEXT(small, "abc");
    CHECK(!vb_string_copy(small, sizeof(small), "abcd", 4));
    CHECK_TEXT(small, "abc");
    CHECK(vb_string_copy(small, sizeof(small), "ab\0d", 4));
}

static const check_test tests[] = {
    TEST(fixed_rounds_half_up_and_carries), TEST(fixed_agrees_with_printf),       TEST(huge_and_non_finite_values_stay_in_bounds),
    TEST(numbers_take_the_shortest_form),   TEST(numbers_keep_nine_digits),       TEST(integers_have_both_extremes),
    TEST(a_full_buffer_is_not_overrun),     TEST(control_characters_do_not_pass), TEST(copies_say_whether_they_are_whole),
};

CHECK_MAIN(tests)
