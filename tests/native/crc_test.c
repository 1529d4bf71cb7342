#include "check.h"
#include "crc.h"

/* The check value of the CRC catalogue, and what zlib's crc32 returns for the others. */
static void known_vectors(void) {
    CHECK(vb_crc32(0, "", 0) == 0);
    CHECK(vb_crc32(0, "123456789", 9) == 0xcbf43926);
    CHECK(vb_crc32(0, "a", 1) == 0xe8b7be43);
    CHECK(vb_crc32(0, "The quick brown fox jumps over the lazy dog", 43) == 0x414fa339);
    CHECK(vb_crc32(0, "\0\0\0\0", 4) == 0x2144df1c);
    CHECK(vb_crc32(0, "\xff\xff\xff\xff", 4) == 0xffffffff);
}

static void pieces_give_what_the_whole_gives(void) {
    const char *text = "WorkloadActual   1: 1 op, 123.00 ns, 123.0000 ns/op\n";
    size_t length = strlen(text);
    uint32_t whole = vb_crc32(0, text, length);
    for (size_t cut = 0; cut <= length; cut++) {
        CHECK(vb_crc32(vb_crc32(0, text, cut), text + cut, length - cut) == whole);
    }
}

static void every_flipped_bit_shows(void) {
    char text[] = "WorkloadResult   1: 1 op, 23.00 ns";
    uint32_t right = vb_crc32(0, text, sizeof(text));
    for (size_t bit = 0; bit < sizeof(text) * 8; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        CHECK(vb_crc32(0, text, sizeof(text)) != right);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
}

static const check_test tests[] = {TEST(known_vectors), TEST(pieces_give_what_the_whole_gives), TEST(every_flipped_bit_shows)};

CHECK_MAIN(tests)
