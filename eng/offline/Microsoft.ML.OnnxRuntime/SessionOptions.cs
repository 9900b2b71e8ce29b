using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Settings of a session. The engine accepts unknown configuration keys silently.</summary>
public partial class SessionOptions : SafeHandle
{
    private bool _enableMemoryPattern = true;
    private bool _enableProfiling;
    private bool _enableCpuMemArena = true;
    private string _optimizedModelFilePath = "";
    private string _logId = "";
    private OrtLoggingLevel _logSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
    private int _logVerbosityLevel;
    private int _intraOpNumThreads;
    private int _interOpNumThreads;
    private GraphOptimizationLevel _graphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL;
    private ExecutionMode _executionMode = ExecutionMode.ORT_SEQUENTIAL;

    public SessionOptions()
        : base(0, true)
    {
        OrtEnv.Instance();
        SetHandle(NativeApi.Create(Entry.CreateSessionOptions));
    }

    public override bool IsInvalid => handle == 0;

    public bool EnableMemoryPattern
    {
        get => _enableMemoryPattern;
        set => Switch(ref _enableMemoryPattern, value, Entry.EnableMemPattern, Entry.DisableMemPattern);
    }

    /// <summary>Takes effect when <see cref="EnableProfiling"/> is set to true.</summary>
    public string ProfileOutputPathPrefix { get; set; } = "onnxruntime_profile_";

    public bool EnableProfiling
    {
        get => _enableProfiling;
        set
        {
            if (_enableProfiling == value) return;
            if (value) Call(Entry.EnableProfiling, NativeApi.PathText(ProfileOutputPathPrefix));
            else Call(Entry.DisableProfiling);
            _enableProfiling = value;
        }
    }

    public string OptimizedModelFilePath
    {
        get => _optimizedModelFilePath;
        set
        {
            if (value == _optimizedModelFilePath) return;
            Call(Entry.SetOptimizedModelFilePath, NativeApi.PathText(value));
            _optimizedModelFilePath = value;
        }
    }

    public bool EnableCpuMemArena
    {
        get => _enableCpuMemArena;
        set => Switch(ref _enableCpuMemArena, value, Entry.EnableCpuMemArena, Entry.DisableCpuMemArena);
    }

    public string LogId
    {
        get => _logId;
        set
        {
            Call(Entry.SetSessionLogId, NativeApi.Utf8(value));
            _logId = value;
        }
    }

    public OrtLoggingLevel LogSeverityLevel
    {
        get => _logSeverityLevel;
        set
        {
            Call(Entry.SetSessionLogSeverityLevel, (int)value);
            _logSeverityLevel = value;
        }
    }

    public int LogVerbosityLevel
    {
        get => _logVerbosityLevel;
        set
        {
            Call(Entry.SetSessionLogVerbosityLevel, value);
            _logVerbosityLevel = value;
        }
    }

    /// <summary>Threads within an operator; 0 leaves the choice to the engine.</summary>
    public int IntraOpNumThreads
    {
        get => _intraOpNumThreads;
        set
        {
            Call(Entry.SetIntraOpNumThreads, value);
            _intraOpNumThreads = value;
        }
    }

    /// <summary>Threads across operators, used in parallel execution only; 0 leaves the choice to the engine.</summary>
    public int InterOpNumThreads
    {
        get => _interOpNumThreads;
        set
        {
            Call(Entry.SetInterOpNumThreads, value);
            _interOpNumThreads = value;
        }
    }

    public GraphOptimizationLevel GraphOptimizationLevel
    {
        get => _graphOptimizationLevel;
        set
        {
            Call(Entry.SetSessionGraphOptimizationLevel, (int)value);
            _graphOptimizationLevel = value;
        }
    }

    public ExecutionMode ExecutionMode
    {
        get => _executionMode;
        set
        {
            Call(Entry.SetSessionExecutionMode, (int)value);
            _executionMode = value;
        }
    }

    public void AddSessionConfigEntry(string configKey, string configValue)
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.AddSessionConfigEntry, self.Pointer, NativeApi.Utf8(configKey), NativeApi.Utf8(configValue));
    }

    public void AddFreeDimensionOverride(string dimDenotation, long dimValue)
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.AddFreeDimensionOverride, self.Pointer, NativeApi.Utf8(dimDenotation), dimValue);
    }

    public void AddFreeDimensionOverrideByName(string dimName, long dimValue)
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.AddFreeDimensionOverrideByName, self.Pointer, NativeApi.Utf8(dimName), dimValue);
    }

    /// <summary>Uses the thread pools of the environment, which must have been created with <see cref="OrtThreadingOptions"/>.</summary>
    public void DisablePerSessionThreads() => Call(Entry.DisablePerSessionThreads);

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseSessionOptions, handle);
        return true;
    }

    private void Call(int entry)
    {
        using var self = new Lease(this);
        NativeApi.Call(entry, self.Pointer);
    }

    private void Call(int entry, int value)
    {
        using var self = new Lease(this);
        NativeApi.Call(entry, self.Pointer, value);
    }

    private void Call(int entry, byte[] text)
    {
        using var self = new Lease(this);
        NativeApi.Call(entry, self.Pointer, text);
    }

    private void Switch(ref bool state, bool value, int on, int off)
    {
        if (state == value) return;
        Call(value ? on : off);
        state = value;
    }
}
