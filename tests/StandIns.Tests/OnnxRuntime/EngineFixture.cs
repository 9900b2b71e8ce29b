using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;

namespace StandIns.Tests.OnnxRuntime;

/// <summary>One environment for all tests of the engine, with a logging function; they run one after another, after all others.</summary>
public sealed class EngineFixture
{
    private static readonly ConcurrentQueue<LogLine> Lines = new();

    public EngineFixture()
    {
        WasCreatedBefore = OrtEnv.IsCreated;
        var options = new EnvironmentCreationOptions
        {
            logId = "tests",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingParam = 42,
            loggingFunction = (param, severity, category, logId, location, message) => Lines.Enqueue(new(param, severity, category, logId, location, message)),
            threadOptions = new OrtThreadingOptions { GlobalIntraOpNumThreads = 2, GlobalInterOpNumThreads = 1, GlobalSpinControl = false },
        };
        Env = OrtEnv.CreateInstanceWithOptions(ref options);
    }

    public bool WasCreatedBefore { get; }

    public OrtEnv Env { get; }

    public static IReadOnlyCollection<LogLine> Log => Lines;

    public static string Model(string name) => Path.Combine(Folder(), "fixtures", name + ".onnx");

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    public sealed record LogLine(nint Param, OrtLoggingLevel Severity, string Category, string LogId, string Location, string Message);
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EngineCollection : ICollectionFixture<EngineFixture>
{
    public const string Name = "inference engine";
}
