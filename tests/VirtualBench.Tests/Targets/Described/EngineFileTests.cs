using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using VirtualBench.Guests;
using VirtualBench.Targets;
using VirtualBench.Targets.Described;

namespace VirtualBench.Tests.Targets.Described;

/// <summary>What a description may say, and what is said of one that is wrong.</summary>
public sealed class EngineFileTests : IDisposable
{
    private const string Least = """{ "name": "mine", "start": ["true"] }""";
    private readonly string _folder = Directory.CreateTempSubdirectory("vbtest-").FullName;

    public static TheoryData<string> Examples { get; } =
        new(Directory.GetFiles(Folder, "*.json").Where(file => !file.EndsWith("schema.json", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)));

    internal static string Folder => Path.Combine(Repository.Root, "harness", "Examples");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Little_is_enough()
    {
        var engine = Read(Least);
        var variant = Assert.Single(engine.Variants);
        Assert.Equal("", variant.Key);
        Assert.Equal((Acceleration.None, IsolationLayers.None), (variant.Value.Acceleration, variant.Value.Isolation.Layers));
        Assert.Equal([TargetName.HostArchitecture], engine.Architectures);
        Assert.Equal(["c", "cs"], engine.Implementations);
        Assert.Equal(ConsoleSource.Stdout, engine.Console.Source);
    }

    [Fact]
    public void Everything_that_can_be_said_is_understood()
    {
        File.WriteAllText(Path.Combine(_folder, "vm.in"), "memory=${memoryMiB}");
        var engine = Read("""
            // A comment, and trailing commas.
            {
              "name": "mine", "description": "d", "version": ["true", "${value:a}"], "acceleration": "none",
              "isolation": { "layers": ["kernel", "seccomp"], "note": "n" }, "architectures": ["x64", "arm64"], "implementations": ["c"],
              "needs": [{ "program": "true", "remedy": "r" }, { "file": "${folder}/x" }, { "root": true }],
              "images": { "loader": "a loader" }, "values": { "a": "1" },
              "variants": { "fast": { "acceleration": "hardware", "values": { "a": "2" }, "start": ["false", "${value:a}"] } },
              "typicalStartSeconds": 2, "leastMemoryMiB": 32, "environment": { "A": "${label}" }, "passEnvironment": ["HOME"],
              "templates": { "vm": "vm.in" }, "prepare": [["true", "${ociImage}"], ["-", "true"]],
              "start": ["true", "${image:loader}", "${argv}", "--args=${arguments}", "$$x"], "detached": true,
              "console": { "from": "command", "command": ["cat", "${scratch}/log"] },
              "end": { "status": "exited (?<status>[0-9]+)", "faults": ["PANIC"], "over": "halted" },
              "stop": { "command": ["true", "${label}"], "graceSeconds": 0.5 }, "clean": [["true", "${label}"]],
              "release": [["true", "${sharedLabel}"]], "timeouts": { "prepareSeconds": 5, "cleanSeconds": 6 },
            }
            """);
        Assert.Equal(["", "fast"], engine.Variants.Keys);
        Assert.Equal(Acceleration.Hardware, engine.Variants["fast"].Acceleration);
        Assert.Equal(("1", "2"), (engine.Variants[""].Values["a"], engine.Variants["fast"].Values["a"]));
        Assert.Equal("false", engine.Variants["fast"].Start.Words[0]);
        Assert.Equal(IsolationLayers.Kernel | IsolationLayers.Seccomp, engine.Variants["fast"].Isolation.Layers);
        Assert.Equal([GuestArchitecture.X64, GuestArchitecture.Arm64], engine.Architectures);
        Assert.Equal([false, true], engine.Prepare.Select(command => command.MayFail));
        Assert.Equal("memory=${memoryMiB}", engine.Templates["vm"]);
        Assert.Equal((32L << 20, TimeSpan.FromSeconds(0.5)), (engine.LeastMemoryBytes, engine.Stop.Grace));
        Assert.True(engine.Mentions(engine.Variants[""], "ociImage"));
        Assert.False(engine.Mentions(engine.Variants[""], "initramfs"));
    }

