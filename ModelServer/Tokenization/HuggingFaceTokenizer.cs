using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.ML.Tokenizers;
using ModelServer.Tokenization.Decoders;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization;

/// <summary>
/// A tokenizer made from a model folder's files, with the ids of the reference library. Thread-safe.
/// The inherited members see the text alone, without template or truncation; their offsets are those of the text as given, and
/// <see cref="EncodeResults{T}.NormalizedText"/> stays null. <see cref="Encode"/> does all that a model needs.
/// </summary>
internal sealed class HuggingFaceTokenizer(
    TokenizationPipeline pipeline,
    TemplatePostProcessor postProcessor,
    ITokenDecoder decoder,
    TruncationSettings? truncation,
    PaddingSettings padding,
    TokenizerConfig config)
    : Tokenizer
{
    private static readonly int MostBuffers = Environment.ProcessorCount * 2;
    private readonly ConcurrentQueue<TokenizationBuffers> _buffers = new();
    private TokenizationBuffers? _spare;

    /// <summary>One more than the highest token id.</summary>
    public int VocabularySize { get; } = Math.Max(pipeline.Model.Vocabulary.IdLimit, pipeline.Added.IdLimit);

    /// <summary>The token of what the vocabulary has no other for; null where every text has tokens of its own.</summary>
    public int? UnknownId => pipeline.Model.UnknownId;

    /// <summary>Whether tokens that continue a word are spelled with a prefix of their own, such as "##".</summary>
    public bool MarksContinuations => pipeline.Model.MarksContinuations;

    /// <summary>What tokenizer_config.json says; all defaults where there is none.</summary>
    public TokenizerConfig Config => config;

    /// <summary>How batches of this tokenizer are padded.</summary>
    public PaddingSettings Padding => padding;

    /// <summary>Which end is cut off where a caller does not say.</summary>
    public TruncationSide TruncationSide => truncation?.Side ?? config.TruncationSide;

    /// <summary>The file's own truncation, which applies only where a caller truncates without naming a length.</summary>
    public TruncationSettings? Truncation => truncation;

    /// <summary>How many tokens the template adds to a text or a pair.</summary>
    public int SpecialTokenCount(bool isPair = false) => postProcessor.SpecialTokenCount(isPair);

    /// <summary>Everything a model needs of one text or two. All tokens come back, however many, unless truncation is asked for.</summary>
    /// <param name="text">The text. Lone surrogates count as U+FFFD.</param>
    /// <param name="pair">A second text; an empty one is still one.</param>
    /// <param name="addSpecialTokens">Whether the template's tokens are added.</param>
    /// <param name="maxLength">For truncation: the most tokens, special ones included; default: what the file says.</param>
    /// <param name="truncate">Whether to leave out tokens beyond the length.</param>
    /// <param name="strategy">Which text gives way; default: what the file says, else the longer one.</param>
    /// <param name="side">Which end is cut off; default: what the file says.</param>
    /// <param name="plain">Parts of the text in which special tokens are plain text, in order; null for none.</param>
    /// <exception cref="ArgumentException">The length is unknown or too short for the special tokens or the strategy.</exception>
    public TokenEncoding Encode(
        string text,
        string? pair = null,
        bool addSpecialTokens = true,
        int? maxLength = null,
        bool truncate = false,
        TruncationStrategy? strategy = null,
        TruncationSide? side = null,
        TextSpan[]? plain = null)
    {
        var room = truncate ? Room(maxLength, addSpecialTokens, pair is not null) : int.MaxValue;
        var cut = side ?? TruncationSide;
        var gives = strategy ?? truncation?.Strategy ?? default;
        // From the right, one token too many is enough to know that something was left out; but of an odd length the longer text gets one more.
        var enough = truncate && cut == TruncationSide.Right && room < int.MaxValue && (pair is null || gives != TruncationStrategy.LongestFirst || room % 2 == 0) ? room + 1 : int.MaxValue;
        var (buffers, pairBuffers) = (Rent(), pair is null ? null : Rent());
        try
        {
            var first = pipeline.Tokenize(text, buffers, enough, plain: plain).Pieces;
            var second = pairBuffers is null ? [] : pipeline.Tokenize(pair, pairBuffers, enough).Pieces;
            var all = (First: first.Length, Second: second.Length);
            var kept = truncate ? TruncationSettings.Fit(all.First, all.Second, room, gives) : all;
            first = Cut(first, kept.First, cut);
            second = Cut(second, kept.Second, cut);
            var left = cut == TruncationSide.Left;
            postProcessor.Trim(text, first, buffers.Pieces.Added, left ? all.First - kept.First : 0);
            if (pairBuffers is not null) postProcessor.Trim(pair, second, pairBuffers.Pieces.Added, left ? all.Second - kept.Second : 0);
            return postProcessor.Apply(first, second, pair is not null, addSpecialTokens, truncated: kept != all);
        }
        finally
        {
            Return(buffers);
            if (pairBuffers is not null) Return(pairBuffers);
        }
    }

    /// <summary>All tokens of a text, none of the template's, for <see cref="Join"/>.</summary>
    public TokenizedText Tokenize(string text)
    {
        var (buffers, words) = (Rent(), new List<int>());
        try
        {
            buffers.WordStarts = words;
            return new(text, pipeline.Tokenize(text, buffers).Pieces.ToArray(), [.. buffers.Pieces.Added], [.. words]);
        }
        finally
        {
            buffers.WordStarts = null;
            Return(buffers);
        }
    }

    /// <summary>A text in windows of at most so many tokens, in one where it fits. Each begins with the last tokens of the one before; together they leave nothing out.</summary>
    /// <param name="maxLength">The most tokens of a window, special ones included.</param>
    /// <param name="overlap">The text's tokens that two neighbours share; fewer than a window has room for.</param>
    public TokenEncoding[] EncodeWindows(string text, int maxLength, int overlap)
    {
        var room = maxLength - SpecialTokenCount();
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, room);
        var buffers = Rent();
        try
        {
            var pieces = pipeline.Tokenize(text, buffers).Pieces;
            postProcessor.Trim(text, pieces, buffers.Pieces.Added, cut: 0);
            var step = room - overlap;
            var windows = new TokenEncoding[1 + (Math.Max(0, pieces.Length - room) + step - 1) / step];
            for (var i = 0; i < windows.Length; i++)
                windows[i] = postProcessor.Apply(pieces[(i * step)..Math.Min(i * step + room, pieces.Length)], [], isPair: false, addSpecialTokens: true, truncated: windows.Length > 1);
            return windows;
        }
        finally
        {
            Return(buffers);
        }
    }

    /// <summary>What <see cref="Encode"/> gives of a pair of which it keeps these tokens.</summary>
    public TokenEncoding Join(TokenizedText text, TextSpan kept, TokenizedText pair, TextSpan pairKept)
    {
        var (first, second) = (text[kept], pair[pairKept]);
        postProcessor.Trim(text.Text, first, text.Added, kept.Start);
        postProcessor.Trim(pair.Text, second, pair.Added, pairKept.Start);
        return postProcessor.Apply(first, second, isPair: true, addSpecialTokens: true, truncated: first.Length < text.Length || second.Length < pair.Length);
    }

    /// <summary>How many tokens <see cref="Encode"/> gives without truncation.</summary>
    public int Count(string text, string? pair = null, bool addSpecialTokens = true) =>
        CountTokens(text) + (pair is null ? 0 : CountTokens(pair)) + (addSpecialTokens ? SpecialTokenCount(pair is not null) : 0);

    /// <summary>The most tokens <see cref="Encode"/> can give, special ones included, known at a glance before tokenizing.</summary>
    public int UpperBound(string text, string? pair = null)
    {
        var bound = UpperBoundOf(text) + UpperBoundOf(pair) + SpecialTokenCount(pair is not null);
        return (int)Math.Min(bound, int.MaxValue);
    }

    /// <summary>The id of a token as the vocabulary or the added tokens spell it, or null.</summary>
    public int? TokenToId(string token) => pipeline.Added.Find(token)?.Id ?? pipeline.Model.Vocabulary.IdOf(token);

    /// <summary>The added token of this content, or null.</summary>
    public int? AddedToken(string content) => pipeline.Added.Find(content)?.Id;

    /// <summary>The special token that a text begins with, or null.</summary>
    public int? SpecialTokenAt(string text) => pipeline.Added.SpecialAt(text)?.Id;

    /// <summary>The token of an id, or null where there is none.</summary>
    public string? IdToToken(int id) => pipeline.Added.Find(id)?.Content ?? pipeline.Model.Vocabulary.TokenOf(id);

    /// <summary>The text of tokens. Ids that belong to no token are left out.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <param name="cleanUp">Whether spaces before punctuation and contractions go (<see cref="TokenizerConfig.CleanUpSpaces"/>).</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens, bool cleanUp = false)
    {
        var text = new DecodedText();
        var tokens = StartDecoding(text);
        foreach (var id in ids)
        {
            if (DecodableToken(id, skipSpecialTokens) is { } token) tokens.Append(token);
        }

        tokens.End();
        return cleanUp ? TokenCleanup.OfText(text.Take()) : text.Take();
    }

    /// <summary>The bytes that the token of an id spells, which need not be whole characters; null for one that is text, and for an added one.</summary>
    public byte[]? BytesOf(int id) => pipeline.Added.Find(id) is null && IdToToken(id) is { } token ? decoder.BytesOf(token) : null;

    /// <summary>Whether the token of an id is one of the added ones, special or not, which no model of the tokenizer's makes.</summary>
    public bool IsAdded(int id) => pipeline.Added.Find(id) is not null;

    /// <summary>Begins a text; the tokens appended to what is returned go to <paramref name="text"/> as it becomes certain.</summary>
    public ITextSink StartDecoding(DecodedText text) => decoder.Start(text);

    /// <summary>The token of an id, or null where decoding leaves it out.</summary>
    public string? DecodableToken(int id, bool skipSpecialTokens) =>
        IdToToken(id) is { } token && !(skipSpecialTokens && pipeline.Added.IsSpecial(token)) ? token : null;

    public override string Decode(IEnumerable<int> ids)
    {
        int[] all = [.. ids];
        return Array.TrueForAll(all, id => IdToToken(id) is not null)
            ? Decode(all, skipSpecialTokens: false)
            : throw new InvalidOperationException("An id belongs to no token.");
    }

    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        (idsConsumed, charsWritten) = (0, 0);
        int[] all = [.. ids];
        if (!Array.TrueForAll(all, id => IdToToken(id) is not null)) return OperationStatus.InvalidData;
        // All or nothing: what a token decodes to depends on those around it.
        var text = Decode(all, skipSpecialTokens: false);
        if (!text.AsSpan().TryCopyTo(destination)) return OperationStatus.DestinationTooSmall;
        (idsConsumed, charsWritten) = (all.Length, text.Length);
        return OperationStatus.Done;
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Encode(text ?? textSpan, settings, p => new EncodedToken(p.Id, IdToToken(p.Id)!, p.Start..p.End));

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings) =>
        Encode(text ?? textSpan, settings, p => p.Id);

    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffers = Rent();
        var count = pipeline.Tokenize(text ?? textSpan, buffers, settings.MaxTokenCount, Steps(settings)).Count;
        Return(buffers);
        return Math.Min(count, settings.MaxTokenCount);
    }

    private static PipelineSteps Steps(EncodeSettings settings) =>
        (settings.ConsiderNormalization ? PipelineSteps.Normalize : 0) | (settings.ConsiderPreTokenization ? PipelineSteps.PreTokenize : 0);

    private static Span<Piece> Cut(Span<Piece> pieces, int length, TruncationSide side) =>
        side == TruncationSide.Right ? pieces[..length] : pieces[^length..];

    private EncodeResults<T> Encode<T>(ReadOnlySpan<char> text, EncodeSettings settings, Func<Piece, T> select)
    {
        var buffers = Rent();
        var pieces = pipeline.Tokenize(text, buffers, settings.MaxTokenCount, Steps(settings)).Pieces;
        var all = pieces.Length < settings.MaxTokenCount;
        if (!all) pieces = pieces[..settings.MaxTokenCount];
        var tokens = new T[pieces.Length];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = select(pieces[i]);
        var consumed = all ? text.Length : pieces.IsEmpty ? 0 : pieces[^1].End;
        Return(buffers);
        return new() { Tokens = tokens, CharsConsumed = consumed };
    }

    private int Room(int? maxLength, bool addSpecialTokens, bool isPair)
    {
        var length = maxLength ?? truncation?.MaxLength
            ?? throw new ArgumentException("neither the caller nor the tokenizer names a length");
        var special = addSpecialTokens ? SpecialTokenCount(isPair) : 0;
        if (length < special) throw new ArgumentException($"a length of {length} tokens leaves no room for {special} special tokens");
        return length - special;
    }

    private long UpperBoundOf(ReadOnlySpan<char> text)
    {
        var ascii = 0;
        foreach (var c in text) ascii += c < 128 ? 1 : 0;
        return ascii * pipeline.MaxExpansion(ascii: true) + (text.Length - ascii) * pipeline.MaxExpansion(ascii: false) + (text.IsEmpty ? 0 : pipeline.MaxPrefix);
    }

    // Most texts come one at a time, which one place serves faster than the queue.
    private TokenizationBuffers Rent() => Interlocked.Exchange(ref _spare, null) ?? (_buffers.TryDequeue(out var buffers) ? buffers : new());

    private void Return(TokenizationBuffers buffers)
    {
        if (!buffers.IsWorthKeeping || Interlocked.CompareExchange(ref _spare, buffers, null) is null) return;
        if (_buffers.Count < MostBuffers) _buffers.Enqueue(buffers);
    }
}
