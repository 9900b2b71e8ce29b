using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using ModelServer.Answers;
using ModelServer.Decoders;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Sampling;
using ModelServer.Telemetry;

namespace ModelServer.Generation;

/// <summary>A request under way: its continuations as they come. Disposing ends what still runs and releases the model; a second time it does nothing. One thread at a
/// time calls it.</summary>
internal sealed class TextGeneration(
    ModelLease<DecoderModel> lease, TextRun run, ModelServerMetrics.Request recording, TextTranscript transcript, TimeProvider time) : IDisposable
{
    private readonly TextChoice[] _choices = run.Choices;
    private readonly CancellationTokenSource _ended = new();
    private ChannelReader<TextChunk>? _merged;
    private int _unfinished = run.Choices.Length;
    private Exception? _failure;
    private bool _disposed;

    public ModelVersion Version => lease.Version;

    public DecoderModel Model => lease.Loaded;

    /// <summary>How its tokens are chosen, the model's defaults included.</summary>
    public SamplingOptions Sampling => _choices[0].Sequence.Request.Sampling;

    /// <summary>As they were made for the model.</summary>
    public IReadOnlyList<TextPrompt> Prompts => run.Prompts;

    /// <summary>Each prompt counts once, however many choices it has.</summary>
    public int PromptTokens => run.PromptTokens;

    /// <summary>Tokens of the prompts that had been read for earlier requests; each prompt counts once.</summary>
    public int CachedTokens => _choices.GroupBy(c => c.Sequence.Request.Prompt).Sum(p => p.Min(c => c.Sequence.CachedTokens));

    /// <summary>Tokens of all continuations up to what was read.</summary>
    public int CompletionTokens => _choices.Sum(c => c.Tokens);

    /// <summary>What it has taken so far. When it ended before its text did, that is what the engine has read and written, of which its reader may have seen less.</summary>
    public TokenCounts Taken()
    {
        if (Volatile.Read(ref _unfinished) == 0) return new(PromptTokens, CompletionTokens);
        // The choices of a prompt share it.
        var read = _choices.GroupBy(c => c.Sequence.Request.Prompt).Sum(p => p.Max(c => c.Sequence.ReadTokens));
        return new(read, _choices.Sum(c => c.IsFinished ? c.Tokens : c.Sequence.GeneratedTokens));
    }

    /// <summary>A choice whose text goes on; null when all have finished.</summary>
    public int? Unfinished => Array.FindIndex(_choices, c => !c.IsFinished) is >= 0 and var choice ? choice : null;

    /// <summary>The next chunk of any continuation, if it has come.</summary>
    public bool TryRead([NotNullWhen(true)] out TextChunk? chunk)
    {
        if (_choices is [var only] ? !only.TryRead(out chunk) : !Merged.TryRead(out chunk)) return false;
        transcript.Append(chunk);
        if (chunk.Finish is null || --_unfinished > 0) return true;
        var timing = Timing();
        recording.Succeed(PromptTokens, timing.Tokenize, timing.Queue, timing.Infer);
        Version.Counter.Answered(time.GetUtcNow(), run.PerToken(time));
        transcript.Complete(Model, _choices);
        return true;
    }

    /// <summary>Waits until a chunk may be read.</summary>
    /// <returns>False when all have finished.</returns>
    /// <exception cref="InferenceFailedException">The engine failed.</exception>
    /// <exception cref="ModelNotReadyException">The model was unloaded.</exception>
    // There is a wait for each token: none leaves an object behind.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (_unfinished == 0) return false;
        try
        {
            return _choices is [var only] ? await only.WaitAsync(cancellationToken) : await Merged.WaitToReadAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _failure = e;
            throw;
        }
    }

    /// <summary>Waits for all text; one answer for each choice, in order.</summary>
    public async Task<TextAnswer[]> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var texts = Array.ConvertAll(_choices, _ => new StringBuilder());
        var tokens = Array.ConvertAll(_choices, _ => new List<ScoredToken>());
        var finishes = new FinishReason[_choices.Length];
        while (await WaitAsync(cancellationToken))
        {
            while (TryRead(out var chunk))
            {
                texts[chunk.Choice].Append(chunk.Text);
                tokens[chunk.Choice].AddRange(chunk.Tokens);
                finishes[chunk.Choice] = chunk.Finish ?? default;
            }
        }

        return [.. texts.Select((text, i) => new TextAnswer(text.ToString(), tokens[i], finishes[i]))];
    }

    public Timing Timing() => new(run.Tokenized, Longest(g => time.GetElapsedTime(g.QueuedAt, g.StartedAt)), Longest(g => time.GetElapsedTime(g.StartedAt)), CacheOutcome.Bypass);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _ended.Cancel();
        foreach (var choice in _choices) choice.Sequence.Cancel();
        if (_unfinished > 0)
        {
            var reason = _failure ?? new OperationCanceledException();
            recording.Fail(RequestOutcome.Of(reason));
            if (RequestOutcome.IsOurs(reason)) Version.Counter.Failed(time.GetUtcNow());
        }

        recording.Generated(_choices[0].Sequence.Request.Operation, PromptTokens, CompletionTokens);
        recording.Dispose();
        Trace();
        lease.Dispose();
        _ended.Dispose();
    }

    /// <summary>Writes the spans of queue and engine: a row is run with others in every step, so that there is none for each run.</summary>
    private void Trace()
    {
        if (RequestTrace.Recorded is not { } parent || Array.TrueForAll(_choices, c => c.Sequence.StartedAt == 0)) return;
        var (timing, now) = (Timing(), time.GetUtcNow());
        var started = now - timing.Infer;
        RequestTrace.Past("queue", parent, started - timing.Queue, started)?.Dispose();
        using var infer = RequestTrace.Past("infer", parent, started, now);
        infer?.SetTag("model.name", Version.Name);
        infer?.SetTag("model.version", Version.Version);
        infer?.SetTag("sequences", _choices.Length);
        infer?.SetTag("gen_ai.usage.input_tokens", PromptTokens);
        infer?.SetTag("gen_ai.usage.output_tokens", CompletionTokens);
    }

    private ChannelReader<TextChunk> Merged => _merged ??= Merge();

    private TimeSpan Longest(Func<DecoderSequence, TimeSpan> time) => _choices.Max(c => c.Sequence.StartedAt == 0 ? TimeSpan.Zero : time(c.Sequence));

    private ChannelReader<TextChunk> Merge()
    {
        var merged = Channel.CreateUnbounded<TextChunk>(new() { SingleReader = true });
        foreach (var choice in _choices) _ = PassOnAsync(choice, merged.Writer, _ended.Token);
        return merged.Reader;
    }

    private static async Task PassOnAsync(TextChoice choice, ChannelWriter<TextChunk> merged, CancellationToken cancellationToken)
    {
        try
        {
            while (await choice.WaitAsync(cancellationToken))
                while (choice.TryRead(out var chunk)) merged.TryWrite(chunk);
        }
        catch (Exception e)
        {
            merged.TryComplete(e);
        }
    }
}

/// <summary>A whole continuation.</summary>
internal sealed record TextAnswer(string Text, IReadOnlyList<ScoredToken> Tokens, FinishReason Finish);
