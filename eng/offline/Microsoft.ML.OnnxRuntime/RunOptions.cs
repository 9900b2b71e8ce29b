using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Settings of one or more runs. <see cref="Terminate"/> may be set by another thread while runs are under way.</summary>
public class RunOptions : SafeHandle
{
    private OrtLoggingLevel _logSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING;
    private int _logVerbosityLevel;
    private string _logId = "";
    private volatile bool _terminate;

    public RunOptions()
        : base(0, true) => SetHandle(NativeApi.Create(Entry.CreateRunOptions));

    public override bool IsInvalid => handle == 0;

    public OrtLoggingLevel LogSeverityLevel
    {
        get => _logSeverityLevel;
        set
        {
            using var self = new Lease(this);
            NativeApi.Call(Entry.RunOptionsSetRunLogSeverityLevel, self.Pointer, (int)value);
            _logSeverityLevel = value;
        }
    }

    public int LogVerbosityLevel
    {
        get => _logVerbosityLevel;
        set
        {
            using var self = new Lease(this);
            NativeApi.Call(Entry.RunOptionsSetRunLogVerbosityLevel, self.Pointer, value);
            _logVerbosityLevel = value;
        }
    }

    public string LogId
    {
        get => _logId;
        set
        {
            using var self = new Lease(this);
            NativeApi.Call(Entry.RunOptionsSetRunTag, self.Pointer, NativeApi.Utf8(value));
            _logId = value;
        }
    }

    /// <summary>Ends every run that uses these options, at its next operator; stays set until cleared.</summary>
    public bool Terminate
    {
        get => _terminate;
        set
        {
            if (_terminate == value) return;
            using var self = new Lease(this);
            NativeApi.Call(value ? Entry.RunOptionsSetTerminate : Entry.RunOptionsUnsetTerminate, self.Pointer);
            _terminate = value;
        }
    }

    public void AddRunConfigEntry(string configKey, string configValue)
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.AddRunConfigEntry, self.Pointer, NativeApi.Utf8(configKey), NativeApi.Utf8(configValue));
    }

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseRunOptions, handle);
        return true;
    }
}
