using Benchmarks;
using Benchmarks.Publishing;
using Benchmarks.Scenarios;
using Benchmarks.Systems;

if (args is ["serve", var kind, var port, .. var backend])
{
    await ProxyRivals.ServeAsync(kind, int.Parse(port), backend is [var address] ? int.Parse(address) : 0);
    return 0;
}

if (args is [PublishCommand.Name, .. var files]) return PublishCommand.Run(files);
if (args is [IdleCommand.Name]) return IdleCommand.Run();

if (args.Contains("--help"))
{
    Console.WriteLine(BenchmarkOptions.Usage);
    return 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var signals = new StopSignals(interrupted.Cancel);

Directory.CreateDirectory(BenchmarkPaths.Cache);
try
{
    return await ScenarioChoice.Of(options.Scenario).Create(new ScenarioInputs(options)).RunAsync(interrupted.Token);
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted.");
    return 130;
}
