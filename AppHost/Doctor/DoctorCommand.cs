using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AppHost.Doctor;

/// <summary><c>./start --doctor</c>, and the same as a command of the dashboard.</summary>
internal static class DoctorCommand
{
    /// <returns>0 when nothing fails, else 1.</returns>
    /// <exception cref="DistributedApplicationException">An option has a wrong value.</exception>
    public static int Run(string[] configuration, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            var results = PlatformDoctor.ExamineAsync(DoctorScope.FromCommandLine(configuration), stop.Token).GetAwaiter().GetResult();
            foreach (var result in results) output.WriteLine(result);
            return ExitCode(results);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }

    public static int ExitCode(IEnumerable<DoctorResult> results) => results.Any(result => result.Level == DoctorLevel.Fail) ? 1 : 0;

    /// <summary>Looks at the machine that the platform runs on.</summary>
    public static IResourceBuilder<ProjectResource> WithDoctorCommand(this IResourceBuilder<ProjectResource> gateway)
        => gateway.ApplicationBuilder.ExecutionContext.IsPublishMode ? gateway : gateway.WithCommand("doctor", "Doctor", ShowAsync, new CommandOptions
        {
            Description = "Looks at all that the platform needs on this machine, and says what to do about what is missing.",
            IconName = "Stethoscope",
        });

    private static async Task<ExecuteCommandResult> ShowAsync(ExecuteCommandContext context)
    {
        var scope = DoctorScope.From(context.Services.GetRequiredService<IConfiguration>(), isRunning: true) with { Redis = await RedisAsync(context) };
        var results = await PlatformDoctor.ExamineAsync(scope, context.CancellationToken);
        foreach (var result in results) context.Logger.Log(result.Level switch { DoctorLevel.Fail => LogLevel.Error, DoctorLevel.Warn => LogLevel.Warning, _ => LogLevel.Information }, "{Finding}", result);
        var text = string.Join(Environment.NewLine, results);
        return ExitCode(results) == 0
            ? CommandResults.Success("Nothing fails.", text, CommandResultFormat.Text, displayImmediately: true)
            : CommandResults.Failure("Something fails; the resource's log has every line.", text, CommandResultFormat.Text);
    }

    /// <summary>The one that this platform runs.</summary>
    private static async Task<string?> RedisAsync(ExecuteCommandContext context)
    {
        var model = context.Services.GetRequiredService<DistributedApplicationModel>();
        var cache = model.Resources.OfType<IResourceWithConnectionString>().FirstOrDefault(resource => resource.Name == Cache.CacheExtensions.Name);
        return cache is null ? null : await cache.GetConnectionStringAsync(context.CancellationToken);
    }
}
