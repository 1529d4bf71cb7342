/* The server against clients that do not do what the probes do. */
#include "check.h"
#include "fake_net.h"
#include "fake_platform.h"

static const vb_net_address here = {.host = 0x0a000002, .port = 5001};

static int dial(vb_net_kind kind) {
    return fake_sockets->connect(kind, here, 1000000);
}

static void say(int socket, const void *bytes, size_t length) {
    CHECK(fake_sockets->send(socket, bytes, length, 0) == (long)length);
}

static void say_number(int socket, uint64_t number) {
    uint8_t bytes[VB_NET_NUMBER_BYTES];
    vb_net_put(bytes, number);
    say(socket, bytes, sizeof(bytes));
}

static uint64_t hear_number(int socket) {
    uint8_t bytes[VB_NET_NUMBER_BYTES] = {0};
    CHECK(fake_sockets->receive(socket, bytes, sizeof(bytes), 0) == (long)sizeof(bytes));
    return vb_net_get(bytes);
}

/* Whether one byte comes back from an echo. */
static int answers(int socket) {
    uint8_t byte = 'x', back = 0;
    return fake_sockets->send(socket, &byte, 1, 0) == 1 && fake_sockets->receive(socket, &back, 1, 0) == 1 && back == byte;
}

static int is_gone(int socket) {
    uint8_t byte;
    return fake_sockets->receive(socket, &byte, 1, 0) == VB_NET_CLOSED;
}

static int dial_echo(void) {
    int socket = dial(VB_NET_TCP);
    say(socket, "E", 1);
    return socket;
}

static void turn(void) {
    CHECK(vb_server_turn(fake_net_server(), 0) == 0);
}

static void what_begins_with_no_kind_is_ended(void) {
    fake_net_reset();
    int good = dial_echo(), bad = dial(VB_NET_TCP);
    say(bad, "GET / HTTP/1.0\r\n\r\n", 18);
    CHECK(is_gone(bad));
    CHECK(answers(good));
    fake_sockets->close(good);
    fake_sockets->close(bad);
    CHECK(fake_net_end() == 0);
}

static void there_is_no_more_after_the_one_byte(void) {
    fake_net_reset();
    int socket = dial(VB_NET_TCP);
    uint8_t byte = 200, back = 0;
    say(socket, &byte, 1);
    CHECK(fake_sockets->receive(socket, &back, 1, 0) == 1 && back == 200);
    say(socket, &byte, 1);
    CHECK(is_gone(socket));
    fake_sockets->close(socket);
    CHECK(fake_net_end() == 0);
}

static void so_many_connections_and_no_more(void) {
    fake_net_reset();
    int sockets[VB_SERVER_CONNECTIONS_MAX + 1];
    for (int i = 0; i <= VB_SERVER_CONNECTIONS_MAX; i++) {
        sockets[i] = dial_echo();
        turn();
    }
    CHECK(fake_net_server()->count == VB_SERVER_CONNECTIONS_MAX);
    CHECK(is_gone(sockets[VB_SERVER_CONNECTIONS_MAX]));
    CHECK(answers(sockets[0]) && answers(sockets[VB_SERVER_CONNECTIONS_MAX - 1]));
    fake_sockets->close(sockets[3]);
    turn();
    int late = dial_echo();
    CHECK(answers(late));
    for (int i = 0; i <= VB_SERVER_CONNECTIONS_MAX; i++) {
        if (i != 3) {
            fake_sockets->close(sockets[i]);
        }
    }
    fake_sockets->close(late);
    CHECK(fake_net_end() == 0);
}

static void who_is_silent_makes_room_for_who_is_not(void) {
    fake_net_reset();
    int sockets[VB_SERVER_CONNECTIONS_MAX];
    for (int i = 0; i < VB_SERVER_CONNECTIONS_MAX; i++) {
        sockets[i] = dial_echo();
        turn();
    }
    turn(); /* the last one's first byte */
    fake_now_ns += 2000000000;
    CHECK(answers(sockets[5]));
    int another = dial_echo();
    CHECK(answers(another) && answers(sockets[5]));
    CHECK(is_gone(sockets[6]) && is_gone(sockets[0]));
    CHECK(fake_net_server()->count == 2);
    for (int i = 0; i < VB_SERVER_CONNECTIONS_MAX; i++) {
        fake_sockets->close(sockets[i]);
    }
    fake_sockets->close(another);
    CHECK(fake_net_end() == 0);
}

static void who_is_silent_for_a_minute_is_let_go(void) {
    fake_net_reset();
    int socket = dial_echo();
    CHECK(answers(socket));
    fake_now_ns += 59000000000u;
    turn();
    CHECK(fake_net_server()->count == 1);
    fake_now_ns += 2000000000;
    turn();
    CHECK(fake_net_server()->count == 0);
    CHECK(is_gone(socket));
    fake_sockets->close(socket);
    CHECK(fake_net_end() == 0);
}

