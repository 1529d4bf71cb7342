#include "check.h"
#include "fake_platform.h"
#include "section.h"

static vb_section section;

/* The message when the text is refused, "" when it is read. */
static const char *read(const char *accepted, const char *specification) {
    section = (vb_section){0};
    vb_specification_read(&section.run, accepted, specification);
    return section.run.error;
}

static void values_are_found_by_name(void) {
    CHECK_TEXT(read("bytes=1 width=0", "mem.triad{bytes=64K,width=256}"), "");
    CHECK(section.run.parameter_count == 2);
    CHECK(vb_parameter_integer(&section.run, "bytes", 1) == 65536);
    CHECK(vb_parameter_integer(&section.run, "width", 0) == 256);
    CHECK_TEXT(vb_parameter_text(&section.run, "width", "x"), "256");
    CHECK_TEXT(section.run.error, "");
}

static void what_was_not_given_is_the_fallback(void) {
    CHECK_TEXT(read("bytes=1 width=0", "mem.triad"), "");
    CHECK(vb_parameter_integer(&section.run, "bytes", 17) == 17);
    CHECK_TEXT(vb_parameter_text(&section.run, "width", "none"), "none");
}

static void malformed_specifications_are_refused(void) {
    CHECK_TEXT(read("a=1", "p{a=1"), "parameters have no closing brace");
    CHECK_TEXT(read("a=1", "p{a=1}x"), "text after the closing brace of the parameters");
    CHECK_TEXT(read("a=1", "p{}"), "expected name=value, not ''");
    CHECK_TEXT(read("a=1", "p{a}"), "expected name=value, not 'a'");
    CHECK_TEXT(read("a=1", "p{a=}"), "expected name=value, not 'a='");
    CHECK_TEXT(read("a=1", "p{=1}"), "expected name=value, not '=1'");
    CHECK_TEXT(read("a=1", "p{a=1,}"), "expected name=value, not ''");
    CHECK_TEXT(read("a=1", "p{a=1,a=2}"), "parameter given twice: a");
    CHECK_TEXT(read("a=1", "p{a=1 2}"), "parameter has a character that is not printable: a");
    CHECK_TEXT(read("a=1", "p{a=1\n2}"), "parameter has a character that is not printable: a");
}

static void unknown_names_are_refused(void) {
    CHECK_TEXT(read("bytes=1 width=0", "p{byte=1}"), "no parameter 'byte'; see --list");
    CHECK_TEXT(read("bytes=1 width=0", "p{bytess=1}"), "no parameter 'bytess'; see --list");
    CHECK_TEXT(read("bytes=1 width=0", "p{idth=1}"), "no parameter 'idth'; see --list");
    CHECK_TEXT(read("", "p{a=1}"), "no parameter 'a'; there are none");
    CHECK_TEXT(read("a=1", "p{\033[2J=1}"), "no parameter '_[2J'; see --list");
}

static void too_long_and_too_many_are_refused(void) {
    char name[200] = "p{";
    memset(name + 2, 'n', 60);
    strcpy(name + 62, "=1}");
    CHECK(strncmp(read("a=1", name), "parameter too long: nnnn", 24) == 0);
    char value[200] = "p{a=";
    memset(value + 4, '1', 60);
    strcpy(value + 64, "}");
    CHECK(strncmp(read("a=1", value), "parameter too long: a=1", 23) == 0);
    CHECK_TEXT(read("a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1", "p{a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1}"), "too many parameters");
}

static void integers_are_read_whole_or_not_at_all(void) {
    int64_t value;
    CHECK(vb_read_integer("0", &value) && value == 0);
    CHECK(vb_read_integer("-5", &value) && value == -5);
    CHECK(vb_read_integer("3M", &value) && value == 3 << 20);
    CHECK(vb_read_integer("2G", &value) && value == (int64_t)2 << 30);
    CHECK(vb_read_integer("9223372036854775807", &value) && value == INT64_MAX);
    const char *const bad[] = {"", "-", "x", "1x", "1KK", "K", "1.5", " 1", "+1", "0x10", "9223372036854775808", "9223372036854775807K"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!vb_read_integer(bad[i], &value));
    }
}

static void decimals_are_read_whole_or_not_at_all(void) {
    double value;
    CHECK(vb_read_decimal("0.25", &value) && value == 0.25);
    CHECK(vb_read_decimal("12", &value) && value == 12);
    CHECK(vb_read_decimal(".5", &value) && value == 0.5);
    const char *const bad[] = {"", ".", "1.2.3", "1e3", "-1", "1 ", "nan", "1111111111111111111"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!vb_read_decimal(bad[i], &value));
    }
}

static void a_bad_integer_fails_the_run(void) {
    read("bytes=1", "p{bytes=12q}");
    CHECK(vb_parameter_integer(&section.run, "bytes", 3) == 3);
    CHECK_TEXT(section.run.error, "parameter 'bytes' takes a whole number (K, M, G allowed)");
    CHECK(!section.run.unsupported);
}

static const check_test tests[] = {
    TEST(values_are_found_by_name),
    TEST(what_was_not_given_is_the_fallback),
    TEST(malformed_specifications_are_refused),
    TEST(unknown_names_are_refused),
    TEST(too_long_and_too_many_are_refused),
    TEST(integers_are_read_whole_or_not_at_all),
    TEST(decimals_are_read_whole_or_not_at_all),
    TEST(a_bad_integer_fails_the_run),
};

CHECK_MAIN(tests)
