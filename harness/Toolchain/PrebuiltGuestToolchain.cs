using BenchmarkDotNet.Characteristics;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains;
using BenchmarkDotNet.Toolchains.Results;
using BenchmarkDotNet.Validators;

namespace VirtualBench.Toolchain;

/// <summary>
/// Guests that are built already and have run already: nothing is generated or compiled, and to execute is to replay what was recorded.
/// </summary>
/// <param name="runtimeIdentifier">What the guest was built for: <c>linux-x64</c>. Toolchains for the same one share a build.</param>
internal sealed class PrebuiltGuestToolchain(string runtimeIdentifier, IExecutor executor) : IToolchain, IEquatable<PrebuiltGuestToolchain>
{
    public string Name => "Guest " + runtimeIdentifier;

    public IGenerator Generator { get; } = new PathsOnly(runtimeIdentifier);

    public IBuilder Builder { get; } = new AlreadyBuilt();

    public IExecutor Executor => executor;

    public bool IsInProcess => false;

    // The classes that BenchmarkDotNet would check hold names only.
    public IEnumerable<ValidationError> Validate(BenchmarkCase benchmarkCase, IResolver resolver) => [];

    public bool Equals(PrebuiltGuestToolchain? other) =>
        other is not null && other.Name == Name && ReferenceEquals(other.Executor, Executor);

    public override bool Equals(object? obj) => Equals(obj as PrebuiltGuestToolchain);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;

    private sealed class PathsOnly(string runtimeIdentifier) : IGenerator
    {
        public GenerateResult GenerateProject(BuildPartition buildPartition, ILogger logger, string rootArtifactsFolderPath) =>
            GenerateResult.Success(
            new ArtifactsPaths(
                rootArtifactsFolderPath, rootArtifactsFolderPath, rootArtifactsFolderPath, rootArtifactsFolderPath, "", "", "", "", "",
                executablePath: runtimeIdentifier + "/vbprobe", programName: "vbprobe", packagesDirectoryName: ""),
            []);
    }

    private sealed class AlreadyBuilt : IBuilder
    {
        public BuildResult Build(GenerateResult generateResult, BuildPartition buildPartition, ILogger logger) =>
            BuildResult.Success(generateResult);
    }
}
