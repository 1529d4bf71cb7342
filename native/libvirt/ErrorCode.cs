namespace VirtualBench.Libvirt;

/// <summary>
/// <c>virErrorNumber</c> of libvirt/virterror.h: those that a caller can act upon. Any other arrives as its number.
/// </summary>
public enum ErrorCode
{
    None = 0,
    InternalError = 1,
    NoMemory = 2,

    /// <summary>The driver has no such function.</summary>
    NoSupport = 3,
    NoConnect = 5,
    InvalidConnection = 6,
    InvalidDomain = 7,
    InvalidArgument = 8,
    OperationFailed = 9,

    /// <summary>The XML lacks something or describes what cannot be.</summary>
    XmlError = 27,

    /// <summary>There is a domain of that name or UUID already.</summary>
    DomainExists = 28,

    /// <summary>The connection is read-only.</summary>
    OperationDenied = 29,

    /// <summary>The XML is no well-formed document.</summary>
    XmlDetail = 35,
    SystemError = 38,
    Rpc = 39,
    NoDomain = 42,
    AuthenticationFailed = 45,

    /// <summary>Not in the state that the domain is in now.</summary>
    OperationInvalid = 55,

    /// <summary>The hypervisor cannot do what the configuration wants.</summary>
    ConfigurationUnsupported = 67,
    OperationTimeout = 68,
    ArgumentUnsupported = 74,
    OperationAborted = 78,
    OperationUnsupported = 84,
    AccessDenied = 88,
}
