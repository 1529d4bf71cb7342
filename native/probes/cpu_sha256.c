/* cpu.sha256: one operation digests the message once. */
#include "catalogue.h"
#include "cpu.h"
#include "random.h"
#include "sha256.h"
#include "state.h"
#include "vb_platform.h"

static const int64_t BYTES_MAX = (int64_t)1 << 32;

static void digest_message(void *context, intptr_t operations) {
    message *message = context;
    for (intptr_t operation = 0; operation < operations; operation++) {
        uint32_t digest[8], differences = 0;
        vb_sha256(message->blocks, message->bytes, message->length, digest);
        for (int i = 0; i < 8; i++) {
            differences |= digest[i] ^ message->digest[i];
        }
        message->wrong += differences != 0;
    }
}

static vb_status open_sha256(vb_run *run) {
    int64_t length = vb_parameter_integer(run, "bytes", 1048576);
    if (length < 1 || length > BYTES_MAX) {
        return vb_fail(run, "bytes must be between 1 and 4G");
    }
    message *state = vb_probe_map(run, sizeof(*state));
    if (state == NULL) {
        return VB_FAILED;
    }
    run->context = state;
    int has_instructions = (vb_cpu_features() & VB_CPU_SHA256) != 0;
    vb_run_note(run, "instructions", has_instructions ? "sha" : "portable");
    state->blocks = has_instructions ? vb_sha256_instructions : vb_sha256_portable;
    state->length = (size_t)length;
    state->bytes = vb_probe_map(run, state->length);
    if (state->bytes == NULL) {
        return VB_FAILED;
    }
    uint64_t seed = 1;
    for (size_t i = 0; i < state->length; i++) {
        state->bytes[i] = (uint8_t)vb_random(&seed);
    }
    vb_sha256(state->blocks, state->bytes, state->length, state->digest);
    vb_metric_add(run, "work", (double)length, "B");
    return VB_OK;
}

static int digests(vb_sha256_blocks blocks, const void *bytes, size_t length, const uint32_t expected[8]) {
    uint32_t digest[8], differences = 0;
    vb_sha256(blocks, bytes, length, digest);
    for (int i = 0; i < 8; i++) {
        differences |= digest[i] ^ expected[i];
    }
    return differences == 0;
}

static vb_status verify_sha256(vb_run *run) {
    const message *state = run->context;
    /* FIPS 180-4's example, one block: "abc". */
    static const uint32_t abc[8] = {0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223, 0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad};
    if (!digests(state->blocks, "abc", 3, abc) || !digests(vb_sha256_literal, "abc", 3, abc)) {
        return vb_fail(run, "wrong digest of the standard's example");
    }
    if (state->wrong != 0) {
        return vb_fail(run, "the digest changed between operations");
    }
    return digests(vb_sha256_literal, state->bytes, state->length, state->digest) ? VB_OK : vb_fail(run, "wrong digest");
}

static void close_sha256(vb_run *run) {
    message *state = run->context;
    if (state == NULL) {
        return;
    }
    if (state->bytes != NULL) {
        vb_platform_unmap(state->bytes, state->length);
    }
    vb_platform_unmap(state, sizeof(*state));
}

const vb_probe vb_cpu_sha256 = {
    .id = "cpu.sha256",
    .parameters = "bytes=1048576",
    .open = open_sha256,
    .workload = digest_message,
    .verify = verify_sha256,
    .close = close_sha256,
};
