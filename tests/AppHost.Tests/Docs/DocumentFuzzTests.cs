using System.Collections.Concurrent;
using AppHost.Tests.Platform;

namespace AppHost.Tests.Docs;

/// <summary>Requests that the API document leads to, right ones and wrong ones, against the whole platform.</summary>
[Collection(PlatformCollection.Name)]
public class DocumentFuzzTests(RunningPlatform platform)
{
    private const int Requests = 8_000, AtOnce = 4, Seed = 20_300_131, MostShown = 25;

    /// <summary>Operations on what no request here can know the id of.</summary>
    private static readonly string[] OnUnknownIds =
        ["drainReplica", "resumeReplica", "rotateKey", "revokeKey", "loadModelVersion", "activateModelVersion", "canaryModelVersion", "shadowModelVersion", "unloadModelVersion", "rollBackModel",
            "getInferenceModelVersion", "getInferenceModelVersionReady", "infer", "inferVersion", "loadModel",
            "getResponse", "deleteResponse", "listResponseInputItems", "sendFeedback", "getDriftBaseline", "putDriftBaseline"];

    [Fact]
    public async Task Requests_LedByTheDocument_AreAnsweredAsItSays()
    {
        using var client = platform.CreateClient(null);
        var document = await ApiDocument.ReadAsync(client);
        // What it takes away, other requests ask for.
        var operations = document.Operations.Where(o => o.Id != "unloadModel").ToArray();
        var check = new AnswerCheck(document);
        var (token, powerless) = (RunningPlatform.CreateToken("infer admin models:read metrics", subject: "fuzz"), RunningPlatform.CreateToken("none", subject: "fuzz"));
        var faults = new ConcurrentDictionary<string, string>();
        var succeeded = new ConcurrentDictionary<string, int>();

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellation) =>
        {
            using var request = new RandomRequest(document, token, powerless, new Random(Mix(Seed + i))).Of(operations[i % operations.Length]);
            using var response = await client.SendAsync(request.Message, cancellation);
            var fault = check.Fault(request, response, await response.Content.ReadAsStringAsync(cancellation));
            if (fault is not null) faults.TryAdd($"{request.Operation}: {fault}", $"{request}");
            else if (response.IsSuccessStatusCode) succeeded.AddOrUpdate(request.Operation.Id, 1, (_, count) => count + 1);
        });

        Assert.True(faults.IsEmpty, $"{faults.Count} faults\n" + string.Join('\n', faults.OrderBy(f => f.Key, StringComparer.Ordinal).Take(MostShown).Select(f => $"{f.Key}\n    {f.Value}")));
        var never = operations.Select(o => o.Id).Except(succeeded.Keys).Except(OnUnknownIds);
        Assert.True(!never.Any(), $"None succeeded of {string.Join(", ", never)}.");
    }

    /// <summary>Neighbouring seeds begin alike, and each operation gets every n-th of them.</summary>
    private static int Mix(int seed) => (int)((uint)seed * 2_654_435_761u >> 1);
}
