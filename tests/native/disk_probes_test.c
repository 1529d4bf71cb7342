/* disk.* on the system that runs the tests: in a directory of its own, and where a file system or a limit refuses. */
#define _GNU_SOURCE
#include "probe_fixture.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char directory[64];
static vb_options options;

/* Runs a probe on a disk as the engine does. */
static int begin_on(const char *disk, const char *specification, intptr_t operations) {
    options.disk = disk;
    fixture_options = &options;
    return begin(specification, operations);
}

/* Whether it runs here and finds its answer right; what this system has no way for is told and passed over. */
static void runs(const char *specification, intptr_t operations) {
    if (!begin_on(directory, specification, operations)) {
        CHECK(section.run.unsupported);
        printf("     %s: not run, %s\n", specification, section.run.error);
    } else {
        const disk_state *state = section.run.context;
        CHECK(state->times.count == (uint64_t)operations);
        CHECK(state->depth == 1 || state->in_flight == state->depth);
        check_that(verify() == VB_OK, __FILE__, __LINE__, section.run.error);
        CHECK(state->in_flight == 0);
        CHECK_TEXT(section.run.metrics[1].name, "bytes");
        CHECK(section.run.metrics[1].value >= (double)operations * (double)state->block_bytes);
        CHECK(section.histogram_count == 1);
    }
    end();
    CHECK(rmdir(directory) == 0 && mkdir(directory, 0700) == 0); /* nothing of ours is left in it */
}

static void transfers_are_direct_and_right(void) {
    static const char *const methods[] = {"auto", "io_uring", "libaio", "pread"};
    static const char *const probes[] = {"randread", "randwrite", "read", "write"};
    for (size_t method = 0; method < 4; method++) {
        for (size_t probe = 0; probe < 4; probe++) {
            for (int depth = 1; depth <= 16; depth += 15) {
                char specification[128];
                snprintf(specification, sizeof(specification), "disk.%s{io=%s,depth=%d,file=8M,block=%s}", probes[probe], methods[method],
                         depth, probe < 2 ? "4K" : "256K");
                runs(specification, 100);
            }
        }
    }
    runs("disk.fsync{file=1M}", 10);
}

/* A disk that shows an old block, or another's. */
static int overwrite(const disk_state *state, uint64_t offset, disk_stamp stamp) {
    *(disk_stamp *)state->memory = stamp;
    vb_disk_transfer transfer = {.offset = offset, .bytes = state->memory, .length = 4096, .slot = 0, .is_write = 1};
    vb_disk_done done;
    return state->disk->start(state->disk, &transfer) == 0 && state->disk->wait(state->disk, &done, 1) == 1 && done.result == 4096;
}

static void what_a_disk_lost_is_seen(void) {
    if (!begin_on(directory, "disk.randwrite{file=1M}", 5)) {
        printf("     not run, %s\n", section.run.error);
        end();
        return;
    }
    disk_state *state = section.run.context;
    vb_disk_done done;
    CHECK(state->disk->wait(state->disk, &done, 1) == 1);
    state->in_flight = 0;
    disk_stamp last = state->recent[4];
    CHECK(overwrite(state, last.place, (disk_stamp){.place = last.place ^ state->salt, .sequence = 0}));
    CHECK(verify() == VB_FAILED);
    CHECK_TEXT(section.run.error, "a block that was written holds what was there before");
    end();

    CHECK(begin_on(directory, "disk.randread{file=4K}", 3));
    state = section.run.context;
    CHECK(state->disk->wait(state->disk, &done, 1) == 1);
    state->in_flight = 0;
    CHECK(overwrite(state, 0, (disk_stamp){.place = state->salt ^ 4096, .sequence = 0}));
    section.workload(section.run.context, 1);
    CHECK_TEXT(section.run.error, "a block that was read is not what was written there");
    end();
}

static const char *refusal_on(const char *disk, const char *specification) {
    begin_on(disk, specification, 0);
    end();
    return section.run.error;
}

