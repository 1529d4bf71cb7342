/* disk.* on a scripted disk: what it answers when it is asked wrongly, ends badly or lies. */
#include "fake_platform.h"
#include "probe_fixture.h"

enum { MEDIUM_BYTES = 4 << 20 };

/* A disk in memory that ends transfers one by one, the first started first, until the script lets one end otherwise. */
static struct {
    uint8_t medium[MEDIUM_BYTES];
    vb_disk_place place;
    int look_error, open_error, flush_error, start_error;
    int64_t result;      /* of the transfer that ... */
    uint64_t transfers;  /* ... is this one, from 1; 0: none */
    int wait_error;      /* of that one's wait */
    int lost_write;      /* that one is not carried out */
    uint32_t wrong_slot; /* added to that one's slot */
    uint64_t ended;
    vb_disk_transfer queue[DISK_DEPTH_MAX];
    int queued, most_queued;
    vb_disk_request request;
    int closed;
} script;

static int fake_start(vb_disk *disk, const vb_disk_transfer *transfer) {
    (void)disk;
    if (script.start_error != 0) {
        return script.start_error;
    }
    script.queue[script.queued++] = *transfer;
    script.most_queued = script.queued > script.most_queued ? script.queued : script.most_queued;
    return 0;
}

static void carry_out(const vb_disk_transfer *transfer) {
    uint8_t *place = script.medium + transfer->offset;
    if (transfer->is_write) {
        memcpy(place, transfer->bytes, transfer->length);
    } else {
        memcpy(transfer->bytes, place, transfer->length);
    }
}

static int fake_wait(vb_disk *disk, vb_disk_done *done, int most) {
    (void)disk;
    CHECK(most >= 1 && script.queued >= 1);
    vb_disk_transfer first = script.queue[0];
    int is_scripted = ++script.ended == script.transfers;
    if (is_scripted && script.wait_error != 0) {
        return script.wait_error;
    }
    memmove(script.queue, script.queue + 1, (size_t)--script.queued * sizeof(first));
    if (!is_scripted || !script.lost_write) {
        carry_out(&first);
    }
    *done = (vb_disk_done){
        .slot = first.slot + (is_scripted ? script.wrong_slot : 0),
        .result = is_scripted && script.result != 0 ? script.result : (int64_t)first.length,
    };
    return 1;
}

static int fake_flush(vb_disk *disk) {
    (void)disk;
    return script.flush_error;
}

static void fake_forget(vb_disk *disk) {
    (void)disk;
}

static void fake_close(vb_disk *disk) {
    (void)disk;
    script.closed++;
}

static const vb_options options = {.disk = "/dev/a"};

static vb_disk the_disk = {
    .method = "scripted", .start = fake_start, .wait = fake_wait, .flush = fake_flush, .forget = fake_forget, .close = fake_close};

static int fake_look(const char *path, vb_disk_place *place) {
    (void)path;
    *place = script.place;
    return script.look_error;
}

static vb_disk *fake_open(const vb_disk_request *request, int *error) {
    script.request = *request;
    *error = script.open_error;
    return script.open_error == 0 ? &the_disk : NULL;
}

static const vb_platform_disk fake_calls = {.look = fake_look, .open = fake_open};

static void reset(void) {
    fake_reset();
    memset(&script, 0, sizeof(script));
    script.place = (vb_disk_place){.is_device = 1, .bytes = MEDIUM_BYTES};
    fake_disk = &fake_calls;
    fixture_options = &options;
}

/* Filled in four pieces of 1 MiB: the first transfer of the workload is the fifth. */
static const char specification[] = "disk.randread{file=4M}";
enum { FIRST = 5 };

static void as_many_are_in_flight_as_asked(void) {
    reset();
    CHECK(begin("disk.randwrite{file=4M,depth=16,io=libaio}", 100));
    CHECK(script.request.depth == 16 && script.request.method == VB_DISK_LIBAIO && script.request.bytes == 4 << 20);
    CHECK(script.most_queued == 16 && script.queued == 16);
    CHECK(verify() == VB_OK && script.queued == 0);
    end();
    CHECK(script.closed == 1 && fake_mappings == 0);
}

static void blocks_are_read_in_order(void) {
    reset();
    CHECK(begin("disk.read{file=4M,block=1M}", 0));
    for (uint64_t i = 0; i < 6; i++) {
        section.workload(section.run.context, 1);
        CHECK(script.queue[0].offset == (i + 1) % 4 << 20 && script.queue[0].length == 1 << 20 && !script.queue[0].is_write);
    }
    CHECK(verify() == VB_OK);
    end();
}

/* The reason with which a run of the probe ends. */
static const char *ends(const char *probe) {
    if (begin(probe, 10)) {
        verify();
    }
    end();
    CHECK(fake_mappings == 0);
    return section.run.error;
}