static void who_does_not_read_its_echo_is_let_go(void) {
    static uint8_t flood[4096];
    fake_net_reset();
    int socket = dial_echo(), other = dial_echo();
    int sent = 0;
    while (sent < 1000 && fake_sockets->send(socket, flood, sizeof(flood), VB_NET_DONT_WAIT) > 0) {
        turn();
        sent++;
    }
    CHECK(sent < 1000);
    CHECK(answers(other));
    CHECK(fake_net_server()->count == 1);
    fake_sockets->close(socket);
    fake_sockets->close(other);
    CHECK(fake_net_end() == 0);
}

static void a_number_may_come_in_pieces(void) {
    fake_net_reset();
    fake_faults.send_most = 3;
    int socket = dial(VB_NET_TCP);
    uint8_t bytes[VB_NET_NUMBER_BYTES], block[5] = {0};
    vb_net_put(bytes, 5);
    say(socket, "I", 1);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        say(socket, bytes + i, 1);
        turn();
    }
    for (size_t i = 0; i < sizeof(block); i++) {
        say(socket, block, 1);
    }
    uint8_t answer[VB_NET_NUMBER_BYTES];
    long received = 0;
    while (received < (long)sizeof(answer)) { /* it has to send in pieces, too */
        received += fake_sockets->receive(socket, answer + received, sizeof(answer) - (size_t)received, 0);
        turn();
    }
    CHECK(vb_net_get(answer) == 5);
    fake_sockets->close(socket);
    CHECK(fake_net_end() == 0);
}

static void only_datagrams_of_the_session_count(void) {
    fake_net_reset();
    int control = dial(VB_NET_TCP), other = dial(VB_NET_TCP), data = dial(VB_NET_UDP);
    uint8_t datagram[64] = {0};
    say(control, "D", 1);
    say(other, "D", 1);
    uint64_t session = hear_number(control), another = hear_number(other);
    CHECK(session != another);
    for (uint64_t i = 0; i < 3; i++) {
        vb_net_put(datagram, session);
        vb_net_put(datagram + VB_NET_NUMBER_BYTES, i);
        say(data, datagram, sizeof(datagram));
        say(data, datagram, VB_NET_DATAGRAM_LEAST - 1); /* too short */
        vb_net_put(datagram, session ^ 1);
        say(data, datagram, sizeof(datagram));
    }
    say_number(control, 3);
    say_number(other, 3);
    CHECK(hear_number(control) == 3);
    CHECK(hear_number(control) < 1000000); /* ns from the first to the last */
    CHECK(hear_number(other) == 0);
    CHECK(hear_number(other) == 0);
    fake_sockets->close(control);
    fake_sockets->close(other);
    fake_sockets->close(data);
    CHECK(fake_net_end() == 0);
}

static void only_the_word_ends_it(void) {
    fake_net_reset();
    int wrong = dial(VB_NET_TCP), right = dial(VB_NET_TCP);
    say(wrong, "Q", 1);
    say_number(wrong, VB_NET_QUIT + 1);
    turn();
    turn();
    CHECK(!fake_net_server()->is_told_to_end);
    say(right, "Q", 1);
    say_number(right, VB_NET_QUIT);
    turn();
    CHECK(fake_net_server()->is_told_to_end);
    fake_sockets->close(wrong);
    fake_sockets->close(right);
    CHECK(fake_net_end() == 0);
}

static void random_bytes_harm_nobody(void) {
    fake_net_reset();
    unsigned state = 1;
    int good = dial_echo();
    for (int round = 0; round < 2000; round++) {
        int socket = dial(VB_NET_TCP), data = dial(VB_NET_UDP);
        uint8_t bytes[40];
        for (size_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (uint8_t)((state = state * 1103515245 + 12345) >> 16);
        }
        bytes[0] = round % 2 == 0 ? (uint8_t) "IOED"[round / 2 % 4] : bytes[0];
        say(socket, bytes, 1 + bytes[20] % 39);
        say(data, bytes, 1 + bytes[21] % 39);
        turn();
        turn();
        fake_sockets->close(socket);
        fake_sockets->close(data);
        turn();
    }
    CHECK(answers(good));
    CHECK(fake_net_server()->count <= 2); /* one may still be owed bytes */
    fake_sockets->close(good);
    CHECK(fake_net_end() == 0);
}

static const check_test tests[] = {
    TEST(what_begins_with_no_kind_is_ended),
    TEST(there_is_no_more_after_the_one_byte),
    TEST(so_many_connections_and_no_more),
    TEST(who_is_silent_makes_room_for_who_is_not),
    TEST(who_is_silent_for_a_minute_is_let_go),
    TEST(who_does_not_read_its_echo_is_let_go),
    TEST(a_number_may_come_in_pieces),
    TEST(only_datagrams_of_the_session_count),
    TEST(only_the_word_ends_it),
    TEST(random_bytes_harm_nobody),
};

CHECK_MAIN(tests)
