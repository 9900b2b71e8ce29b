using System.Globalization;
using ModelServer.Batching;
using ModelServer.Classify;

namespace ModelServer.Models;

/// <summary>Compares a loaded version with the answers its folder promises; a difference is a reason not to serve.</summary>
internal static class GoldenCases
{
    private const double DefaultTolerance = 1e-4;

    /// <exception cref="ModelLoadException">An answer differs by more than the tolerance.</exception>
    public static void Verify(LoadedModel model, ServingConfig serving)
    {
        var tolerance = serving.GoldenTolerance.GetValueOrDefault(model.Variant, DefaultTolerance);
        for (var i = 0; i < serving.Golden.Length; i++)
        {
            var golden = serving.Golden[i];
            var scores = Score(model, golden.Text);
            var index = Array.IndexOf(model.Labels, golden.Label);
            if (index < 0) throw new ModelLoadException($"serving.json: golden case {i} names the unknown label '{golden.Label}'.");
            if (!(Math.Abs(scores[index] - golden.Score) <= tolerance))
                throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                    $"Golden case {i} scores {scores[index]:F6} for '{golden.Label}' instead of {golden.Score:F6} (tolerance {tolerance})."));
        }
    }

    private static float[] Score(LoadedModel model, string text)
    {
        var sequence = TextEncoder.Encode(model, new TextInput(text), model.MaxTokens, truncate: true, Caller.Server);
        model.Queue.Add([sequence]);
        return ClassificationScores.From(sequence.Completion.GetAwaiter().GetResult(), model.MultiLabel);
    }
}
