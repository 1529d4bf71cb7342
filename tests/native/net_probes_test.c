/* net.* and their server on a network in memory that loses, doubles, delays, cuts and lies as the script says. */
#include "fake_net.h"
#include "fake_platform.h"
#include "probe_fixture.h"

#define PEER "--peer=10.0.0.2:5001"

/* Runs the guest program with one probe on the network as it is scripted; what it printed is in fake_console. */
static int run(const char *peer, const char *probe) {
    const char *argv[] = {"vbprobe", "--iteration-ms=1", "--budget-ms=50", "--warmup=1", "--min=2", "--max=2", probe, peer};
    int count = 0, argc = peer != NULL ? 8 : 7;
    if (peer != NULL) {
        argv[6] = peer;
        argv[7] = probe;
    }
    while (vb_probes[count] != NULL) {
        count++;
    }
    return vb_main(argc, argv, "c", "0123abcd", vb_probes, count);
}

static double metric(const char *name) {
    char begin[64];
    snprintf(begin, sizeof(begin), "// VB: metric name=%s value=", name);
    const char *at = strstr(fake_console, begin);
    CHECK(at != NULL);
    return at != NULL ? strtod(at + strlen(begin), NULL) : NAN;
}

/* Whether the one section failed, and with this reason alone. */
#define FAILS(probe, reason)                                                                                                               \
    do {                                                                                                                                   \
        CHECK(run(PEER, probe) == 1);                                                                                                      \
        CHECK(fake_count("// VB: error reason=") == 1);                                                                                    \
        const char *said = strstr(fake_console, "// VB: error reason=");                                                                   \
        check_that(said != NULL && strstr(said, reason) != NULL, __FILE__, __LINE__, said != NULL ? said : probe);                         \
        CHECK(fake_mappings == 0);                                                                                                         \
        CHECK(fake_net_end() == 0);                                                                                                        \
    } while (0)

static const char *const all[] = {
    "net.tcp-stream",
    "net.tcp-stream{direction=rx}",
    "net.tcp-stream{streams=4}",
    "net.tcp-stream{direction=rx,streams=4}",
    "net.udp-stream",
    "net.udp-stream{size=1472}",
    "net.tcp-rr",
    "net.udp-rr",
    "net.tcp-rr{rate=100000}",
    "net.udp-rr{rate=1000}",
    "net.tcp-crr",
};
enum { ALL = sizeof(all) / sizeof(all[0]) };

static void each_runs_and_leaves_nothing_open(void) {
    for (int i = 0; i < ALL; i++) {
        fake_net_reset();
        check_that(run(PEER, all[i]) == 0, __FILE__, __LINE__, all[i]);
        CHECK(fake_count("// AfterAll\n") == 1);
        CHECK(metric("bytes") > 0);
        CHECK(fake_mappings == 0);
        CHECK(fake_net_end() == 0);
    }
}

static void without_a_network_or_a_peer_it_is_unsupported(void) {
    for (int i = 0; i < ALL; i++) {
        fake_net_reset();
        CHECK(run(NULL, all[i]) == 0);
        CHECK(fake_count("// VB: unsupported reason=no network: this guest was given no peer to talk to (--peer=A.B.C.D:PORT)\n") == 1);
        fake_sockets = NULL;
        CHECK(run(PEER, all[i]) == 0);
        CHECK(fake_count("// VB: unsupported reason=no network: this system has no sockets\n") == 1);
        CHECK(fake_net_end() == 0);
    }
}

static void a_peer_that_is_not_there_is_one_clear_reason(void) {
    static const struct {
        int error;
        const char *reason;
    } cases[] = {
        {VB_NET_REFUSED, "the peer 10.0.0.2:5001 refuses: nobody listens there; start a server with --serve=PORT\n"},
        {VB_NET_UNREACHABLE, "the peer 10.0.0.2:5001 cannot be reached: no link, no address or no route\n"},
        {VB_NET_TIMEOUT, "the peer 10.0.0.2:5001 did not answer within 5 s\n"},
    };
    for (int i = 0; i < ALL; i++) {
        for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
            fake_net_reset();
            fake_faults.connect_error = cases[c].error;
            FAILS(all[i], cases[c].reason);
        }
    }
}

static void an_address_that_is_none_is_refused(void) {
    static const char *const bad[] = {"--peer=10.0.0.2",  "--peer=10.0.0:5001", "--peer=10.0.0.256:1",   "--peer=a.b.c.d:1",
                                      "--peer=10.0.0.2:", "--peer=10.0.0.2:0",  "--peer=10.0.0.2:65536", "--peer=10.0.0.2:1x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fake_net_reset();
        CHECK(run(bad[i], "net.tcp-rr") == 1);
        CHECK(fake_count("has no such address: write A.B.C.D:PORT\n") == 1);
        CHECK(fake_net_end() == 0);
    }
}