    [Theory]
    [InlineData("", "this is no JSON")]
    [InlineData("null", "not null")]
    [InlineData("[]", "an object, in {}, is wanted")]
    [InlineData("{ start: 1 }", ":1: this is no JSON")]
    [InlineData("""{ "name": "mine" }""", "start: it is missing")]
    [InlineData("""{ "start": ["true"] }""", "name: it is missing")]
    [InlineData("{\n\"nmae\": \"mine\" }", ":2: there is no member nmae: did you mean name?")]
    [InlineData("""{ "wrong": 1 }""", "there is no member wrong: there are $schema, name,")]
    [InlineData("""{ "variants": { "a": { "stat": 1 } } }""", "there is no member variants.a.stat: did you mean start?")]
    [InlineData("""{ "name": "a", "name": "b" }""", "name stands there twice")]
    [InlineData("""{ "start": "true -x" }""", "start: a list, in [], is wanted here")]
    [InlineData("""{ "start": ["true", 1] }""", "start[1]: a text, in quotes, is wanted here")]
    [InlineData("""{ "detached": 1 }""", "detached: true or false is wanted here")]
    [InlineData("""{ "typicalStartSeconds": "1" }""", "typicalStartSeconds: a number is wanted here")]
    [InlineData("""{ "leastMemoryMiB": 1.5 }""", "leastMemoryMiB: a whole number is wanted here")]
    [InlineData("""{ "console": [] }""", "console: an object, in {}, is wanted here")]
    public void Says_what_no_description_is(string text, string message) => Refuses(text, message);

