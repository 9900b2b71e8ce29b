using Benchmarks.Faults;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Fifty clients on three routes while processes of the platform are killed, stopped, paused and restarted: no request may fail.</summary>
internal sealed class FaultRun(ScenarioInputs inputs) : IScenario
{
    private const int Clients = 50;
    private static readonly TimeSpan EncoderWarmUp = TimeSpan.FromSeconds(5);

    /// <returns>0, or 1 where a target was missed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var texts = inputs.Sentences.Texts;
        using var platform = await FaultyPlatform.StartAsync(cancellation);
        var door = new FrontDoor(platform);
        var phase = -1;
        var clients = Enumerable.Range(0, Clients).Select(i => new FaultClient(
            i,
            FaultClient.Routes[i % FaultClient.Routes.Count],
            i % 2 == 0 ? Platform.Token : platform.ApiKey,
            [.. Enumerable.Range(0, FaultyPlatform.Gateways).Select(platform.Gateway)],
            door,
            texts,
            () => Volatile.Read(ref phase))).ToArray();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = door.WatchAsync(end.Token);
        var running = Task.WhenAll(clients.Select(c => Task.Run(() => c.RunAsync(end.Token), CancellationToken.None)));
        await Task.Delay(EncoderWarmUp, cancellation);

        var report = new FaultReport();
        var retries = new RetryCounts(platform);
        await retries.TakeAsync(cancellation);
        var memory = Memory(platform);
        foreach (var fault in FaultScript.All)
        {
            Volatile.Write(ref phase, phase + 1);
            Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {fault.Name}");
            await fault.HappenAsync(platform, cancellation);
            report.Retries.Add(await retries.TakeAsync(cancellation));
        }

        var after = Memory(platform);
        await end.CancelAsync();
        await Task.WhenAll(running, watching);
        report.Write(Console.Out, [.. clients.SelectMany(c => c.Answers).Where(a => a.Phase >= 0)]);
        Console.Out.WriteLine($"gateways' resident memory, MB: {memory} before, {after} after");
        return report.IsFlawless ? 0 : 1;
    }

    private static string Memory(FaultyPlatform platform)
        => string.Join(" and ", Enumerable.Range(0, FaultyPlatform.Gateways).Select(i => $"{platform.GatewayProcess(i).ResidentMegabytes():0}"));
}
