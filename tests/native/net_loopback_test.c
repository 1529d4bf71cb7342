/* net.* over the system's own loopback, with the server as it is shipped in a child process. */
#define _GNU_SOURCE
#include "net_wire.h"
#include "probe_fixture.h"
#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char peer[32];
static vb_net_address address = {.host = INADDR_LOOPBACK};
static pid_t child;
static FILE *said; /* what it prints */

/* A port that nobody has now. */
static uint16_t free_port(void) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(any);
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(probe, (struct sockaddr *)&any, sizeof(any)) == 0);
    CHECK(getsockname(probe, (struct sockaddr *)&any, &length) == 0);
    close(probe);
    return ntohs(any.sin_port);
}

static int serve(uint16_t port) {
    char option[32];
    const char *argv[] = {"vbprobe", option};
    snprintf(option, sizeof(option), "--serve=%u", port);
    return vb_main(2, argv, "c", "0123abcd", vb_probes, 1);
}

/* Starts the server and waits until it says that it listens. */
static void start(void) {
    int output[2];
    char line[512], expected[64];
    address.port = free_port();
    CHECK(pipe(output) == 0);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(output[1], STDOUT_FILENO);
        close(output[0]);
        close(output[1]);
        _exit(serve(address.port));
    }
    close(output[1]);
    said = fdopen(output[0], "r");
    snprintf(expected, sizeof(expected), "// VB: serving port=%u\n", address.port);
    CHECK(fgets(line, sizeof(line), said) != NULL && strncmp(line, "// VB: main version=1 ", 22) == 0);
    CHECK(fgets(line, sizeof(line), said) != NULL);
    CHECK_TEXT(line, expected);
    snprintf(peer, sizeof(peer), "127.0.0.1:%u", address.port);
}

static const vb_platform_net *net(void) {
    const char *why;
    return vb_platform_net_calls(&why);
}

/* Tells it to end. Returns its exit status. */
static int stop(void) {
    uint8_t word[1 + VB_NET_NUMBER_BYTES] = {VB_NET_STOP};
    char line[512];
    int status = -1;
    vb_net_put(word + 1, VB_NET_QUIT);
    int control = net()->connect(VB_NET_TCP, address, 1000000000);
    CHECK(control >= 0 && net()->send(control, word, sizeof(word), 0) == (long)sizeof(word));
    net()->close(control);
    CHECK(fgets(line, sizeof(line), said) != NULL);
    CHECK_TEXT(line, "// VB: end sections=0 failed=0\n");
    fclose(said);
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void every_probe_accepts_what_the_server_did(void) {
    static const char *const all[] = {
        "net.tcp-stream",
        "net.tcp-stream{direction=rx}",
        "net.tcp-stream{streams=4}",
        "net.tcp-stream{direction=rx,streams=4}",
        "net.tcp-rr",
        "net.udp-rr",
        "net.tcp-rr{rate=1000}",
        "net.udp-rr{rate=1000}",
        "net.udp-stream{size=64}",
        "net.udp-stream{size=1472}",
        "net.tcp-crr",
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        CHECK(begin(all[i], 60));
        check_that(verify() == VB_OK, __FILE__, __LINE__, all[i]);
        check_text(section.run.error, "", __FILE__, __LINE__);
        end();
    }
}

static void each_operation_is_in_the_distribution(void) {
    CHECK(begin("net.tcp-rr", 300));
    const round_trips *state = section.run.context;
    CHECK(state->times.count == 300);
    CHECK(verify() == VB_OK);
    CHECK(section.histogram_count == 1 && section.histograms[0].values == &state->times);
    CHECK_TEXT(section.run.metrics[2].name, "rtt.p50");
    CHECK(section.run.metrics[2].value > 0);
    end();
}

/* More than there are ports for outgoing connections: 28,232 where nobody changed them. */
static void connections_can_be_made_for_ever(void) {
    const char *few = getenv("NET_TEST_CONNECTIONS");
    const int count = few != NULL ? atoi(few) : 30000;
    CHECK(begin("net.tcp-crr", 1));
    section.workload(section.run.context, count);
    CHECK(((const round_trips *)section.run.context)->times.count == (uint64_t)count + 1);
    CHECK(verify() == VB_OK);
    CHECK_TEXT(section.run.error, "");
    end();
}

static void a_spoilt_count_is_refused(void) {
    REFUSES("net.tcp-stream", 3, tcp_streams, state->streams[0].total--; section.workload(state, 1));
    REFUSES("net.tcp-stream{direction=rx}", 3, tcp_streams, state->streams[0].total--);
    REFUSES("net.udp-stream", 0, udp_stream, (void)state);
    REFUSES("net.tcp-rr", 3, round_trips, state->done++);
}

static void a_port_that_is_taken_is_one_line_and_status_1(void) {
    CHECK(net()->listen(VB_NET_TCP, address.port) == VB_NET_IN_USE);
    CHECK(net()->listen(VB_NET_UDP, address.port) == VB_NET_IN_USE);
    CHECK(serve(address.port) == 1);
}

static void calls_that_must_not_wait_do_not(void) {
    uint8_t byte;
    int socket = net()->connect(VB_NET_TCP, address, 1000000000);
    CHECK(socket >= 0);
    CHECK(net()->receive(socket, &byte, 1, VB_NET_DONT_WAIT) == VB_NET_AGAIN);
    net()->set_timeout(socket, 1000000);
    CHECK(net()->receive(socket, &byte, 1, 0) == VB_NET_TIMEOUT);
    vb_net_wait wait = {.socket = socket, .to_read = 1, .to_write = 1};
    CHECK(net()->wait(&wait, 1, 1000000000) == 1 && wait.writable && !wait.readable);
    wait = (vb_net_wait){.socket = socket, .to_read = 1};
    CHECK(net()->wait(&wait, 1, 1000000) == 0);
    net()->reset(socket);
}

static void a_server_told_to_end_ends_and_then_nobody_listens(void) {
    CHECK(stop() == 0);
    char expected[128];
    snprintf(expected, sizeof(expected), "the peer %s refuses: nobody listens there; start a server with --serve=PORT", peer);
    CHECK_TEXT(refusal("net.tcp-stream"), expected);
    CHECK_TEXT(refusal("net.udp-stream"), expected);
    CHECK_TEXT(refusal("net.tcp-rr"), expected);
    CHECK_TEXT(refusal("net.udp-rr"), expected);
    CHECK_TEXT(refusal("net.tcp-crr"), expected);
}

static void a_server_killed_in_the_middle_is_told(void) {
    start();
    CHECK(begin("net.tcp-stream", 3));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    fclose(said);
    section.workload(section.run.context, 100);
    CHECK(strstr(section.run.error, "closed the connection after ") != NULL);
    end();
}

static const check_test tests[] = {
    TEST(every_probe_accepts_what_the_server_did),
    TEST(each_operation_is_in_the_distribution),
    TEST(connections_can_be_made_for_ever),
    TEST(a_spoilt_count_is_refused),
    TEST(a_port_that_is_taken_is_one_line_and_status_1),
    TEST(calls_that_must_not_wait_do_not),
    TEST(a_server_told_to_end_ends_and_then_nobody_listens),
    TEST(a_server_killed_in_the_middle_is_told),
};

int main(void) {
    static vb_options options;
    vb_options_default(&options);
    options.peer = peer;
    options.budget_ns = 100000000000; /* a sanitizer or an emulator is no peer that is too slow */
    fixture_options = &options;
    start();
    return check_all(tests, sizeof(tests) / sizeof(tests[0]));
}
