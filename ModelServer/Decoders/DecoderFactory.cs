using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using ModelServer.Admission;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>Loads decoder graphs: reserves their cache, checks them, starts their loops.</summary>
internal sealed partial class DecoderFactory(
    Lazy<ExecutionDevice> device,
    IOptions<DecoderOptions> options,
    IOptions<InferenceOptions> inference,
    LoadMemory memory,
    DecoderMetrics metrics,
    TimeProvider time,
    ILogger<DecoderFactory> logger)
{
    private const string RunsApart = "The graph's layout lets sequences share no runs: each is continued by a run of its own, and many at once are slower than they could be. An export with position_ids, or one of GroupQueryAttention, shares them.";

    private const string NoDrafts = "Nothing is drafted: the graph gives the logits behind the last token of a run alone, or takes one token at a time behind others. An export with the logits of every token, or with num_logits_to_keep, can do it.";

    /// <summary>For the beginnings of prompts, where no option says how much.</summary>
    private const long MostPrefixBytes = 256L << 20;

    /// <param name="model"><c>name:version</c>.</param>
    /// <param name="graph">Full path of the ONNX file.</param>
    /// <param name="maxTokens">Positions that the model has.</param>
    /// <param name="told">What <c>genai_config.json</c> tells of the graph; null where there is none.</param>
    /// <param name="warn">Takes what whoever runs the server should know of the graph.</param>
    /// <param name="draftTokens">Overrides <see cref="DecoderOptions.DraftTokens"/>.</param>
    /// <exception cref="ModelLoadException">The graph is not one that can be served.</exception>
    /// <exception cref="ModelMemoryException">Its cache does not fit.</exception>
    public Decoder Load(string model, string graph, int maxTokens, GenAiConfig? told = null, Action<string>? warn = null, int? draftTokens = null)
    {
        var o = options.Value;
        var window = Math.Min(maxTokens, o.MaxTokens);
        if (window < DecoderCheck.Tokens) throw new ModelLoadException($"A window of {window} tokens is too small to generate text.");
        if (device.Value.IsGpu) LogOnCpu(model, device.Value.Kind);
        var layout = LoopLayout.For(GraphFiles.Bytes(graph), o, inference.Value.EffectiveCores);
        using var settings = device.Value.CreateDecoderOptions(layout.Threads);
        var network = new DecoderNetwork(graph, settings, told);
        List<DecoderSession> sessions = [];
        List<DecoderLoop> loops = [];
        MemoryPromise? reservation = null;
        PrefixStore? prefixes = null;
        var queue = new DecoderQueue(inference.Value, time);
        try
        {
            var all = layout.Rows.Sum();
            var chunk = Math.Min(((StepScheduler<DecoderSequence>.Longest + 1) * layout.Chunk) - 1, window);
            reservation = Reserve();
            // Beforehand, so that trying takes no memory that is not there; which it is changes how much.
            OnnxEnvironment.Probe(() => CacheChoice.Make(network, window, chunk));
            reservation.Dispose();
            reservation = Reserve();
            if (network.Graph.Layout == CacheLayout.Apart) warn?.Invoke(RunsApart);
            foreach (var rows in layout.Rows) sessions.Add(new DecoderSession(network, rows, window, chunk));
            DecoderCheck.Run(sessions[0]);
            var joins = DecoderCheck.ReadsAlike(sessions[0], layout.Chunk);
            var drafts = Drafts(sessions[0], draftTokens ?? o.DraftTokens, warn);
            prefixes = sessions[0].CanSave ? Prefixes(model, network.Graph, layout.Chunk, reservation.Bytes) : null;
            LogLayout(model, layout.Rows.Length, layout.Threads, all);
            // What runs is counted with what waits: rows and their windows come on top of the limits.
            var admission = new AdmissionGate(all + o.QueuedSequences, (all * window) + o.QueuedTokens, time);
            foreach (var session in sessions)
            {
                var answers = prefixes is not null && o.ReadAnswers ? new IdlePrefill(model, prefixes, session, layout.Chunk, metrics, time) : null;
                loops.Add(new DecoderLoop(model, queue, session, prefixes, answers, new(session.Rows, layout.Chunk, new(layout.Chunk, o.PrefillRatio), joins), metrics, time, logger));
            }

            return new Decoder(window, sessions[0].VocabularySize, sessions[0].ScoresPrompts, admission, queue, loops, network, prefixes, reservation, drafts);

            MemoryPromise Reserve() => memory.Reserve(
                layout.Rows.Sum(r => DecoderSession.CacheBytesOf(network.Graph, r, window, chunk)), FormattableString.Invariant($"The cache of {all} rows of {window} tokens"));
        }
        catch
        {
            // Those that run already have to end before their sessions are freed.
            queue.Close();
            foreach (var loop in loops) loop.Dispose();
            foreach (var session in sessions) session.Dispose();
            prefixes?.Dispose();
            network.Dispose();
            reservation?.Dispose();
            throw;
        }
    }

    /// <returns>Null where nothing is to be drafted, or cannot be: the model serves all the same.</returns>
    private static DraftRules? Drafts(DecoderSession session, int most, Action<string>? warn)
    {
        if (most == 0) return null;
        try
        {
            if (session is { ScoresPrompts: true, ReadsBehindPast: true } && DraftCheck.Measure(session, most) is { } rules) return rules;
        }
        catch (OnnxRuntimeException)
        {
            // What fails here alone serves without.
        }

        warn?.Invoke(NoDrafts);
        return null;
    }

    /// <returns>Null where there is to be none, or no memory for it: the model serves all the same.</returns>
    private PrefixStore? Prefixes(string model, DecoderGraph graph, int chunk, long rowBytes)
    {
        var bytes = options.Value.PrefixCacheBytes ?? Math.Min(rowBytes, MostPrefixBytes);
        if (bytes < CacheRows.Bytes(graph, chunk)) return null;
        MemoryPromise? promise = null;
        try
        {
            promise = memory.Reserve(bytes, "The cache of prompt beginnings");
            return new PrefixStore(model, graph, chunk, options.Value.PrefixScope, promise, metrics);
        }
        catch (Exception e) when (e is ModelMemoryException or OutOfMemoryException)
        {
            promise?.Dispose();
            LogNoPrefixes(model, e.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 1200, Level = LogLevel.Information, Message = "Model {Model} generates in {Loops} loops × {Threads} threads, {Rows} sequences at a time")]
    private partial void LogLayout(string model, int loops, int threads, int rows);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Warning, Message = "Model {Model} keeps no beginnings of prompts: {Reason}")]
    private partial void LogNoPrefixes(string model, string reason);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Warning, Message = "Model {Model} generates on the CPU although {Device} is in use: its cache lies in the CPU's memory")]
    private partial void LogOnCpu(string model, DeviceKind device);
}
