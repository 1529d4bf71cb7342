using System.Buffers.Binary;

namespace VirtualBench.Libvirt.Tests;

/// <summary>
/// The smallest guest that tests a console: a multiboot image of a few dozen instructions that writes a known sequence of bytes to the
/// serial port, and then powers the machine off or halts for ever.
/// </summary>
internal static class TinyGuest
{
    private const uint LoadAddress = 0x100000;
    private const int HeaderLength = 32;
    private const byte FirstByte = 0x20;
    private const byte DistinctBytes = 95;

    /// <summary>The byte at <paramref name="index"/> of what the guest prints.</summary>
    public static byte Printed(int index) => (byte)(FirstByte + (index % DistinctBytes));

    public static string Write(string directory, int bytesToPrint, bool powerOff = false)
    {
        byte[] code = [.. bytesToPrint == 0 ? [] : Print(bytesToPrint), .. powerOff ? PowerOff : [], .. Halt];
        var image = new byte[HeaderLength + code.Length];
        const uint Magic = 0x1BADB002;
        const uint RawImage = 1 << 16;
        uint end = LoadAddress + (uint)image.Length;
        ReadOnlySpan<uint> header =
            [Magic, RawImage, unchecked(0u - Magic - RawImage), LoadAddress, LoadAddress, end, end, LoadAddress + HeaderLength];
        for (var i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(i * 4), header[i]);
        }

        code.CopyTo(image.AsSpan(HeaderLength));
        var path = Path.Combine(directory, $"tiny-{bytesToPrint}-{powerOff}.bin");
        File.WriteAllBytes(path, image);
        return path;
    }

    public static string DomainXml(string name, string kernel) => $"""
        <domain type='qemu'>
          <name>{name}</name>
          <memory unit='MiB'>16</memory>
          <vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type><kernel>{kernel}</kernel></os>
          <features><acpi/></features>
          <on_reboot>destroy</on_reboot>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <controller type='usb' model='none'/>
            <memballoon model='none'/>
            <serial type='pty'><target port='0'/></serial>
          </devices>
        </domain>
        """;

    private static byte[] Print(int count) =>
    [
        0xB9, (byte)count, (byte)(count >> 8), (byte)(count >> 16), (byte)(count >> 24), // mov ecx, count
        0x31, 0xDB,                                                                      // xor ebx, ebx
        0x66, 0xBA, 0xFD, 0x03,                                                          // next: mov dx, line status
        0xEC, 0xA8, 0x20, 0x74, 0xFB,                                                    // wait until the transmitter is empty
        0x66, 0xBA, 0xF8, 0x03,                                                          // mov dx, data
        0x8D, 0x43, FirstByte, 0xEE,                                                     // lea eax, [ebx + first]; out dx, al
        0x43, 0x80, 0xFB, DistinctBytes, 0x75, 0x02, 0x31, 0xDB,                         // ebx = (ebx + 1) mod distinct
        0x49, 0x75, 0xE4,                                                                // dec ecx; jnz next
    ];

    /// <summary>ACPI: sleep enable with type 0 in the PM1a control register, which the firmware put at 0x604.</summary>
    private static readonly byte[] PowerOff = [0x66, 0xBA, 0x04, 0x06, 0x66, 0xB8, 0x00, 0x20, 0x66, 0xEF];

    private static readonly byte[] Halt = [0xFA, 0xF4, 0xEB, 0xFD];
}
