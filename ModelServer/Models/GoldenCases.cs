using System.Globalization;
using System.Text;
using ModelServer.Classify;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ModelServer.Sampling;

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
            switch (model.Task)
            {
                case ModelTask.TextClassification when golden.Label is not null:
                    VerifyScore(model, golden, i, tolerance);
                    break;
                case ModelTask.Embedding when golden.Embedding is not null:
                    VerifyEmbedding(model, golden.Embedding, golden.Text, i, tolerance);
                    break;
                case ModelTask.TextGeneration when golden.Continuation is not null:
                    VerifyContinuation(model, golden, golden.Continuation, i);
                    break;
                default:
                    throw new ModelLoadException($"serving.json: golden case {i} is not one of {model.Task}.");
            }
        }
    }

    private static void VerifyScore(LoadedModel model, GoldenCase golden, int number, double tolerance)
    {
        var scores = ClassificationScores.From(Run(model, golden.Text, number), model.MultiLabel);
        var index = Array.IndexOf(model.Labels, golden.Label);
        if (index < 0) throw new ModelLoadException($"serving.json: golden case {number} names the unknown label '{golden.Label}'.");
        if (!(Math.Abs(scores[index] - golden.Score!.Value) <= tolerance)) throw Differs(number, $"'{golden.Label}'", scores[index], golden.Score.Value, tolerance);
    }

    private static void VerifyEmbedding(LoadedModel model, float[] expected, string text, int number, double tolerance)
    {
        var vector = Run(model, text, number);
        if (expected.Length > vector.Length) throw new ModelLoadException($"serving.json: golden case {number} has more numbers than the embedding's {vector.Length}.");
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(vector[i] - expected[i]) <= tolerance)) throw Differs(number, $"dimension {i}", vector[i], expected[i], tolerance);
    }

    private static void VerifyContinuation(LoadedModel model, GoldenCase golden, string expected, int number)
    {
        var prompt = model.Tokenizer.Encode(golden.Text).Ids;
        var tokens = Math.Min(golden.MaxTokens ?? Encoding.UTF8.GetByteCount(expected), model.MaxTokens - prompt.Length);
        if (prompt.Length == 0 || tokens < 1) throw new ModelLoadException($"serving.json: golden case {number} does not fit the model's window.");
        var greedy = new SamplingOptions { Temperature = 0 };
        var generation = model.Decoder!.Start(new DecoderRequest(prompt, tokens, greedy, Caller.Server));
        int[] ids = [.. generation.Tokens.ReadAllAsync().ToBlockingEnumerable().Select(t => t.Token.Id)];
        // Both decoded: what spaces a text begins with is the tokenizer's business.
        var actual = model.Tokenizer.Decode([.. prompt, .. ids], skipSpecialTokens: true);
        var start = model.Tokenizer.Decode(prompt, skipSpecialTokens: true) + expected;
        if (!actual.StartsWith(start, StringComparison.Ordinal)) throw new ModelLoadException($"Golden case {number} goes on differently from what serving.json says.");
    }

    private static ModelLoadException Differs(int number, string what, double actual, double expected, double tolerance) => new(string.Create(
        CultureInfo.InvariantCulture, $"Golden case {number} scores {actual:F6} for {what} instead of {expected:F6} (tolerance {tolerance})."));

    private static float[] Run(LoadedModel model, string text, int number)
    {
        try
        {
            var sequence = InputTokenizer.Encode(model, new TextInput(text), model.MaxTokens, new(model.Task, null, [], Caller.Server, Truncate: true) { Field = "text" });
            model.Queue.Add([sequence]);
            return sequence.Completion.GetAwaiter().GetResult();
        }
        catch (InvalidFieldException e)
        {
            throw new ModelLoadException($"serving.json: golden case {number}: {e.Message}", e);
        }
    }
}
