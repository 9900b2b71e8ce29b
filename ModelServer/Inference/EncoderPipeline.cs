using System.Diagnostics;
using ModelServer.Admission;
using ModelServer.Answers;
using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Telemetry;

namespace ModelServer.Inference;

/// <summary>The one way through an encoder, whatever its task.</summary>
internal sealed class EncoderPipeline(ModelCatalog catalog, ResultCache cache, ModelServerMetrics metrics, IEnumerable<IEncoderObserver> observers, TimeProvider time)
{
    private readonly IEncoderObserver[] _observers = [.. observers];

    /// <exception cref="OverloadedException">The model's queue is full.</exception>
    /// <exception cref="InvalidFieldException">A field does not suit the model.</exception>
    /// <inheritdoc cref="ModelCatalog.Find"/>
    public async Task<EncoderResult<TModel>> RunAsync<TModel>(EncoderRequest<TModel> request, CancellationToken cancellationToken)
        where TModel : EncoderModel
    {
        using var recording = metrics.Begin(request.Task);
        ModelVersion? answering = null;
        try
        {
            // 1. The model, held until the answer is there, and its inputs; what is cut into windows is tokenized for it.
            using var lease = catalog.Acquire<TModel>(request.Model, request.Task, request.Caller.User);
            var (version, model) = (lease.Version, lease.Loaded);
            answering = version;
            recording.Model = version.Reference;
            var start = time.GetTimestamp();
            var inputs = request.InputsFor(model);

            // 2. A place behind its door, by an upper bound: a full queue costs no tokenizing.
            using var permit = model.Engine.Admission.Enter(request.MostSequences(model, inputs), request.UpperBound(model, inputs));

            // 3. Tokens, of what the first step has not tokenized.
            var sequences = Tokenize(request, model, inputs);
            var tokenized = time.GetElapsedTime(start);
            var tokens = 0;
            foreach (var sequence in sequences) tokens += sequence.Ids.Length;
            permit.Correct(tokens, sequences.Length);
            request.Caller.Usage.Add(version.Name, tokens);

            // 4. Rows, from the cache or the engine.
            using var run = new EncoderRun(model.Engine.Queue, sequences, permit);
            var (rows, outcome) = await RecallOrRunAsync(model, request.Caller, sequences, run, permit, cancellationToken);

            // 5. What it took.
            EncoderSequence[] ran = [.. run.Queued.Where(s => !s.IsAbandoned)];
            var timing = TimingOf(ran, tokenized, outcome, time);
            Trace(version, ran, timing, time);
            recording.Succeed(run.RanTokens, timing.Tokenize, timing.Queue, timing.Infer);
            version.Counter.Answered(time.GetUtcNow(), ran.Length > 0 ? timing.Infer : null);
            foreach (var observer in _observers) observer.Answered(new(version, model, request.Caller, sequences, rows, timing) { Request = request });
            return new(version, model, rows, tokens, timing) { Inputs = inputs, Sequences = sequences };
        }
        catch (Exception e)
        {
            recording.Fail(RequestOutcome.Of(e));
            if (RequestOutcome.IsOurs(e)) answering?.Counter.Failed(time.GetUtcNow());
            throw;
        }
    }

    private async Task<CachedRows> RecallOrRunAsync(
        EncoderModel model, Caller caller, EncoderSequence[] sequences, EncoderRun run, AdmissionGate.Permit permit, CancellationToken cancellationToken)
    {
        var space = cache.Keys(caller.Lane.Client, model.CacheDigest);
        try
        {
            return await cache.GetOrComputeAsync(
                Array.ConvertAll(sequences, s => space.Key(s.Ids, s.TypeIds, s.Attended, s.Asked)), caller.Cache, caller.Lane.Priority, run.Start,
                cache.MayRace ? Idle(run, permit) : null, cancellationToken);
        }
        catch
        {
            // Others who wait for the same rows run them themselves.
            run.Abandon();
            throw;
        }
    }

    /// <summary>Idle where this request is the only one that the model has admitted.</summary>
    private static IdleEngine Idle(EncoderRun run, AdmissionGate.Permit permit) => new(() => permit.IsAlone, run.Abandon);

    private static EncoderSequence[] Tokenize(EncoderRequest request, EncoderModel model, IReadOnlyList<EncoderInput> inputs)
    {
        using var activity = RequestTrace.Source.StartActivity("tokenize");
        var sequences = request.Tokenize(model, inputs, request.Caller.Lane);
        activity?.SetTag("tokens", sequences.Sum(s => s.Ids.Length));
        return sequences;
    }

    /// <summary>Where the time went, by those sequences that the engine ran.</summary>
    private static Timing TimingOf(EncoderSequence[] sequences, TimeSpan tokenize, CacheOutcome cache, TimeProvider time)
    {
        var (queue, infer) = (0L, 0L);
        foreach (var sequence in sequences)
        {
            queue = Math.Max(queue, sequence.StartedAt - sequence.QueuedAt);
            infer = Math.Max(infer, sequence.FinishedAt - sequence.StartedAt);
        }

        return new(tokenize, time.GetElapsedTime(0, queue), time.GetElapsedTime(0, infer), cache);
    }

    /// <summary>Writes the spans of queue and engine, once the request is back from there.</summary>
    private static void Trace(ModelVersion version, IReadOnlyList<EncoderSequence> sequences, Timing timing, TimeProvider time)
    {
        if (!RequestTrace.Source.HasListeners() || Activity.Current is not { } parent) return;
        parent.SetTag("cache", timing.Cache.Name());
        if (sequences.Count == 0) return;
        var finished = time.GetUtcNow() - time.GetElapsedTime(sequences.Max(s => s.FinishedAt));
        var started = finished - timing.Infer;
        RequestTrace.Past("queue", parent, started - timing.Queue, started)?.Dispose();
        using var infer = RequestTrace.Past("infer", parent, started, finished);
        infer?.SetTag("model.name", version.Name);
        infer?.SetTag("model.version", version.Version);
        infer?.SetTag("sequences", sequences.Count);
        foreach (var batch in sequences.Select(s => s.BatchSpan).Where(b => b != default).Distinct()) infer?.AddLink(new(batch));
    }
}
