using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>The same texts by <c>/v1/classify</c> and, as token ids in binary tensors, by the Open Inference Protocol, in turn on one server: one text in a request, and sixteen
/// of one length. Missed where tensors run below nine tenths of the texts.</summary>
internal sealed class RawTensors(ScenarioInputs inputs) : IScenario
{
    private const double Least = 0.9;
    private const int Rows = 16;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var options = inputs.Options;
        var variant = inputs.Variants.First(v => v is { Model: "tiny", Precision: "fp32" });
        using var server = await new DirectServer().StartAsync(variant, cancellation);
        var (authority, token) = (server.Endpoint.ToString(), server.Token!);
        (string Name, int[][] Groups)[] loads =
        [
            ("1 text", [.. Enumerable.Range(0, inputs.Sentences.Texts.Length).Select(i => new[] { i })]),
            ($"{Rows} texts", Groups(inputs.Sentences)),
        ];
        var table = new TextTable(2, $"tensors, {variant.Name}, {inputs.Sentences.Name}", "clients", "texts, tokens/s", "tensors, tokens/s", "ratio", "texts p50, ms", "tensors p50, ms", "errors");
        var isMet = true;
        foreach (var (name, groups) in loads)
        {
            RequestSet[] ways = [Texts(groups, variant.Model, authority, token), Tensors(groups, variant.Model, authority, token)];
            foreach (var clients in options.Clients)
            {
                List<Measurement>[] rounds = [[], []];
                for (var round = 0; round < options.Rounds; round++)
                    for (var way = 0; way < ways.Length; way++)
                        rounds[way].Add(await ClosedLoop.RunAsync(server, ways[way], clients, TimeSpan.FromSeconds(1), options.Measured, cancellation));
                var (texts, tensors) = (Measurement.MedianOf(rounds[0]), Measurement.MedianOf(rounds[1]));
                var ratio = tensors.TokensPerSecond / texts.TokensPerSecond;
                isMet &= ratio >= Least && texts.Errors + tensors.Errors == 0;
                table.Add(name, $"{clients}", $"{texts.TokensPerSecond:0}", $"{tensors.TokensPerSecond:0}", $"{ratio:0.00}", $"{texts.P50:0.00}", $"{tensors.P50:0.00}", $"{texts.Errors + tensors.Errors}");
            }
        }

        table.Write(Console.Out);
        return isMet ? 0 : 1;
    }

    /// <summary>Sixteen texts of one length, as often as the corpus has them.</summary>
    private static int[][] Groups(TextCorpus corpus) => [.. Enumerable.Range(0, corpus.Texts.Length).GroupBy(i => corpus.Ids[i].Length).SelectMany(g => g.Chunk(Rows)).Where(g => g.Length == Rows)];

    private RequestSet Texts(int[][] groups, string model, string authority, string token) => new(
        [.. groups.Select(g => RequestSet.Post("/v1/classify", authority, token, JsonSerializer.SerializeToUtf8Bytes(new { model, input = g.Select(i => inputs.Sentences.Texts[i]) })))],
        [.. groups.Select(Count)]);

    private RequestSet Tensors(int[][] groups, string model, string authority, string token) => new(
        [.. groups.Select(g =>
        {
            var (json, tensors) = Body(g);
            return RequestSet.Post($"/v2/models/{model}/infer", authority, token, [.. json, .. tensors], $"Inference-Header-Content-Length: {json.Length}");
        })],
        [.. groups.Select(Count)]);

    private int Count(int[] group) => group.Sum(i => inputs.Sentences.Ids[i].Length);

    /// <summary>As Triton's client sends ids and mask.</summary>
    private (byte[] Json, byte[] Tensors) Body(int[] group)
    {
        long[] ids = [.. group.SelectMany(i => inputs.Sentences.Ids[i]).Select(id => (long)id)];
        var shape = new[] { group.Length, ids.Length / group.Length };
        var size = ids.Length * sizeof(long);
        object Input(string name) => new { name, shape, datatype = "INT64", parameters = new { binary_data_size = size } };
        var json = JsonSerializer.Serialize(new { inputs = new[] { Input("input_ids"), Input("attention_mask") }, parameters = new { binary_data_output = true } });
        return (Encoding.UTF8.GetBytes(json), [.. MemoryMarshal.AsBytes<long>(ids), .. MemoryMarshal.AsBytes<long>(Array.ConvertAll(ids, _ => 1L))]);
    }
}