static void bad_parameters_are_refused(void) {
    static const char *const bad[] = {"net.tcp-stream{streams=0}",     "net.tcp-stream{streams=17}", "net.tcp-stream{direction=up}",
                                      "net.tcp-stream{direction=tx1}", "net.udp-stream{size=15}",    "net.udp-stream{size=65508}",
                                      "net.tcp-rr{rate=-1}",           "net.udp-rr{rate=1000001}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fake_net_reset();
        FAILS(bad[i], " must be ");
    }
}

static void a_peer_that_never_answers_is_given_five_seconds(void) {
    for (int i = 0; i < ALL; i++) {
        fake_net_reset();
        fake_faults.silent_after = 0;
        uint64_t before = fake_now_ns;
        CHECK(run(PEER, all[i]) == 1);
        CHECK(fake_count("// VB: error reason=the peer 10.0.0.2:5001 ") == 1);
        CHECK(fake_now_ns - before >= 5000000000u && fake_now_ns - before < 7000000000u);
        CHECK(fake_net_end() == 0);
    }
}

static void a_cable_that_is_pulled_is_told_with_how_far_it_came(void) {
    fake_net_reset();
    fake_faults.silent_after = 1000000;
    FAILS("net.tcp-stream{direction=rx}", "the peer 10.0.0.2:5001 is lost: nothing moved for 5 s after 10");
    fake_net_reset();
    fake_faults.silent_after = 8;
    FAILS("net.tcp-stream", "the peer 10.0.0.2:5001 is lost: nothing moved for 5 s after ");
    fake_net_reset();
    fake_faults.silent_after = 50;
    FAILS("net.tcp-rr", "the peer 10.0.0.2:5001 is lost: nothing moved for 5 s after 101 bytes");
    fake_net_reset();
    fake_faults.silent_after = 50;
    FAILS("net.udp-rr", "the peer 10.0.0.2:5001 is lost: nothing moved for 5 s after 100 bytes");
}

static void a_connection_that_is_cut_is_told(void) {
    fake_net_reset();
    fake_faults.cut_after = 3000000;
    FAILS("net.tcp-stream", "the peer 10.0.0.2:5001 closed the connection after 3");
    fake_net_reset();
    fake_faults.cut_after = 3000000;
    FAILS("net.tcp-stream{streams=4}", "the peer 10.0.0.2:5001 closed the connection after 3");
}

static void a_peer_that_only_trickles_is_given_up(void) {
    fake_net_reset();
    fake_faults.latency_ns = 2000000000;
    FAILS("net.tcp-rr", "the peer 10.0.0.2:5001 is too slow: the section was given up after ");
    fake_net_reset();
    fake_faults.latency_ns = 4000000000;
    FAILS("net.tcp-stream{direction=rx}", "the peer 10.0.0.2:5001 is too slow: the section was given up after ");
}

static void another_byte_than_was_sent_is_refused(void) {
    static const char *const echoes[] = {"net.tcp-rr", "net.udp-rr", "net.tcp-crr"};
    for (size_t i = 0; i < sizeof(echoes) / sizeof(echoes[0]); i++) {
        fake_net_reset();
        fake_faults.flip = 0x80;
        FAILS(echoes[i], "the answer was not the byte that was sent");
    }
}

static void another_count_than_ours_is_refused(void) {
    fake_net_reset();
    fake_faults.flip = 1;
    FAILS("net.tcp-stream", "the server counted another number of bytes than this side");
    fake_net_reset();
    fake_faults.flip = 1;
    FAILS("net.tcp-stream{direction=rx}", "the server counted another number of bytes than this side");
}

static void short_sends_lose_nothing(void) {
    for (int i = 0; i < 4; i++) {
        fake_net_reset();
        fake_faults.send_most = 777;
        check_that(run(PEER, all[i]) == 0, __FILE__, __LINE__, all[i]);
        CHECK(fake_net_end() == 0);
    }
}

static void lost_datagrams_of_a_stream_are_its_loss(void) {
    fake_net_reset();
    fake_faults.lose_every = 4;
    fake_faults.doubles = 1;
    CHECK(run(PEER, "net.udp-stream") == 0);
    CHECK_NEAR(metric("loss"), 0.25, 0.05);
    CHECK_NEAR(metric("received.rate"), 0.75 * metric("sent.rate"), 0.02);
    CHECK(fake_net_end() == 0);
    fake_net_reset();
    fake_faults.lose_every = 1;
    FAILS("net.udp-stream", "not one datagram arrived");
}

