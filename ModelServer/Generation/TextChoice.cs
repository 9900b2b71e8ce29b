using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ModelServer.Constraints.Automata;
using ModelServer.Decoders;
using ModelServer.Sampling;
using ModelServer.Tokenization;

namespace ModelServer.Generation;

/// <summary>The text of one continuation as its tokens come. One thread at a time reads it.</summary>
/// <param name="grammar">What the text must be: a stop string ends it only where what is left is whole. Null for anything.</param>
internal sealed class TextChoice(int index, DecoderSequence sequence, HuggingFaceTokenizer tokenizer, TextShape shape, CompiledGrammar? grammar = null)
{
    private readonly StreamingDecoder _decoder = new(tokenizer, shape.SkipsSpecialTokens, shape.Shown);
    private readonly StopStrings _stops = new(shape.Stops, shape.KeepsStop, grammar is null || shape.Stops.Count == 0 ? null : new(grammar.Automaton));
    private readonly Queue<ScoredToken> _held = new();
    private string? _echo = shape.Echo;
    private int _previous = sequence.Request.Prompt[^1];
    private int _decoded = shape.PromptLength;
    private int _emitted = shape.PromptLength;

    public DecoderSequence Sequence => sequence;

    /// <summary>Whether the chunk that has a finish was read.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Tokens generated up to what was read, an end token and those of a stop string included.</summary>
    public int Tokens { get; private set; }

    /// <summary>The next chunk, if its tokens have come.</summary>
    public bool TryRead([NotNullWhen(true)] out TextChunk? chunk)
    {
        chunk = null;
        while (chunk is null && !IsFinished && sequence.Tokens.TryRead(out var token)) chunk = Next(token);
        return chunk is not null;
    }

    /// <summary>Waits for a token.</summary>
    /// <returns>False after the chunk that has a finish.</returns>
    // There is a wait for each token: none leaves an object behind.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        => !IsFinished && (await sequence.Tokens.WaitToReadAsync(cancellationToken) ? true : throw new ChannelClosedException());

    /// <summary>The chunk that a token makes certain, or null when there is none yet.</summary>
    private TextChunk? Next(GeneratedToken next)
    {
        var finish = next.Finish;
        var text = next.Token is { } token ? Decode(token, next.IsEnd) : "";
        if (finish is not null) text += _decoder.Flush();
        text = _stops.Append(text);
        if (_stops.Found)
        {
            finish = FinishReason.Stop;
            sequence.Cancel();
        }
        else if (finish is not null) text += _stops.Flush();

        IsFinished = finish is not null;
        _emitted += text.CodePoints();
        var scored = Release(all: IsFinished && !_stops.Found);
        if (text.Length == 0 && finish is null) return null;
        if (_echo is null) return new TextChunk(index, text, scored, finish);
        var first = new TextChunk(index, _echo + text, [.. PromptTokens(), .. scored], finish);
        _echo = null;
        return first;
    }

    private string Decode(SampledToken token, bool isEnd)
    {
        Tokens++;
        if (sequence.Request.Sampling.TopLogprobs is not null) _held.Enqueue(Score(_previous, token, _decoded) with { IsEnd = isEnd });
        if (isEnd) return "";
        _previous = token.Id;
        var text = _decoder.Append(token.Id);
        _decoded += text.CodePoints();
        return text;
    }

    private ScoredToken Score(int previous, SampledToken token, int offset) => new(
        TokenText.Of(tokenizer, previous, token.Id),
        token.Logprob,
        offset,
        Array.ConvertAll(token.Top, t => new TextLogprob(TokenText.Of(tokenizer, previous, t.Id), t.Logprob)))
    {
        Id = token.Id,
    };

    /// <summary>The prompt's tokens, where their scores were asked for.</summary>
    private IEnumerable<ScoredToken> PromptTokens()
    {
        if (!sequence.IsScored) yield break;
        var prompt = sequence.Request.Prompt;
        var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: true);
        yield return new(TokenText.Of(tokenizer, previous: null, prompt[0]), null, 0, []);
        var offset = 0;
        for (var i = 1; i < prompt.Length; i++)
        {
            offset += decoder.Append(prompt[i - 1]).CodePoints();
            yield return Score(prompt[i - 1], sequence.PromptScores[i - 1], offset);
        }
    }

    /// <summary>The tokens that begin in the text emitted so far.</summary>
    private IReadOnlyList<ScoredToken> Release(bool all)
    {
        if (_held.Count == 0) return [];
        var released = new List<ScoredToken>();
        while (_held.TryPeek(out var token) && (all || token.Offset < _emitted)) released.Add(_held.Dequeue());
        return released;
    }
}
