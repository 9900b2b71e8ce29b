using Microsoft.ML.OnnxRuntime;

namespace ModelServer.Runtime;

/// <summary>
/// Owns the engine's options of one run, or of all runs of one thread, and is the only way to end them from another thread. The engine's own object
/// passes its raw handle on: to terminate a run whose options are freed ends the process. Here a lock guards two states, running and ended; what
/// comes after the end does nothing. The options are never used again for other work: <see cref="Terminate"/> sticks, and one that came a moment
/// late would end the next run.
/// </summary>
internal sealed class RunLease : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RunOptions _options = new();
    private bool _terminated;
    private bool _ended;

    /// <summary>Whether it was told to end its run before that had ended.</summary>
    public bool IsTerminated
    {
        get { lock (_gate) return _terminated; }
    }

    /// <summary>Ends the run under way, or the next one, with an exception. From any thread; after the end it does nothing.</summary>
    public void Terminate()
    {
        lock (_gate)
        {
            if (_ended || _terminated) return;
            _terminated = true;
            _options.Terminate = true;
        }
    }

    /// <summary>Runs with these options. Ending the lease meanwhile frees them after the run.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public void Run(InferenceSession session, OrtIoBinding binding)
    {
        var held = false;
        try
        {
            _options.DangerousAddRef(ref held);
            session.RunWithBinding(_options, binding);
            // The engine got raw handles: without this, who is not used again may be collected while it runs.
            GC.KeepAlive(session);
            GC.KeepAlive(binding);
        }
        finally
        {
            if (held) _options.DangerousRelease();
        }
    }

    /// <inheritdoc cref="Run(InferenceSession, OrtIoBinding)"/>
    /// <returns>The outputs, the caller's to dispose of.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(InferenceSession session, string[] inputNames, OrtValue[] inputs, string[] outputNames)
    {
        var held = false;
        try
        {
            _options.DangerousAddRef(ref held);
            var outputs = session.Run(_options, inputNames, inputs, outputNames);
            GC.KeepAlive(session);
            GC.KeepAlive(inputs);
            return outputs;
        }
        finally
        {
            if (held) _options.DangerousRelease();
        }
    }

    /// <summary>Ends the lease after its run. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_gate) _ended = true;
        _options.Dispose();
    }
}
