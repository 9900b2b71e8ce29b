using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using ModelServer.Decoders;
using ModelServer.Sampling;
using ModelServer.Tokenization;

namespace ModelServer.Generation;

/// <summary>The text of one continuation as its tokens come. One thread at a time reads it.</summary>
internal sealed class TextChoice(int index, DecoderSequence sequence, HuggingFaceTokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly StreamingDecoder _decoder = new(tokenizer, skipSpecialTokens: true);
    private readonly StopStrings _stops = new(stops);
    private readonly Queue<ScoredToken> _held = new();
    private int _previous = sequence.Request.Prompt[^1];
    private int _decoded;
    private int _emitted;
    private bool _finished;

    public DecoderSequence Sequence => sequence;

    /// <summary>Whether the chunk that has a finish was read.</summary>
    public bool IsFinished => _finished;

    /// <summary>Tokens generated up to what was read, an end token and those of a stop string included.</summary>
    public int Tokens { get; private set; }

    /// <summary>The next chunk, if its tokens have come.</summary>
    public bool TryRead([NotNullWhen(true)] out TextChunk? chunk)
    {
        chunk = null;
        while (chunk is null && !_finished && sequence.Tokens.TryRead(out var token)) chunk = Next(token);
        return chunk is not null;
    }

    /// <summary>Waits for a token.</summary>
    /// <returns>False after the chunk that has a finish.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
        => !_finished && (await sequence.Tokens.WaitToReadAsync(cancellationToken) ? true : throw new ChannelClosedException());

    /// <summary>The chunk that a token makes certain, or null when there is none yet.</summary>
    private TextChunk? Next(GeneratedToken token)
    {
        Tokens++;
        var text = token.Finish == FinishReason.Stop ? "" : Decode(token.Token);
        var finish = token.Finish;
        if (finish is not null) text += _decoder.Flush();
        text = _stops.Append(text);
        if (_stops.Found)
        {
            finish = FinishReason.Stop;
            sequence.Cancel();
        }
        else if (finish is not null) text += _stops.Flush();

        _finished = finish is not null;
        _emitted += CodePoints(text);
        var scored = Release(all: _finished && !_stops.Found);
        return text.Length == 0 && finish is null ? null : new TextChunk(index, text, scored, finish);
    }

    private string Decode(SampledToken token)
    {
        if (sequence.Request.Sampling.TopLogprobs is not null) _held.Enqueue(Score(token));
        _previous = token.Id;
        var text = _decoder.Append(token.Id);
        _decoded += CodePoints(text);
        return text;
    }

    private ScoredToken Score(SampledToken token) => new(
        tokenizer.After(_previous, token.Id),
        token.Logprob,
        _decoded,
        Array.ConvertAll(token.Top, t => new TextLogprob(tokenizer.After(_previous, t.Id), t.Logprob)));

    /// <summary>The tokens that begin in the text emitted so far.</summary>
    private List<ScoredToken> Release(bool all)
    {
        var released = new List<ScoredToken>();
        while (_held.TryPeek(out var token) && (all || token.Offset < _emitted)) released.Add(_held.Dequeue());
        return released;
    }

    private static int CodePoints(string text)
    {
        var count = 0;
        foreach (var c in text) count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
