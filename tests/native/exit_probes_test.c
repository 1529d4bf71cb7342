/* exit.* on a system that says it is a kernel's. */
#include "exits.h"
#include "fake_platform.h"
#include "probe_fixture.h"

static uint64_t answer;
static int calls_made;
static vb_exit_kind asked;

static uint64_t leave(void) {
    calls_made++;
    return answer;
}

static void find_way(vb_exit_kind kind, vb_platform_exit *exit) {
    asked = kind;
    *exit = (vb_platform_exit){leave, "by-the-door"};
}

static void find_none(vb_exit_kind kind, vb_platform_exit *exit) {
    (void)kind;
    *exit = (vb_platform_exit){NULL, "this machine has no door"};
}

static void become_kernel(void (*find_exit)(vb_exit_kind, vb_platform_exit *)) {
    fake_reset();
    fake_os.find_exit = find_exit;
    answer = 7;
    calls_made = 0;
}

static void each_operation_leaves_once(void) {
    static const struct {
        const char *id;
        vb_exit_kind kind;
    } probes[] = {{"exit.io", VB_EXIT_IO}, {"exit.mmio", VB_EXIT_MMIO}, {"exit.hypercall", VB_EXIT_HYPERCALL}, {"exit.ipi", VB_EXIT_IPI}};
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        become_kernel(find_way);
        CHECK(begin(probes[i].id, 100));
        CHECK(asked == probes[i].kind);
        CHECK(calls_made == 101); /* the first tells what the others have to answer */
        CHECK(section.note_count == 1);
        CHECK_TEXT(section.notes[0].name, "exit");
        CHECK_TEXT(section.notes[0].value, "by-the-door");
        CHECK(verify() == VB_OK);
        end();
        CHECK(fake_mappings == 0);
    }
}

static void another_answer_is_refused(void) {
    become_kernel(find_way);
    REFUSES("exit.io", 3, exits, (void)state; answer = 8; section.workload(section.run.context, 1));
    CHECK(fake_mappings == 0);
}

static void a_machine_without_a_way_says_so(void) {
    become_kernel(find_none);
    CHECK_TEXT(refusal("exit.hypercall"), "this machine has no door");
    CHECK(section.run.unsupported);
    fake_os.find_exit = NULL;
    CHECK_TEXT(refusal("exit.io"), "only a kernel may do this, and this program is none");
    CHECK(section.run.unsupported);
    CHECK(fake_mappings == 0);
}

static void kinds_are_told_by_the_whole_name(void) {
    CHECK(vb_exits_kind("exit.io", 7) == VB_EXIT_IO);
    CHECK(vb_exits_kind("exit.ipi", 8) == VB_EXIT_IPI);
    CHECK(vb_exits_kind("exit.ipi{x=1}", 8) == VB_EXIT_IPI);
    CHECK(vb_exits_kind("exit.i", 6) == -1);
    CHECK(vb_exits_kind("exit.iox", 8) == -1);
    CHECK(vb_exits_kind("", 0) == -1);
}

static const check_test tests[] = {
    TEST(each_operation_leaves_once),
    TEST(another_answer_is_refused),
    TEST(a_machine_without_a_way_says_so),
    TEST(kinds_are_told_by_the_whole_name),
};

CHECK_MAIN(tests)
