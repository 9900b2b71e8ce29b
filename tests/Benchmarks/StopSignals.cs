using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Ctrl+C or a request to end: the servers that were started are stopped before the harness goes.</summary>
internal sealed class StopSignals(Action stop) : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop();
        }))];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
