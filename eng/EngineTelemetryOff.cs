using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine;

/// <summary>Turns the engine's telemetry off before the engine is loaded. Its Linux builds keep a database, a device id and a session file for it, and
/// call Microsoft, unless they find this variable; the switch of its interface comes too late for the files. Compiled into every program that runs
/// the engine, as its first act, so that none has to remember it.</summary>
file static class EngineTelemetryOff
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

    [ModuleInitializer]
    internal static void Apply()
    {
        // For processes started from here: on Unix .NET keeps an environment of its own and never tells the one that native code reads.
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows() && SetNative(Variable, "1", 1) != 0) throw new InvalidOperationException($"{Variable} cannot be set.");
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetNative(string name, string value, int overwrite);
}
