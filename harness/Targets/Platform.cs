using System.Runtime.Versioning;

// Engines, namespaces and cgroups are Linux's.
[assembly: SupportedOSPlatform("linux")]
