using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ModelServer.Telemetry;

namespace ModelServer.Inference;

/// <summary>The one way through an encoder, whatever its task: find the model, enter its queue, tokenize, recall or wait for the engine.</summary>
internal sealed class EncoderPipeline(ModelCatalog catalog, ResultCache cache, ModelServerMetrics metrics, TimeProvider time)
{
    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <exception cref="InputTooLongException">An input is too long and is not to be truncated.</exception>
    /// <exception cref="InvalidFieldException">A field does not suit the model.</exception>
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
            request.Caller.User.Require(version, request.Model);
            recording.Model = version.Reference;
            var limit = Math.Min(request.MaxTokens ?? int.MaxValue, loaded.MaxTokens);
            if (request.Adapt is { } adapt) request = request with { Inputs = adapt(loaded) };
            using var permit = loaded.Admission.Enter(request.Inputs.Count, request.Inputs.Sum(i => (long)InputTokenizer.UpperBound(loaded, i, limit)));
            var start = time.GetTimestamp();
            var sequences = Tokenize(loaded, request, limit);
            var tokenized = time.GetElapsedTime(start);
            var tokens = sequences.Sum(s => s.Ids.Length);
            permit.Correct(tokens);

            var ran = new List<EncoderSequence>();
            var (rows, outcome) = await RecallOrInferAsync(version, loaded, request.Caller, sequences, ran, cancellationToken);
            // What the engine did not run says nothing of its speed.
            var computed = ran.Sum(s => s.Ids.Length);
            permit.Correct(computed);

            var timing = Timing.Of(ran, tokenized, outcome, time);
            InferenceTrace.Record(version, ran, timing, time);
            recording.Succeed(computed, timing);
            return new EncoderResult(version, loaded, rows, tokens, timing);
        }
        catch (Exception e)
        {
            recording.Fail(e);
            throw;
        }
    }

    /// <param name="ran">Filled with the sequences that the engine ran for this request.</param>
    private async Task<CachedRows> RecallOrInferAsync(
        ModelVersion version, LoadedModel loaded, Caller caller, EncoderSequence[] sequences, List<EncoderSequence> ran, CancellationToken cancellationToken)
    {
        try
        {
            return await cache.GetOrComputeAsync(cache.Keys(caller, version, loaded, sequences), caller, Infer, cancellationToken);
        }
        catch
        {
            // Others who wait for the same rows run them themselves.
            loaded.Queue.Abandon(ran);
            throw;
        }

        Task<float[]>[] Infer(IReadOnlyList<int> missing)
        {
            var added = missing.Select(i => sequences[i]).ToArray();
            loaded.Queue.Add(added);
            ran.AddRange(added);
            if (added.Length > 1) _ = AbandonAfterFailureAsync(loaded.Queue, added);
            return Array.ConvertAll(added, s => s.Completion);
        }
    }

    /// <summary>Once a run of a request has failed, its others would be run for nobody.</summary>
    private static async Task AbandonAfterFailureAsync(SequenceQueue queue, EncoderSequence[] added)
    {
        await foreach (var ended in Task.WhenEach(added.Select(s => s.Completion)))
        {
            if (!ended.IsFaulted) continue;
            queue.Abandon(added);
            return;
        }
    }

    private static EncoderSequence[] Tokenize(LoadedModel loaded, EncoderRequest request, int limit)
    {
        using var activity = InferenceTrace.Source.StartActivity("tokenize");
        var sequences = new EncoderSequence[request.Inputs.Count];
        for (var i = 0; i < sequences.Length; i++) sequences[i] = InputTokenizer.Encode(loaded, request.Inputs[i], limit, request);
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
internal sealed record EncoderRequest(string Task, string? Model, IReadOnlyList<EncoderInput> Inputs, Caller Caller, int? MaxTokens = null, bool Truncate = false)
{
    /// <summary>The field that holds the inputs, for messages.</summary>
    public string Field { get; init; } = "input";

    /// <summary>Makes the inputs for the model that was chosen, in place of <see cref="Inputs"/>, or refuses the request.</summary>
    public Func<LoadedModel, IReadOnlyList<EncoderInput>>? Adapt { get; init; }
}

/// <param name="Rows">What the model's <see cref="RowReader"/> made of each input, in order.</param>
/// <param name="Tokens">Tokens of all inputs, padding left out.</param>
internal sealed record EncoderResult(ModelVersion Version, LoadedModel Loaded, float[][] Rows, int Tokens, Timing Timing);
