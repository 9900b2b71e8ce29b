using System.Diagnostics;
using System.Threading.Channels;
using ModelServer.Admission;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ModelServer.Telemetry;

namespace ModelServer.Decoders;

/// <summary>One sequence on its way through a decoder, as its caller holds it. The loop's thread writes; one thread at a time reads its tokens, any may
/// cancel it.</summary>
internal sealed class DecoderSequence : IQueued
{
    /// <summary>Told of a token that the model rules out: OpenAI's number, for JSON has no infinity.</summary>
    private const float Impossible = -9999;

    private readonly Channel<GeneratedToken> _tokens = Channel.CreateUnbounded<GeneratedToken>(new() { SingleReader = true });
    private readonly DecoderQueue _queue;
    private readonly AdmissionGate.Permit _permit;
    private readonly SequenceSampler _sampler;
    private readonly List<SampledToken> _promptScores = [];
    private readonly List<int> _generated = [];
    private int _cancelled;

    /// <param name="drafts">Null where the model's sequences are not drafted.</param>
    public DecoderSequence(DecoderRequest request, DecoderQueue queue, AdmissionGate.Permit permit, DraftRules? drafts = null)
    {
        Request = request;
        _queue = queue;
        _permit = permit;
        _sampler = new SequenceSampler(request.Sampling, request.Prompt, request.EndTokens, request.MinTokens, request.Constraint);
        if (drafts is not null && SequenceDrafts.Suit(request)) Drafts = new(drafts, request.Prompt);
    }

    public DecoderRequest Request { get; }

    /// <summary>The span of its request, where that is recorded.</summary>
    public Activity? Span { get; } = RequestTrace.Recorded;

    /// <summary>Complete after the token that has a finish; faulted if the engine failed or the model was unloaded; cancelled after <see cref="Cancel"/>.</summary>
    public ChannelReader<GeneratedToken> Tokens => _tokens.Reader;

    public int PromptTokens => Request.Prompt.Length;

    /// <summary>Tokens of the prompt that its row holds, those that were read before included.</summary>
    public int ReadTokens { get; private set; }

    /// <summary>Tokens of the prompt that had been read before, for another sequence.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>The prompt as the <see cref="PrefixStore"/> knows it, once that was asked.</summary>
    public PromptPrefix? Prefix { get; set; }

    /// <summary>What is guessed of it; null where nothing is.</summary>
    public SequenceDrafts? Drafts { get; }

    /// <summary>Whether the log probabilities of the prompt's tokens are wanted.</summary>
    public bool IsScored => Request.PromptLogprobs is not null;

    /// <summary>The prompt's second token, its third, … as the model scores them: nothing comes before the first. Complete when the first of
    /// <see cref="Tokens"/> has come, and not to be read before; empty where they are not wanted.</summary>
    public IReadOnlyList<SampledToken> PromptScores => _promptScores;

    public int GeneratedTokens { get; private set; }

    /// <summary>Tokens that its row holds when the next one is to come: all but the last.</summary>
    public int HeldTokens => PromptTokens + GeneratedTokens - 1;

    /// <summary>The last token generated.</summary>
    public int LastToken => _generated[^1];

    /// <summary>Clock readings of <see cref="TimeProvider.GetTimestamp"/>; 0 until then.</summary>
    public long QueuedAt { get; set; }

    /// <summary>When it got its row.</summary>
    public long StartedAt { get; set; }

    public long FirstTokenAt { get; private set; }

    public long FinishedAt { get; private set; }

    public bool IsCancelled => Volatile.Read(ref _cancelled) != 0;

    public QueueLane Lane => Request.Lane;

    public int Cost => Request.Prompt.Length + Request.MaxTokens;

    public double Tag { get; set; }