    [Theory]
    [InlineData("name", "\"Mine\"", "begin with a small letter")]
    [InlineData("name", "\"mine:fast\"", "begin with a small letter")]
    [InlineData("description", "\"two\\nlines\"", "one line")]
    [InlineData("acceleration", "\"hardwar\"", "did you mean hardware?")]
    [InlineData("architectures", "[\"arm65\"]", "architectures[0]: 'arm65' is none of x64, arm64: did you mean arm64?")]
    [InlineData("architectures", "[]", "it names none")]
    [InlineData("implementations", "[\"rust\"]", "is none of c, cs")]
    [InlineData("isolation", """{ "layers": ["mounts"] }""", "isolation.layers[0]: 'mounts' is none of kernel, mount,")]
    [InlineData("needs", """[{ "remedy": "r" }]""", "needs[0]: it has to have one of")]
    [InlineData("needs", """[{ "program": "a", "root": true }]""", "needs[0]: it has to have one of")]
    [InlineData("values", """{ "a b": "x" }""", "values.a b: its name")]
    [InlineData("variants", """{ "a b": {} }""", "variants.a b: a variant is an object")]
    [InlineData("start", "[]", "start: a command is a list of words")]
    [InlineData("start", "[\"\"]", "start: a command is a list of words")]
    [InlineData("start", "[\"true\", null]", "start[1]: null is no text")]
    [InlineData("start", "[\"true\", \"${progam}\"]", "start[1]: there is no ${progam}: did you mean ${program}?")]
    [InlineData("start", "[\"true\", \"${value:a}\"]", "there is no ${value:a}: there are ${folder}")]
    [InlineData("start", "[\"true\", \"${label\"]", "a ${ is not closed")]
    [InlineData("start", "[\"true\", \"x${argv}\"]", "a word of a command by itself")]
    [InlineData("start", "[\"${argv}\"]", "a word of a command by itself")]
    [InlineData("start", "[\"true\", \"a\\u0000b\"]", "holds a zero byte")]
    [InlineData("start", "[\"./run.sh\"]", "start[0]: there is no program")]
    [InlineData("prepare", "[[\"true\", \"${initramfs}\"]]", "prepare[0][1]: ${initramfs} is known only when a guest is started")]
    [InlineData("prepare", "[[\"-\"]]", "prepare[0]: a command is a list of words")]
    [InlineData("version", "[\"true\", \"${program}\"]", "version[1]: ${program} is not known yet")]
    [InlineData("environment", """{ "A-B": "x" }""", "it is no name of a variable")]
    [InlineData("environment", """{ "VIRTUALBENCH_RUN": "x" }""", "it is set for you")]
    [InlineData("passEnvironment", "[\"VIRTUALBENCH_RUN\"]", "it is set for you")]
    [InlineData("templates", """{ "../x": "y" }""", "it names a file in the scratch directory")]
    [InlineData("templates", """{ "x": "absent" }""", "there is no file")]
    [InlineData("console", """{ "from": "pipe" }""", "'pipe' is none of stdout,")]
    [InlineData("console", """{ "path": "/x" }""", "stdout has no path")]
    [InlineData("console", """{ "from": "file", "path": "${console}" }""", "${console} is this path itself")]
    [InlineData("console", """{ "from": "command" }""", "has to have a command")]
    [InlineData("console", """{ "from": "command", "command": ["cat"] }""", "it needs \"detached\": true")]
    [InlineData("detached", "true", "say with console where")]
    [InlineData("end", """{ "status": "(" }""", "end.status: it is no regular expression")]
    [InlineData("end", """{ "status": "^exited" }""", "end.status: it has to have a group")]
    [InlineData("end", """{ "faults": ["(?!x)"] }""", "end.faults[0]: lookarounds, backreferences")]
    [InlineData("stop", """{ "graceSeconds": -1 }""", "stop.graceSeconds: it is not between 0 and 600 seconds")]
    [InlineData("leastMemoryMiB", "0", "leastMemoryMiB: it is no amount of memory")]
    public void Says_which_member_is_wrong(string member, string value, string message)
    {
        var members = new Dictionary<string, string> { ["name"] = "\"mine\"", ["start"] = "[\"true\"]", [member] = value };
        Refuses($"{{ {string.Join(", ", members.Select(m => $"\"{m.Key}\": {m.Value}"))} }}", message);
    }

    [Fact]
    public void A_program_beside_the_description_is_found()
    {
        File.WriteAllText(Path.Combine(_folder, "run.sh"), "#!/bin/sh\n");
        Refuses("""{ "name": "mine", "start": ["./run.sh"] }""", "there is no program"); // not executable
        File.SetUnixFileMode(Path.Combine(_folder, "run.sh"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(Path.Combine(_folder, "run.sh"), Read("""{ "name": "mine", "start": ["./run.sh"] }""").Variants[""].Start.Words[0]);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var (first, second) = (Write(Least), Write(Least));
        var refusal = Assert.Throws<TargetException>(() => DescribedEngines.AddTo(TargetCatalogue.Standard, [first, second])).Message;
        Assert.Contains($"{second}: name: there already is an engine 'mine'", refusal, StringComparison.Ordinal);
        var native = Write(Least.Replace("mine", "native", StringComparison.Ordinal));
        Assert.Throws<TargetException>(() => DescribedEngines.AddTo(TargetCatalogue.Standard, [native]));
        Assert.Throws<TargetException>(() => DescribedEngines.AddTo(TargetCatalogue.Standard, [Path.Combine(_folder, "absent.json")]));
    }

    [Fact]
    public void Is_a_target_like_any_other()
    {
        var catalogue = DescribedEngines.AddTo(TargetCatalogue.Standard, [Write("""
            { "name": "mine", "start": ["true", "${image:loader}"], "architectures": ["x64", "arm64"], "images": { "loader": "a loader" },
              "variants": { "fast": {} }, "typicalStartSeconds": 3 }
            """)]);
        var kind = catalogue.KindOf(catalogue.Parse("mine:fast@arm64"));
        Assert.Equal(4, kind.Names.Count);
        Assert.Equal(TimeSpan.FromSeconds(3), kind.TypicalStart);
        Assert.Null(catalogue.WhyUnknownImage("mine.loader"));
        Assert.Contains(
            "did you mean mine", catalogue.WhyUnknown(new TargetName("mien", null, GuestArchitecture.X64)), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Examples))]
    public void The_examples_are_right(string file) =>
        Assert.Equal(Path.GetFileNameWithoutExtension(file), EngineDescriptionReader.Read(Path.Combine(Folder, file)).Name);

    [Fact]
    public void The_schema_knows_each_member_and_no_other()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "engine.schema.json")));
        Compare(EngineFileJson.Default.EngineFile, schema.RootElement, schema.RootElement.GetProperty("$defs"), "");
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${a}", "1")]
    [InlineData("x${a}y${b}z", "x1y${a}z")]
    [InlineData("$$ $5 $", "$ $5 $")]
    [InlineData("$${a}", "${a}")]
    [InlineData("$$${a}", "$1")]
    public void Fills_in_once(string text, string filled) =>
        Assert.Equal(filled, Placeholders.Fill(text, name => name == "a" ? "1" : "${a}"));

    private static void Compare(JsonTypeInfo type, JsonElement schema, JsonElement definitions, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = definitions.GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        if (type.Kind is not JsonTypeInfoKind.Object)
        {
            var inner = type.Kind switch
            {
                JsonTypeInfoKind.Enumerable => schema.GetProperty("items"),
                JsonTypeInfoKind.Dictionary => schema.GetProperty("additionalProperties"),
                _ => default,
            };
            if (inner.ValueKind != JsonValueKind.Undefined)
            {
                Compare(EngineFileJson.Default.GetTypeInfo(type.ElementType!)!, inner, definitions, path + "[]");
            }

            return;
        }

        var properties = schema.GetProperty("properties");
        Assert.Equal(
            (path, string.Join(',', type.Properties.Select(p => p.Name).Order(StringComparer.Ordinal))),
            (path, string.Join(',', properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal))));
        foreach (var property in type.Properties)
        {
            var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            Compare(
                EngineFileJson.Default.GetTypeInfo(inner)!, properties.GetProperty(property.Name), definitions, $"{path}.{property.Name}");
        }
    }

    private void Refuses(string text, string message)
    {
        var file = Write(text);
        var refusal = Assert.Throws<TargetException>(() => EngineDescriptionReader.Read(file)).Message;
        Assert.StartsWith(file, refusal, StringComparison.Ordinal);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    private EngineDescription Read(string text) => EngineDescriptionReader.Read(Write(text));

    private string Write(string text)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, text);
        return file;
    }
}
