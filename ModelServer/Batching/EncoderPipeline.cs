using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Telemetry;

namespace ModelServer.Batching;

/// <summary>The one way through an encoder, whatever its task: find the model, enter its queue, tokenize, wait for the engine.</summary>
internal sealed class EncoderPipeline(ModelCatalog catalog, ModelServerMetrics metrics, TimeProvider time)
{
    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <exception cref="InputTooLongException">An input is too long and is not to be truncated.</exception>
    /// <exception cref="ModelNotFoundException">No such model or version.</exception>
    /// <exception cref="ModelNotReadyException">It is loading or failed to load.</exception>
    /// <exception cref="ModelChoiceException">No model is named and none is the obvious one, or it has another task.</exception>
    public async Task<EncoderResult> RunAsync(EncoderRequest request, CancellationToken cancellationToken)
    {
        using var recording = metrics.Begin(request.Task);
        try
        {
            using var lease = catalog.Acquire(request.Model, request.Task);
            var (version, loaded) = (lease.Version, lease.Loaded);
            recording.Model = version.Reference;
            var limit = Math.Min(request.MaxTokens ?? int.MaxValue, loaded.MaxTokens);

            using var permit = loaded.Admission.Enter(request.Inputs.Count, request.Inputs.Sum(i => (long)TextEncoder.UpperBound(loaded, i, limit)));
            var start = time.GetTimestamp();
            var sequences = Tokenize(loaded, request, limit);
            var tokenized = time.GetElapsedTime(start);
            var tokens = sequences.Sum(s => s.Ids.Length);
            permit.Correct(tokens);

            var rows = await InferAsync(loaded, sequences, cancellationToken);

            var timing = Timing.Of(sequences, tokenized, time);
            InferenceTrace.Record(version, sequences, timing, time);
            recording.Succeed(tokens, timing);
            return new EncoderResult(version, loaded, rows, tokens, timing);
        }
        catch (Exception e)
        {
            recording.Fail(e);
            throw;
        }
    }

    private static async Task<float[][]> InferAsync(LoadedModel loaded, Sequence[] sequences, CancellationToken cancellationToken)
    {
        loaded.Queue.Add(sequences);
        try
        {
            return await Task.WhenAll(sequences.Select(s => s.Completion)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            loaded.Queue.Abandon(sequences);
            throw;
        }
    }

    private static Sequence[] Tokenize(LoadedModel loaded, EncoderRequest request, int limit)
    {
        using var activity = InferenceTrace.Source.StartActivity("tokenize");
        var sequences = new Sequence[request.Inputs.Count];
        for (var i = 0; i < sequences.Length; i++) sequences[i] = TextEncoder.Encode(loaded, request.Inputs[i], limit, request.Truncate, request.Caller);
        activity?.SetTag("tokens", sequences.Sum(s => s.Ids.Length));
        return sequences;
    }
}

/// <param name="Task">One of <see cref="ModelTask"/>.</param>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the task's default.</param>
/// <param name="Inputs">At least one; admitted together or not at all.</param>
/// <param name="Caller">Who asks and how.</param>
/// <param name="MaxTokens">Where to cut when truncating; the model's maximum if null or larger.</param>
/// <param name="Truncate">Cut inputs that are too long instead of refusing them.</param>
internal sealed record EncoderRequest(string Task, string? Model, IReadOnlyList<TextInput> Inputs, Caller Caller, int? MaxTokens = null, bool Truncate = false);

/// <param name="Rows">What the model's <see cref="RowReader"/> made of each input, in order.</param>
/// <param name="Tokens">Tokens of all inputs, padding left out.</param>
internal sealed record EncoderResult(ModelVersion Version, LoadedModel Loaded, float[][] Rows, int Tokens, Timing Timing);
