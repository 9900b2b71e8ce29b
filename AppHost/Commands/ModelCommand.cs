using System.Runtime.InteropServices;
using AppHost.Pull;
using AppHost.Rollouts;

namespace AppHost.Commands;

/// <summary><c>model COMMAND …</c>: what is done with models from a terminal. Each command is an entry of <see cref="Commands"/>.</summary>
internal static class ModelCommand
{
    private const int UsageExitCode = 2;

    private static readonly Subcommand[] Commands =
    [
        new("pull", PullCommand.Usage, PullCommand.RunAsync),
        new("check", CheckCommand.Usage, CheckCommand.RunAsync),
        new("list", RolloutCommand.ListUsage, RolloutCommand.ListAsync),
        new("load", RolloutCommand.LoadUsage, RolloutCommand.LoadAsync),
        new("activate", RolloutCommand.ActivateUsage, RolloutCommand.ActivateAsync),
        new("canary", RolloutCommand.CanaryUsage, RolloutCommand.CanaryAsync),
        new("shadow", RolloutCommand.ShadowUsage, RolloutCommand.ShadowAsync),
        new("rollback", RolloutCommand.RollbackUsage, RolloutCommand.RollbackAsync),
        new("unload", RolloutCommand.UnloadUsage, RolloutCommand.UnloadAsync),
    ];

    /// <summary>Runs one command, which Ctrl+C and SIGTERM cancel.</summary>
    /// <returns>The command's exit code: 0, 1 after a failure, 2 for arguments that are wrong.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (args is ["--help" or "-h"])
        {
            output.WriteLine(Help());
            return 0;
        }

        if (Array.Find(Commands, c => args is [var name, ..] && c.Name == name) is not { } command)
        {
            error.WriteLine(args is [var unknown, ..] ? $"Unknown command {unknown}.{Environment.NewLine}{Help()}" : Help());
            return UsageExitCode;
        }

        if (args[1..] is ["--help" or "-h"])
        {
            output.WriteLine($"./model {command.Usage}");
            return 0;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return command.RunAsync(args[1..], output, error, stop.Token).GetAwaiter().GetResult();

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static string Help() => string.Join(Environment.NewLine, Commands.Select(c => $"  ./model {c.Usage}"));

    /// <param name="Name">The word that chooses it.</param>
    /// <param name="Usage">Its line of the help: name, arguments, options.</param>
    /// <param name="RunAsync">Its own arguments, standard output and standard error; gives the exit code.</param>
    private sealed record Subcommand(string Name, string Usage, Func<string[], TextWriter, TextWriter, CancellationToken, Task<int>> RunAsync);
}
