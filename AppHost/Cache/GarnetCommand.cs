using System.Runtime.InteropServices;
using Garnet.common;

namespace AppHost.Cache;

/// <summary>The program of the resource that <see cref="GarnetExtensions"/> adds: Garnet until it is told to stop. Its settings come from the environment.</summary>
internal static class GarnetCommand
{
    public const string Name = "garnet";
    public const string FolderVariable = "GARNET_FOLDER";

    /// <summary>A platform that was killed goes on holding its folder for some seconds.</summary>
    private static readonly TimeSpan FolderIsFreeWithin = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan TidyPeriod = TimeSpan.FromSeconds(1);

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
            using var server = new BoundedGarnet(folder, "--bind", "127.0.0.1", "--port", port, "--auth", "Password", "--password", password);
            server.Start();
            while (!stop.Wait(TidyPeriod)) server.Tidy();
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
}
