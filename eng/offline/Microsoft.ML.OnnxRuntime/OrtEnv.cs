using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

public delegate void DOrtLoggingFunction(IntPtr param, OrtLoggingLevel severity, string category, string logId, string codeLocation, string message);

public struct EnvironmentCreationOptions
{
    public string logId;
    public OrtLoggingLevel? logLevel;
    public OrtThreadingOptions threadOptions;
    public IntPtr? loggingParam;
    public DOrtLoggingFunction loggingFunction;
}

/// <summary>The engine's environment: one in a process, made by the first use unless options are given before it.</summary>
public sealed unsafe class OrtEnv : SafeHandle
{
    private const int ProjectionCSharp = 2;
    private static readonly Lock Gate = new();
    private static OrtEnv _instance;
    private static DOrtLoggingFunction _loggingFunction;

    private OrtLoggingLevel _envLogLevel;

    private OrtEnv(nint env, OrtLoggingLevel logLevel)
        : base(env, true) => _envLogLevel = logLevel;

    public static bool IsCreated => Volatile.Read(ref _instance) is not null;

    public override bool IsInvalid => handle == 0;

    public OrtLoggingLevel EnvLogLevel
    {
        get => _envLogLevel;
        set
        {
            using var self = new Lease(this);
            NativeApi.Call(Entry.UpdateEnvWithCustomLogLevel, self.Pointer, (int)value);
            _envLogLevel = value;
        }
    }

    public static OrtEnv Instance()
    {
        if (Volatile.Read(ref _instance) is { } existing) return existing;
        lock (Gate) return _instance ??= Create(default);
    }

    public static OrtEnv CreateInstanceWithOptions(ref EnvironmentCreationOptions options)
    {
        lock (Gate)
        {
            if (_instance is not null) throw new OnnxRuntimeException(ErrorCode.RuntimeException, "OrtEnv singleton instance already exists, supplied options would not have effect");
            return _instance = Create(options);
        }
    }

    public void EnableTelemetryEvents() => Call(Entry.EnableTelemetryEvents);

    public void DisableTelemetryEvents() => Call(Entry.DisableTelemetryEvents);

    /// <summary>Shares one arena between all sessions that set <c>session.use_env_allocators</c> to 1.</summary>
    public void CreateAndRegisterAllocator(OrtMemoryInfo memInfo, OrtArenaCfg arenaCfg)
    {
        using var self = new Lease(this);
        using var info = new Lease(memInfo);
        using var config = new Lease(arenaCfg);
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint, nint>)NativeApi.At(Entry.CreateAndRegisterAllocator))(self.Pointer, info.Pointer, config.Pointer));
    }

    public string GetVersionString() => NativeApi.VersionText;

    public string[] GetAvailableProviders()
    {
        nint* names;
        int count;
        NativeApi.Check(((delegate* unmanaged<nint**, int*, nint>)NativeApi.At(Entry.GetAvailableProviders))(&names, &count));
        var providers = new string[count];
        for (var i = 0; i < count; i++) providers[i] = NativeApi.Text(names[i]);
        NativeApi.Check(((delegate* unmanaged<nint*, int, nint>)NativeApi.At(Entry.ReleaseAvailableProviders))(names, count));
        return providers;
    }

    protected override bool ReleaseHandle()
    {
        Interlocked.CompareExchange(ref _instance, null, this);
        NativeApi.Release(Entry.ReleaseEnv, handle);
        return true;
    }

    private static OrtEnv Create(EnvironmentCreationOptions options)
    {
        var level = options.logLevel ?? OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
        nint env;
        fixed (byte* id = NativeApi.Utf8(string.IsNullOrEmpty(options.logId) ? "CSharpOnnxRuntime" : options.logId))
        {
            using var threads = options.threadOptions is null ? default : new Lease(options.threadOptions);
            var param = options.loggingParam ?? 0;
            delegate* unmanaged<nint, int, nint, nint, nint, nint, void> logger = null;
            if (options.loggingFunction is not null)
            {
                _loggingFunction = options.loggingFunction;
                logger = &Log;
            }

            NativeApi.Check((logger != null, options.threadOptions) switch
            {
                (false, null) => ((delegate* unmanaged<int, byte*, nint*, nint>)NativeApi.At(Entry.CreateEnv))((int)level, id, &env),
                (true, null) => ((delegate* unmanaged<void*, nint, int, byte*, nint*, nint>)NativeApi.At(Entry.CreateEnvWithCustomLogger))(logger, param, (int)level, id, &env),
                (false, _) => ((delegate* unmanaged<int, byte*, nint, nint*, nint>)NativeApi.At(Entry.CreateEnvWithGlobalThreadPools))((int)level, id, threads.Pointer, &env),
                (true, _) => ((delegate* unmanaged<void*, nint, int, byte*, nint, nint*, nint>)NativeApi.At(Entry.CreateEnvWithCustomLoggerAndGlobalThreadPools))(logger, param, (int)level, id, threads.Pointer, &env),
            });
        }

        NativeApi.Call(Entry.SetLanguageProjection, env, ProjectionCSharp);
        return new OrtEnv(env, level);
    }

    [UnmanagedCallersOnly]
    private static void Log(nint param, int severity, nint category, nint logId, nint codeLocation, nint message) =>
        _loggingFunction(param, (OrtLoggingLevel)severity, NativeApi.Text(category), NativeApi.Text(logId), NativeApi.Text(codeLocation), NativeApi.Text(message));

    private void Call(int entry)
    {
        using var self = new Lease(this);
        NativeApi.Call(entry, self.Pointer);
    }
}
