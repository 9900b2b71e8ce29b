using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Runtime;

/// <summary>Decides once which device this process runs on and makes session options for it.</summary>
internal sealed partial class ExecutionDevice
{
    /// <summary>The smallest ONNX model: y = x + x.</summary>
    private static readonly byte[] ProbeGraph = Convert.FromBase64String("CAgSADo1Cg4KAXgKAXgSAXkiA0FkZBIBcFoPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0=");

    /// <summary>A text is too little work for more.</summary>
    private const int MostLoneThreads = 8;

    /// <summary>A pool that spins between requests burns cores that other replicas need.</summary>
    private static readonly (string Key, string Value)[] Sleeping = [("session.intra_op.allow_spinning", "0")];

    /// <summary>From one operator of a run to the next is microseconds: to sleep and wake takes longer, a quarter of a decoder's step. Between runs the cores are given back.</summary>
    private static readonly (string Key, string Value)[] Spinning =
        [("session.intra_op.allow_spinning", "1"), ("session.intra_op.spin_duration_us", "1000"), ("session.force_spinning_stop", "1")];

    private readonly InferenceOptions _options;

    public ExecutionDevice(IOptions<InferenceOptions> options, ILogger<ExecutionDevice> logger)
    {
        OnnxEnvironment.Initialize(logger);
        _options = options.Value;
        Kind = Choose(logger);
        Encoders = EncoderLimits.On(Kind, _options);
        LogDecision(logger, Kind, Encoders.Workers, Encoders.BatchTokens, _options.IntraOpThreads, _options.EffectiveCores, Environment.ProcessorCount);
    }

    /// <summary>Never <see cref="DeviceKind.Auto"/>.</summary>
    public DeviceKind Kind { get; }

    /// <summary>How encoders are run on it.</summary>
    public EncoderLimits Encoders { get; }

    public bool IsGpu => Kind == DeviceKind.Cuda;

    /// <summary>Threads inside a run.</summary>
    public int IntraOpThreads => _options.IntraOpThreads;

    /// <summary>Threads of a run that has the machine to itself, as far as it is set or worth trying; no more than every run has where it is neither.</summary>
    public int LoneThreads => IsGpu ? _options.IntraOpThreads : Math.Max(_options.IntraOpThreads, _options.LoneThreads ?? Math.Min(MostLoneThreads, Environment.ProcessorCount));

    /// <summary>Whether this process is told to take fewer cores than it sees, as others take the rest.</summary>
    public bool IsShared => _options.EffectiveCores < Environment.ProcessorCount;

    /// <summary>Whether <see cref="LoneThreads"/> are taken without asking whether they pay.</summary>
    public bool AreLoneThreadsSet => _options.LoneThreads is not null;

    /// <summary>Counts the runs of all encoders on it.</summary>
    public RunCount Runs { get; } = new();

    public SessionOptions CreateSessionOptions() => CreateSessionOptions(Kind, _options.IntraOpThreads, Sleeping);

    /// <summary>For a decoder: on the CPU, where its cache of keys and values lies.</summary>
    public SessionOptions CreateDecoderOptions(int threads) => CreateSessionOptions(DeviceKind.Cpu, threads, threads == 1 ? Sleeping : Spinning);

    /// <summary>For an encoder's runs that have the machine to themselves. What they take is given back after each: to keep it would be a tenth of the model
    /// and more, and save a twentieth of a long run's time at most.</summary>
    public SessionOptions CreateLoneOptions()
    {
        var session = CreateSessionOptions(DeviceKind.Cpu, LoneThreads, Spinning);
        session.EnableCpuMemArena = false;
        return session;
    }

    /// <exception cref="DeviceException">A device was asked for by name and does not work.</exception>
    private DeviceKind Choose(ILogger logger)
    {
        if (_options.Device == DeviceKind.Cpu) return DeviceKind.Cpu;
        try
        {
            OnnxEnvironment.Probe(() => Try(DeviceKind.Cuda));
            return DeviceKind.Cuda;
        }
        catch (Exception e) when (e is OnnxRuntimeException or NotSupportedException or EntryPointNotFoundException)
        {
            // The engine's own words name paths: they are for the log, the sentence is for listings too.
            LogEngineFailure(logger, _options.Device == DeviceKind.Auto ? LogLevel.Debug : LogLevel.Error, e);
            var sentence = NoCuda(CudaLibraries.Missing());
            if (_options.Device != DeviceKind.Auto) throw new DeviceException(sentence, e);
            LogFallback(logger, sentence);
            return DeviceKind.Cpu;
        }
    }

    /// <summary>The engine lists providers whose libraries are absent, and takes those whose hardware is: only a session proves one.</summary>
    private void Try(DeviceKind kind)
    {
        using var options = CreateSessionOptions(kind, _options.IntraOpThreads, Sleeping);
        using var session = new InferenceSession(ProbeGraph, options);
    }

    /// <param name="waiting">What the pool's threads do between two operators: <see cref="Sleeping"/> or <see cref="Spinning"/>.</param>
    private SessionOptions CreateSessionOptions(DeviceKind kind, int threads, (string Key, string Value)[] waiting)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
        };
        try
        {
            foreach (var (key, value) in waiting) session.AddSessionConfigEntry(key, value);
            if (kind == DeviceKind.Cuda) session.AppendExecutionProvider_CUDA(_options.DeviceId);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <param name="missing">Libraries that this machine cannot load.</param>
    internal static string NoCuda(string[] missing)
    {
        var reason = missing.Length > 0
            ? $"these libraries are missing: {string.Join(", ", missing)}"
            : "all its libraries load, but the engine could not start a session on a GPU; the server's log has the details";
        return $"CUDA cannot be used: {reason}. It needs an NVIDIA driver, CUDA 13 and cuDNN 9 on the library path, and the GPU package of ONNX Runtime. Set Inference:Device to cpu to run without a GPU.";
    }

    [LoggerMessage(EventId = 1000, Message = "The engine could not use CUDA")]
    private static partial void LogEngineFailure(ILogger logger, LogLevel level, Exception exception);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "No GPU is used, continuing on the CPU. {Reason}")]
    private static partial void LogFallback(ILogger logger, string reason);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Inference on {Device}: {Workers} workers for each encoder, {BatchTokens} padded tokens in a run, {Threads} threads in it, on {Cores} of {Visible} visible cores")]
    private static partial void LogDecision(ILogger logger, DeviceKind device, int workers, int batchTokens, int threads, int cores, int visible);
}
