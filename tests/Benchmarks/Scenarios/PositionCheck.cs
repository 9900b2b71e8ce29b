using System.Text.Json;
using Benchmarks.Engine;
using Benchmarks.Models;

namespace Benchmarks.Scenarios;

/// <summary>
/// Whether another library computes the same network: the next token at some positions of the texts that the engine writes in fp32.
/// Each position is asked apart, so that one token that differs does not change those behind it.
/// </summary>
internal sealed class PositionCheck(GenerationLoads loads)
{
    private const int Prompts = 4, Positions = 8;
    private readonly Dictionary<string, (string File, int[][] Texts, int[] Exact)> _known = [];
    private readonly Dictionary<ModelVariant, int[]> _answers = [];

    public static int Count => Prompts * Positions;

    /// <summary>JSON of the texts up to each position.</summary>
    public string File(string model) => Known(model).File;

    /// <summary>What the engine answers in fp32.</summary>
    public int[] Exact(string model) => Known(model).Exact;

    /// <summary>What the engine answers on a graph.</summary>
    public int[] Of(ModelVariant variant)
    {
        if (_answers.TryGetValue(variant, out var answers)) return answers;
        using var engine = Open(variant);
        return _answers[variant] = [.. Known(variant.Model).Texts.Select(text => engine.First.Continue(text, 1)[0])];
    }

    private (string File, int[][] Texts, int[] Exact) Known(string model)
    {
        if (_known.TryGetValue(model, out var known)) return known;
        using var engine = Open(DecoderStore.Prepare([model], ["fp32"])[0]);
        List<int[]> texts = [];
        List<int> exact = [];
        foreach (var prompt in loads.Short.Ids.Take(Prompts))
        {
            var following = engine.First.Continue(prompt, Positions);
            for (var i = 0; i < Positions; i++)
            {
                texts.Add([.. prompt, .. following.AsSpan(0, i)]);
                exact.Add(following[i]);
            }
        }

        var file = Path.Combine(BenchmarkPaths.Cache, $"check-{model}.json");
        System.IO.File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(texts.Select(ids => new { ids, tokens = 1 })));
        return _known[model] = (file, [.. texts], [.. exact]);
    }

    private static RawLoops Open(ModelVariant variant) => new(variant, new(1, Environment.ProcessorCount, 0), rows: 1, DecoderStore.Window(variant));
}
