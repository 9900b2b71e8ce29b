using ModelServer.Batching;
using ModelServer.Models;
using ModelServer.Telemetry;

namespace ModelServer.Classify;

/// <summary>Answers classification requests: find the model, enter its queue, tokenize, wait for the engine, score.</summary>
internal sealed class Classifier(ModelCatalog catalog, ModelServerMetrics metrics, TimeProvider time)
{
    /// <param name="model"><c>name</c>, <c>name:version</c> or null for the default.</param>
    /// <param name="inputs">At least one; admitted together or not at all.</param>
    /// <param name="maxTokens">Where to cut when truncating; the model's maximum if null or larger.</param>
    /// <param name="truncate">Cut inputs that are too long instead of refusing them.</param>
    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <exception cref="InputTooLongException">An input is too long and <paramref name="truncate"/> is false.</exception>
    public async Task<Classification> ClassifyAsync(
        string? model, IReadOnlyList<TextInput> inputs, int? maxTokens, bool truncate, CancellationToken cancellationToken)
    {
        using var request = metrics.Begin(ModelTask.TextClassification);
        try
        {
            var version = catalog.Find(model, ModelTask.TextClassification);
            request.Model = version.Reference;
            var loaded = version.Loaded!;
            var limit = Math.Min(maxTokens ?? int.MaxValue, loaded.MaxTokens);

            using var permit = loaded.Admission.Enter(inputs.Count, inputs.Sum(i => (long)TextEncoder.UpperBound(loaded, i, limit)));
            var start = time.GetTimestamp();
            var sequences = Tokenize(loaded, inputs, limit, truncate, cancellationToken);
            var tokenized = time.GetElapsedTime(start);
            var tokens = sequences.Sum(s => s.Ids.Length);
            permit.Correct(tokens);

            loaded.Queue.Add(sequences);
            var rows = await Task.WhenAll(sequences.Select(s => s.Completion)).WaitAsync(cancellationToken);
            var scores = Array.ConvertAll(rows, row => ClassificationScores.From(row, loaded.MultiLabel));

            var timing = Timing.Of(sequences, tokenized, time);
            InferenceTrace.Record(version, sequences, timing, time);
            request.Succeed(tokens, timing);
            return new Classification(version, loaded.Labels, scores, tokens, timing);
        }
        catch (Exception e)
        {
            request.Fail(e);
            throw;
        }
    }

    private static Sequence[] Tokenize(LoadedModel loaded, IReadOnlyList<TextInput> inputs, int limit, bool truncate, CancellationToken cancellationToken)
    {
        using var activity = InferenceTrace.Source.StartActivity("tokenize");
        var sequences = new Sequence[inputs.Count];
        for (var i = 0; i < sequences.Length; i++) sequences[i] = TextEncoder.Encode(loaded, inputs[i], limit, truncate, cancellationToken);
        activity?.SetTag("tokens", sequences.Sum(s => s.Ids.Length));
        return sequences;
    }
}

/// <summary>Scores of one request, <c>[inputs][labels]</c>, with the labels they belong to.</summary>
internal sealed record Classification(ModelVersion Version, string[] Labels, float[][] Scores, int Tokens, Timing Timing);
