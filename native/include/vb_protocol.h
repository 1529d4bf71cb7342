/*
 * The lines that a guest prints. They are BenchmarkDotNet's measurement lines (its Measurement.Parse reads them), framed by
 * comment lines of ours that begin with "// VB:". Lines end in \n, are ASCII and at most VB_LINE_MAX bytes long.
 *
 *   // VB: main version=1 impl=c arch=x86_64 build=<sha256 of the archive>      first bytes of main; printed once
 *
 *   // BeforeAnythingElse                                                       a section: one probe, run once
 *   // VB: hello version=1 probe=mem.triad params=bytes=1024,width=256 impl=c arch=x86_64 clock=tsc clockHz=2596126000 build=<hash>
 * nowNs=123
 *   // VB: note width=256
 *   OverheadJitting  1: 1 op, 100.00 ns, 100.0000 ns/op
 *   ...
 *   // BeforeActualRun
 *   WorkloadActual   1: 1 op, 123.00 ns, 123.0000 ns/op
 *   // AfterActualRun
 *   WorkloadResult   1: 1 op, 23.00 ns, 23.0000 ns/op
 *   // VB: metric name=bytesPerOp value=805306368 unit=B
 *   // VB: histogram name=rtt unit=ns exact=2048 steps=1024 highest=31415 slots=1843:12,1:30,2,17:3
 *   // VB: crc=1a2b3c4d lines=17 nowNs=456
 *   // AfterAll
 *
 *   // VB: end sections=5 failed=0                                              printed once, last
 *
 *   // VB: serving port=5001                                                  instead of sections: --serve, ready for connections
 *
 * A histogram holds every single value of a distribution, in HdrHistogram's layout: slot i below `exact` counts the value i; then each
 * power of two has `steps` slots, so that slot exact + d * steps + s counts the values from (steps + s) << (d + 1) to ((steps + s + 1) <<
 * (d + 1)) - 1. `slots` lists those that are not empty, DISTANCE:COUNT each: the distance to the one before in the line (for a line's
 * first: to slot 0), and no `:COUNT` where it is 1. A histogram takes as many lines as it needs, of the same words but for `slots`.
 * `highest` is its greatest value.
 *
 * `params` is "-" when there are none. nowNs is the guest's monotonic clock. `crc` is CRC-32 (IEEE 802.3, reflected, as zlib's) over the
 * bytes of every line of the section, each with its \n, from "// BeforeAnythingElse" up to and not including the crc line; `lines` is their
 * number. A section that fails ends, instead of metric/crc/AfterAll, with
 *   // VB: error reason=<text to the end of the line>
 * and one that this guest cannot run with
 *   // VB: unsupported reason=<text to the end of the line>
 * each followed by the crc line (which covers it too), and no "// AfterAll".
 *
 * Exit status of a guest program: 0 when no section failed, 1 when one did, 2 for a wrong command line, 3 when the guest's CPU lacks what
 * the program was compiled for.
 */
#ifndef VB_PROTOCOL_H
#define VB_PROTOCOL_H

#define VB_PROTOCOL_VERSION 1
#define VB_LINE_MAX 512

#endif
