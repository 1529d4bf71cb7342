namespace VirtualBench.Guests;

/// <summary>An architecture that guests are built for.</summary>
public enum GuestArchitecture
{
    X64,
    Arm64,
}
