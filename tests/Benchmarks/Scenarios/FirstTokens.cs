using System.Diagnostics;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>The time to the first token of the same requests on two ways, each in turn, nothing beside them.</summary>
internal static class FirstTokens
{
    public static async Task<(StreamMeasurement Direct, StreamMeasurement Through)> CompareAsync(
        RunningServer direct, RunningServer through, PromptSet prompts, TimeSpan time, CancellationToken cancellation)
    {
        RunningServer[] ways = [direct, through];
        StreamConnection[] connections = [.. ways.Select(w => new StreamConnection(w.Endpoint))];
        StreamRequests[] requests = [.. ways.Select(w => StreamRequests.Create(prompts, w.Endpoint.ToString(), w.Token))];
        List<long>[] first = [[], []];
        var errors = new long[2];
        var warm = TimeSpan.FromSeconds(3);
        for (long begin = Stopwatch.GetTimestamp(), i = 0; Stopwatch.GetElapsedTime(begin) < warm + time; i++)
        {
            var counts = Stopwatch.GetElapsedTime(begin) >= warm;
            for (var way = 0; way < 2; way++)
            {
                var answer = await connections[way].SendAsync(requests[way].Requests[i % prompts.Texts.Length], cancellation);
                cancellation.ThrowIfCancellationRequested();
                if (!answer.IsComplete) errors[way]++;
                else if (counts) first[way].Add(answer.Times[0] - answer.Start);
            }
        }

        foreach (var connection in connections) connection.Dispose();
        return (Of(0), Of(1));

        StreamMeasurement Of(int way) => StreamMeasurement.Of(double.NaN, first[way], []) with { Errors = errors[way] };
    }
}