    /// <summary>Nobody waits for it any more: it leaves the queue at once, or its row before the next step. From any thread; a second call, or one after
    /// the end, does nothing.</summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _cancelled, 1) != 0) return;
        _tokens.Writer.TryComplete(new OperationCanceledException());
        if (_queue.Remove(this)) ReleasePermit();
    }

    /// <summary>Its tokens from a position on: all of the prompt, or one that was generated and the draft behind the last. Called by the loop's thread, as what follows.</summary>
    public void CopyTokens(int start, Span<int> tokens)
    {
        if (start < PromptTokens)
        {
            Request.Prompt.AsSpan(start, tokens.Length).CopyTo(tokens);
            return;
        }

        tokens[0] = _generated[start - PromptTokens];
        if (tokens.Length > 1) Drafts!.Tokens.CopyTo(tokens[1..]);
    }

    /// <summary>Makes its draft for the next run: never of more tokens than are still wanted.</summary>
    /// <returns>How many it has.</returns>
    public int MakeDraft() => Drafts?.Make(HeldTokens, Request.MaxTokens - GeneratedTokens - 1) ?? 0;

    /// <summary>Prompt and answer up to the last whole block; null where none of these ends behind the prompt.</summary>
    public int[]? WholeBlocks(int blockTokens)
    {
        var whole = (PromptTokens + _generated.Count) / blockTokens * blockTokens;
        return whole > PromptTokens ? [.. Request.Prompt, .. _generated.Take(whole - PromptTokens)] : null;
    }

    /// <summary>Its row has got so many tokens of the prompt without reading.</summary>
    public void Skip(int tokens) => CachedTokens = ReadTokens = tokens;

    /// <summary>The engine has read so many tokens of the prompt more.</summary>
    public void Read(int tokens) => ReadTokens += tokens;

    /// <summary>Scores the next token of the prompt by the logits behind the one before it; behind the last one there is none.</summary>
    /// <exception cref="InvalidOperationException">The logits are not finite.</exception>
    public void Score(ReadOnlySpan<float> logits, SamplingBuffers buffers)
    {
        var next = _promptScores.Count + 1;
        if (next == PromptTokens) return;
        var score = Logprobs.Of(logits, Request.Prompt[next], Request.PromptLogprobs ?? 0, buffers.Weights(logits.Length));
        if (float.IsNaN(score.Logprob)) throw new InvalidOperationException("The model's logits are not finite.");
        _promptScores.Add(score with { Logprob = MathF.Max(score.Logprob, Impossible) });
    }

    /// <summary>Chooses the next token, if one is wanted, and hands it on; the last one has a finish.</summary>
    public void Advance(ReadOnlySpan<float> logits, SamplingBuffers buffers, long now)
    {
        // Nothing is wanted, or nothing but the empty text may come.
        if (Request.MaxTokens == 0 || Request.Constraint is { IsComplete: true })
        {
            FinishedAt = now;
            _tokens.Writer.TryWrite(new GeneratedToken(null, Request.MaxTokens == 0 ? FinishReason.Length : FinishReason.Stop));
            _tokens.Writer.TryComplete();
            return;
        }

        var token = _sampler.Next(logits, buffers);
        _generated.Add(token.Id);
        Drafts?.Append(token.Id);
        GeneratedTokens++;
        var constraint = Request.Constraint;
        // Where its text may not end here, a token that ends others is text like any other.
        var isEnd = Request.EndTokens.Contains(token.Id) && (constraint is null or { MayEnd: true });
        if (!isEnd) constraint?.Accept(token.Id);
        FinishReason? finish = isEnd || constraint is { IsComplete: true } ? FinishReason.Stop : GeneratedTokens == Request.MaxTokens ? FinishReason.Length : null;
        if (FirstTokenAt == 0) FirstTokenAt = now;
        if (finish is not null) FinishedAt = now;
        _tokens.Writer.TryWrite(new GeneratedToken(token, finish, isEnd));
        if (finish is not null) _tokens.Writer.TryComplete();
    }

    /// <summary>Ends it without a finish.</summary>
    public void Fail(Exception reason) => _tokens.Writer.TryComplete(reason);

    /// <summary>Releases its place in admission, once.</summary>
    public void ReleasePermit() => _permit.Complete(ReadTokens + GeneratedTokens);
}