static void a_lost_datagram_of_a_round_trip_is_sent_again_and_its_time_runs_on(void) {
    fake_net_reset();
    fake_faults.lose_every = 50;
    CHECK(run(PEER, "net.udp-rr") == 0);
    double lost = metric("lost");
    CHECK(lost >= 1 && lost < metric("rtt.count") / 20);
    CHECK(metric("rtt.p50") < 100000);
    CHECK(metric("rtt.max") >= 200000000 && metric("rtt.max") < 201000000);
    CHECK(fake_net_end() == 0);
}

static void a_doubled_answer_is_not_taken_for_the_next_one(void) {
    fake_net_reset();
    fake_faults.doubles = 1;
    CHECK(run(PEER, "net.udp-rr") == 0);
    CHECK(metric("lost") == 0);
    CHECK(fake_net_end() == 0);
}

/* A probe by hand: `operations` that count, in iterations of `each`. */
static round_trips *iterate(const char *specification, int operations, int each) {
    static vb_options options;
    vb_options_default(&options);
    options.peer = "10.0.0.2:5001";
    fixture_options = &options;
    CHECK(begin(specification, 0));
    for (int done = 0; done < operations; done += each) {
        section.workload(section.run.context, each);
    }
    return section.run.context;
}

/* How many of the values are greater. */
static uint64_t beyond(const vb_histogram *histogram, uint64_t value) {
    vb_histogram least = {0};
    uint64_t count = 0;
    vb_histogram_add(&least, value);
    for (int slot = VB_HISTOGRAM_SLOTS - 1; slot >= 0 && least.counts[slot] == 0; slot--) {
        count += histogram->counts[slot];
    }
    return count;
}

static void a_stall_makes_every_operation_late_that_was_due_in_it(void) {
    for (int each = 20; each <= 1000; each *= 50) {
        fake_net_reset();
        fake_faults.stall_at = 500;
        fake_faults.stall_ns = 100000000;
        const round_trips *state = iterate("net.tcp-rr{rate=1000}", 1000, each);
        CHECK(state->times.count == 1000);
        uint64_t late = beyond(&state->times, 500000);
        CHECK(late >= 98 && late <= 102);
        CHECK_NEAR((double)state->times.highest, 1e8, 0.01);
        CHECK_NEAR((double)beyond(&state->times, 50000000), 50, 0.05);
        CHECK(verify() == VB_OK);
        end();
        CHECK(fake_net_end() == 0);
    }
}

static void without_a_schedule_a_stall_is_one_late_operation(void) {
    fake_net_reset();
    fake_faults.stall_at = 500;
    fake_faults.stall_ns = 100000000;
    const round_trips *state = iterate("net.tcp-rr", 1000, 100);
    CHECK(beyond(&state->times, 500000) == 1);
    end();
    CHECK(fake_net_end() == 0);
}

static void waiting_for_the_start_is_nobodys_time(void) {
    fake_net_reset();
    const round_trips *state = iterate("net.tcp-rr{rate=10}", 50, 5);
    CHECK(state->times.highest < 100000);
    CHECK(fake_now_ns > 4900000000u);
    end();
    CHECK(fake_net_end() == 0);
}

static void only_iterations_that_count_are_timed(void) {
    fake_net_reset();
    iterate("net.udp-rr", 10, 10);
    section.is_actual = 0;
    section.workload(section.run.context, 10);
    CHECK(((const round_trips *)section.run.context)->times.count == 10);
    CHECK(verify() == VB_OK);
    end();
    CHECK(fake_net_end() == 0);
}

static const check_test tests[] = {
    TEST(each_runs_and_leaves_nothing_open),
    TEST(without_a_network_or_a_peer_it_is_unsupported),
    TEST(a_peer_that_is_not_there_is_one_clear_reason),
    TEST(an_address_that_is_none_is_refused),
    TEST(bad_parameters_are_refused),
    TEST(a_peer_that_never_answers_is_given_five_seconds),
    TEST(a_cable_that_is_pulled_is_told_with_how_far_it_came),
    TEST(a_connection_that_is_cut_is_told),
    TEST(a_peer_that_only_trickles_is_given_up),
    TEST(another_byte_than_was_sent_is_refused),
    TEST(another_count_than_ours_is_refused),
    TEST(short_sends_lose_nothing),
    TEST(lost_datagrams_of_a_stream_are_its_loss),
    TEST(a_lost_datagram_of_a_round_trip_is_sent_again_and_its_time_runs_on),
    TEST(a_doubled_answer_is_not_taken_for_the_next_one),
    TEST(a_stall_makes_every_operation_late_that_was_due_in_it),
    TEST(without_a_schedule_a_stall_is_one_late_operation),
    TEST(waiting_for_the_start_is_nobodys_time),
    TEST(only_iterations_that_count_are_timed),
};

CHECK_MAIN(tests)
