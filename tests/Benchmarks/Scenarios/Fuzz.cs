using System.Text;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>Thousands of malformed and hostile bodies on every route, through the gateway: nothing may answer 5xx, crash or grow.</summary>
internal sealed class Fuzz(ScenarioInputs inputs) : IScenario
{
    private const int Clients = 8;
    private const int MostShown = 10;

    /// <summary>Routes with a body that each takes.</summary>
    /// <param name="embedding">A model that embeds.</param>
    /// <param name="generation">A model that generates.</param>
    public static IReadOnlyList<(string Path, string Valid)> Routes(string embedding, string generation) =>
    [
        ("/predict", """{"text":"TEXT","max_length":64}"""),
        ("/v1/classify", """{"input":["TEXT","b"],"top_k":2,"truncate":true}"""),
        ("/v1/embeddings", $$"""{"model":"{{embedding}}","input":["TEXT"],"encoding_format":"base64","dimensions":8}"""),
        ("/v1/rerank", """{"query":"TEXT","documents":["a","b"],"top_n":1}"""),
        ("/v1/token-classify", """{"input":["TEXT","b"],"aggregation":"average","stride":2}"""),
        ("/v1/fill-mask", """{"input":"TEXT [MASK]","top_k":2,"targets":["a","b"]}"""),
        ("/v1/tokenize", $$"""{"model":"{{embedding}}","text":"TEXT"}"""),
        ("/v1/detokenize", $$"""{"model":"{{embedding}}","ids":[1,2,3]}"""),
        ("/v1/completions", $$"""{"model":"{{generation}}","prompt":"TEXT","max_tokens":4}"""),
        ("/v1/chat/completions", $$"""{"model":"{{generation}}","messages":[{"role":"user","content":"TEXT"}],"max_tokens":4}"""),
        ("/v1/generate", """{"text":"TEXT","max_length":8}"""),
    ];

    /// <returns>0, or 1 where a 5xx was seen or a process ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var bodies = inputs.Options.FuzzCount;
        using var server = await new GatewayPath().StartAsync(inputs.Variants[0], cancellation);
        var table = new TextTable(1, "route", "bodies", "2xx", "4xx", "5xx", "no answer", "rss MB");
        var failures = 0;
        foreach (var (path, valid) in Routes("tiny", "tiny"))
        {
            var counts = new int[6];
            var next = -1;
            List<string> seen = [];
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(ClientAsync, cancellation)));
            failures += counts[5];
            table.Add(path, $"{bodies}", $"{counts[2]}", $"{counts[4]}", $"{counts[5]}", $"{counts[0]}", $"{server.ResidentMegabytes():0}");
            foreach (var failure in seen) Console.Error.WriteLine(failure);

            async Task ClientAsync()
            {
                using var connection = new HttpConnection(server.Endpoint);
                for (int i; (i = Interlocked.Increment(ref next)) < bodies && !cancellation.IsCancellationRequested;)
                {
                    var body = new HostileBodies(i).Next(valid);
                    var answer = await connection.SendAsync(RequestSet.Post(path, server.Endpoint.ToString(), server.Token, body, noCache: false), cancellation);
                    Interlocked.Increment(ref counts[answer.Status / 100]);
                    if (answer.Status is not 0 and < 500) continue;
                    lock (seen)
                    {
                        if (seen.Count < MostShown) seen.Add($"{path} body {i}: {answer.Status}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200)))}");
                    }
                }
            }
        }

        table.Write(Console.Out);
        var alive = !server.HasExited;
        Console.WriteLine(alive ? $"All processes live; {failures} answers of 5xx." : "A process ended.");
        return alive && failures == 0 ? 0 : 1;
    }
}