static void what_cannot_be_is_told(void) {
    CHECK(strstr(refusal_on(NULL, "disk.randread"), "no disk: ") == section.run.error && section.run.unsupported);
    CHECK_TEXT(refusal_on("/nonexistent/place", "disk.randread"), "disk /nonexistent/place: there is no such directory or block device");
    CHECK(!section.run.unsupported);
    CHECK_TEXT(refusal_on("/dev/null", "disk.randread"), "disk /dev/null: it is neither a directory nor a block device");
    CHECK_TEXT(refusal_on(directory, "disk.randread{io=fast}"), "io must be auto, io_uring, libaio or pread");
    CHECK_TEXT(refusal_on(directory, "disk.read{depth=0}"), "depth must be between 1 and 128");
    CHECK(strstr(refusal_on(directory, "disk.randread{block=3000}"), "block must be") != NULL);
    CHECK(strstr(refusal_on(directory, "disk.randread{file=0}"), "file must be") != NULL);
    CHECK(strstr(refusal_on(directory, "disk.randread{file=6000,block=4096}"), "file must be") != NULL);
    CHECK(strstr(refusal_on(directory, "disk.randread{file=16384G}"), " MiB free and the test file takes 17616077 MiB") != NULL);
    CHECK(strstr(refusal_on("/proc", "disk.randread{file=1M}"), "disk /proc: ") != NULL || strstr(section.run.error, "MiB free") != NULL);
}

static void a_limit_on_files_is_told(void) {
    struct rlimit old, small = {.rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY};
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small.rlim_max = old.rlim_max;
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const char *why = refusal_on(directory, "disk.randread{file=8M}");
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK(section.run.unsupported || strstr(why, "allows no such file") != NULL);
    CHECK(rmdir(directory) == 0 && mkdir(directory, 0700) == 0);
}

/* In a mount namespace of a child: 0 when `check` holds there, 77 when there can be none. */
static int in_mount_namespace(const char *mount_options, unsigned long flags, int (*check)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int is_root = geteuid() == 0;
        if (unshare(CLONE_NEWNS | (is_root ? 0 : CLONE_NEWUSER)) != 0 ||
            (is_root && mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0) ||
            mount("none", directory, "tmpfs", flags, mount_options) != 0) {
            _exit(77);
        }
        int holds = check();
        fflush(stdout);
        _exit(!holds);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int is_read_only(void) {
    const char *why = refusal_on(directory, "disk.randread{file=1M}");
    printf("     %s\n", why);
    return strstr(why, ": it is read-only") != NULL && !section.run.unsupported;
}

static int has_no_room(void) {
    const char *why = refusal_on(directory, "disk.randread{file=4M}");
    printf("     %s\n", why);
    return strstr(why, "the directory has 4 MiB free and the test file takes 5 MiB") != NULL;
}

/* Full by the time that it is filled: it has a test file's room and not its inode. */
static int is_full(void) {
    const char *why = refusal_on(directory, "disk.randread{file=1M}");
    printf("     %s\n", why);
    return strstr(why, ": it is full") != NULL && !section.run.unsupported;
}

static void expect(int status, const char *what) {
    if (status == 77) {
        printf("     %s: not run, this system gives us no mount namespace\n", what);
    } else {
        check_that(status == 0, __FILE__, __LINE__, what);
    }
}

static void full_and_read_only_file_systems_are_told(void) {
    expect(in_mount_namespace("size=4M", MS_RDONLY, is_read_only), "a read-only file system");
    expect(in_mount_namespace("size=4M", 0, has_no_room), "a small file system");
    expect(in_mount_namespace("size=4M,nr_inodes=1", 0, is_full), "a full file system");
}

static const check_test tests[] = {
    TEST(transfers_are_direct_and_right),
    TEST(what_a_disk_lost_is_seen),
    TEST(what_cannot_be_is_told),
    TEST(a_limit_on_files_is_told),
    TEST(full_and_read_only_file_systems_are_told),
};

int main(void) {
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof(directory), "%.40s/vb-disk-XXXXXX", parent != NULL ? parent : "/var/tmp");
    if (mkdtemp(directory) == NULL) {
        perror(directory);
        return 1;
    }
    int status = check_all(tests, sizeof(tests) / sizeof(tests[0]));
    rmdir(directory);
    return status;
}
