using System.Text.Json;
using System.Text.Json.Serialization;
using Benchmarks;
using Reliability.Faults;
using Reliability.Soak;

namespace Reliability;

internal static class Program
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        // A figure that was not measured is no number.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static async Task<int> Main(string[] args)
    {
        if (args.Contains("--help")) return Say(ReliabilityOptions.Usage);
        if (args.Contains("--list")) return Say(string.Join('\n', FaultCatalog.All.Select(f => $"{f.Name,-24}{f.Summary}")));
        ReliabilityOptions options;
        try
        {
            options = ReliabilityOptions.Parse(args);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"{e.Message}\n{ReliabilityOptions.Usage}");
            return 2;
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The reliability suite needs Linux: it pauses and kills processes by signals, and reads /proc.");
            return 2;
        }

        using var interrupted = new CancellationTokenSource();
        using var signals = new StopSignals(interrupted.Cancel);
        try
        {
            return await RunAsync(options, interrupted.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted.");
            return 130;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            // The platform did not even start.
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(ReliabilityOptions options, CancellationToken cancellation)
    {
        Directory.CreateDirectory(options.Out);
        Console.Error.WriteLine($"Seed {options.Seed}. Reports and logs: {options.Out}");
        var isGood = true;
        List<string> texts = ["# Reliability\n"];
        if (options.WantsFaults)
        {
            var faults = await new FaultRun(options).RunAsync(cancellation);
            isGood &= faults.IsGood;
            await KeepAsync(options, "faults.json", faults, faults.ToMarkdown(), texts);
        }

        if (options.WantsSoak)
        {
            var soak = await new SoakRun(options).RunAsync(cancellation);
            isGood &= soak.IsGood;
            await KeepAsync(options, "soak.json", soak, soak.ToMarkdown(), texts);
        }

        await File.WriteAllTextAsync(Path.Combine(options.Out, "report.md"), string.Join('\n', texts), CancellationToken.None);
        return isGood ? 0 : 1;
    }

    private static async Task KeepAsync<T>(ReliabilityOptions options, string file, T report, string text, List<string> texts)
    {
        await File.WriteAllTextAsync(Path.Combine(options.Out, file), JsonSerializer.Serialize(report, Json), CancellationToken.None);
        Console.WriteLine(text);
        texts.Add(text);
    }

    private static int Say(string text)
    {
        Console.WriteLine(text);
        return 0;
    }
}