static void what_does_not_open_says_why(void) {
    static const struct {
        int error, is_unsupported;
        const char *reason;
    } cases[] = {
        {VB_DISK_IN_USE, 0, "disk /dev/a: it is mounted or in use by another program"},
        {VB_DISK_DENIED, 0, "disk /dev/a: this program may not write there"},
        {VB_DISK_READ_ONLY, 0, "disk /dev/a: it is read-only"},
        {VB_DISK_FULL, 0, "disk /dev/a: it is full: give more room or a smaller file="},
        {VB_DISK_NO_DIRECT, 1, "disk /dev/a: no direct I/O there, or none in such blocks"},
        {VB_DISK_NO_METHOD, 1, "disk /dev/a: this system refuses the method; io=auto finds another"},
        {VB_DISK_ONE_AT_A_TIME, 1, "disk /dev/a: this system moves one block at a time: only depth=1"},
        {VB_DISK_OTHER - 42, 0, "disk /dev/a: the system's error 42"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        reset();
        script.open_error = cases[i].error;
        CHECK_TEXT(ends(specification), cases[i].reason);
        CHECK(section.run.unsupported == cases[i].is_unsupported);
    }
    reset();
    script.look_error = VB_DISK_NOT_FOUND;
    CHECK_TEXT(ends(specification), "disk /dev/a: there is no such directory or block device");
    reset();
    fake_disk = NULL;
    CHECK_TEXT(ends(specification), "this system has no disk");
    CHECK(section.run.unsupported);
}

static void a_disk_is_large_enough(void) {
    reset();
    CHECK_TEXT(ends("disk.randread{file=5M}"), "the device has 4 MiB, less than file= of 5 MiB: give a smaller file=");
    reset();
    script.place = (vb_disk_place){.bytes = 4 << 20, .system = "xfs"};
    CHECK(strstr(ends(specification), "the directory has 4 MiB free and the test file takes 5 MiB (with 5 % to spare)") != NULL);
}

static void what_ends_badly_says_how(void) {
    reset();
    script.transfers = FIRST + 3;
    script.result = 512;
    CHECK_TEXT(ends(specification), "disk /dev/a: a transfer moved only 512 bytes");
    reset();
    script.transfers = FIRST + 3;
    script.result = VB_DISK_IO_ERROR;
    CHECK_TEXT(ends(specification), "disk /dev/a: it reports an I/O error; the system's log may say more");
    reset();
    script.transfers = 2; /* while it is filled */
    script.result = VB_DISK_FULL;
    CHECK_TEXT(ends(specification), "disk /dev/a: it is full: give more room or a smaller file=");
    reset();
    script.transfers = FIRST;
    script.wait_error = VB_DISK_TIMEOUT;
    CHECK_TEXT(ends(specification), "disk /dev/a: it hangs: nothing ended for seconds");
    CHECK(script.ended == FIRST); /* and is asked no more */
    reset();
    script.flush_error = VB_DISK_IO_ERROR;
    CHECK_TEXT(ends("disk.fsync{file=4M}"), "disk /dev/a: it reports an I/O error; the system's log may say more");
    reset();
    script.flush_error = VB_DISK_NO_FLUSH;
    CHECK_TEXT(ends("disk.fsync{file=4M}"), "disk /dev/a: this system does not flush a block device: what fsync says there means nothing");
    CHECK(section.run.unsupported);
    CHECK_TEXT(ends(specification), "");
    reset();
    script.start_error = VB_DISK_OTHER - 7;
    CHECK_TEXT(ends(specification), "disk /dev/a: the system's error 7");
    reset();
    script.transfers = FIRST + 1;
    script.wrong_slot = 1;
    CHECK_TEXT(ends(specification), "the system ended a transfer that nobody started");
}

static void a_disk_that_lies_is_seen(void) {
    reset();
    script.transfers = FIRST + 4;
    script.lost_write = 1; /* of a read: what was there before stays in memory */
    CHECK_TEXT(ends(specification), "a block that was read is not what was written there");
    reset();
    script.transfers = FIRST + 9;
    script.lost_write = 1;
    CHECK_TEXT(ends("disk.write{file=4M,block=4K}"), "a block that was written holds what was there before");
    reset();
    script.transfers = FIRST + 9;
    script.lost_write = 1;
    CHECK_TEXT(ends("disk.fsync{file=4M}"), "a block that was written holds what was there before");
}

static const check_test tests[] = {
    TEST(as_many_are_in_flight_as_asked), TEST(blocks_are_read_in_order), TEST(what_does_not_open_says_why),
    TEST(a_disk_is_large_enough),         TEST(what_ends_badly_says_how), TEST(a_disk_that_lies_is_seen),
};

CHECK_MAIN(tests)
