using Benchmarks.Corpus;
using Microsoft.ML.OnnxRuntime;

namespace Benchmarks.Engine;

/// <summary>A batch whose tensors are ready to run.</summary>
/// <param name="Tokens">Real tokens, padding left out.</param>
/// <param name="Weight">How much one run counts: 1, or one over the copies in it.</param>
internal sealed record EngineBatch(OrtValue[] Inputs, int Rows, int Tokens, double Weight) : IDisposable
{
    public static readonly string[] InputNames = ["input_ids", "attention_mask"];

    public static EngineBatch Create(IReadOnlyList<int[]> rows, double weight = 1)
    {
        var columns = rows.Max(r => r.Length);
        var (ids, mask) = (new long[rows.Count * columns], new long[rows.Count * columns]);
        for (var r = 0; r < rows.Count; r++)
        {
            for (var c = 0; c < rows[r].Length; c++) (ids[(r * columns) + c], mask[(r * columns) + c]) = (rows[r][c], 1);
        }

        long[] shape = [rows.Count, columns];
        return new([OrtValue.CreateTensorValueFromMemory(ids, shape), OrtValue.CreateTensorValueFromMemory(mask, shape)], rows.Count, rows.Sum(r => r.Length), weight);
    }

    public void Dispose()
    {
        foreach (var input in Inputs) input.Dispose();
    }
}

/// <summary>Ways to make batches of a corpus, all of it known beforehand.</summary>
internal static class EngineBatches
{
    /// <summary>Sorted by length and cut at a budget of padded tokens; a budget of 0 leaves every text alone. In random order.</summary>
    public static EngineBatch[] ByLength(TextCorpus corpus, int budget)
    {
        List<EngineBatch> batches = [];
        List<int[]> rows = [];
        foreach (var ids in corpus.Ids.OrderBy(i => i.Length))
        {
            if (rows.Count > 0 && (rows.Count + 1) * ids.Length > budget)
            {
                batches.Add(EngineBatch.Create(rows));
                rows = [];
            }

            rows.Add(ids);
        }

        batches.Add(EngineBatch.Create(rows));
        return Shuffle(batches);
    }

    /// <summary>Each text with copies of itself, so that nothing is padded; one run counts as one text.</summary>
    public static EngineBatch[] WithoutPadding(TextCorpus corpus, int budget)
        => Shuffle(corpus.Ids.Select(ids =>
        {
            var copies = Math.Max(1, budget / ids.Length);
            return EngineBatch.Create([.. Enumerable.Repeat(ids, copies)], 1d / copies);
        }));

    private static EngineBatch[] Shuffle(IEnumerable<EngineBatch> batches)
    {
        EngineBatch[] all = [.. batches];
        new Random(4).Shuffle(all);
        return all;
    }
}
