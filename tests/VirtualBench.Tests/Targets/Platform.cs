using System.Runtime.Versioning;

// The tests start engines, which are Linux's.
[assembly: SupportedOSPlatform("linux")]
