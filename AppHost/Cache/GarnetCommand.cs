using System.Runtime.InteropServices;
using Garnet;
using Garnet.common;

namespace AppHost.Cache;

/// <summary>The program of the resource that <see cref="GarnetExtensions"/> adds: Garnet until it is told to stop. Its settings come from the environment.</summary>
internal static class GarnetCommand
{
    public const string Name = "garnet";
    public const string FolderVariable = "GARNET_FOLDER";

    /// <summary>A platform that was killed goes on holding its folder for some seconds.</summary>
    private static readonly TimeSpan FolderIsFreeWithin = TimeSpan.FromSeconds(15);

    /// <returns>0 when it was told to stop, 1 when it cannot run, with the reason on <paramref name="error"/>.</returns>
    public static int Run(TextWriter error)
    {
        var (port, password, folder) = (Take("REDIS_PORT"), Take("REDIS_PASSWORD"), Take(FolderVariable));
        if (port is null || password is null || folder is null)
        {
            error.WriteLine("This command is for the platform itself: ./start --cache garnet.");
            return 2;
        }

        try
        {
            using var own = Lock(folder);
            using var stop = new ManualResetEventSlim();
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var server = new GarnetServer(Arguments(port, password, folder));
            server.Start();
            stop.Wait();
            return 0;

            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Set();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or GarnetException)
        {
            error.WriteLine($"Garnet cannot run: {e.Message}");
            return 1;
        }
    }

    /// <summary>Read once and gone, so that no child or crash report has it from here.</summary>
    private static string? Take(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    /// <summary>Two servers in one folder would destroy each other's files. The operating system gives the lock back, however the process ends.</summary>
    private static FileStream Lock(string folder)
    {
        Directory.CreateDirectory(folder);
        var start = Environment.TickCount64;
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 - start < FolderIsFreeWithin.TotalMilliseconds)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static string[] Arguments(string port, string password, string folder) =>
    [
        "-q", "--logger-level", "Warning",
        "--bind", "127.0.0.1", "--port", port, "--auth", "Password", "--password", password,
        "--lua", "true",
        // Memory is bounded. What does not fit lies on disk rather than being forgotten: an API key is as good as a result, and has no end.
        "--memory", "64m", "--page", "1m", "--index", "4m", "--index-max-size", "32m",
        "--storage-tier", "true", "--logdir", Path.Combine(folder, "log"), "--segment", "32m", "--object-log-segment", "32m",
        // The disk is bounded too: expired results go, and what lives moves to the end of the log.
        "--expired-key-deletion-scan-freq", "60", "--compaction-freq", "60", "--compaction-type", "Lookup", "--compaction-max-segments", "4",
        // Every change is on its way to disk at once; a checkpoint takes the place of a long log of changes.
        "--aof", "true", "--aof-commit-freq", "0", "--aof-memory", "16m", "--aof-page-size", "4m", "--aof-segment-size", "16m", "--aof-size-limit", "64m",
        "--recover", "true", "--checkpointdir", Path.Combine(folder, "checkpoints"),
        // Its other devices want libraries of the system.
        "--device-type", "RandomAccess",
    ];
}
