using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ModelServer.Tensors;
using ModelServer.Tokenization.PostProcessing;
using ServiceDefaults.Drift;

namespace ModelServer.Inference;

/// <summary>A loaded encoder; what its rows mean is its task's business.</summary>
internal abstract class EncoderModel(string task, ModelSource source, int maxTokens, EncoderEngine engine) : LoadedModel(task, source, Math.Min(maxTokens, engine.MaxTokens))
{
    private const string InputTooLong = "input_too_long";

    public EncoderEngine Engine => engine;

    /// <summary>One more than the highest token id that the graph takes.</summary>
    public int VocabularySize { get; } = source.VocabularySize;

    /// <summary>See <see cref="KeySpace.DigestOf"/>.</summary>
    public byte[] CacheDigest { get; } = KeySpace.DigestOf(source.Folder.Name, source.Folder.Version, source.Variant, source.Fingerprint, task);

    /// <summary>What <see cref="RowFeatures.Score"/> is, as <see cref="DriftFeatures"/> names it; null where a row has nothing to be watched.</summary>
    public virtual string? ScoreName => null;

    /// <summary>What is watched of a row. Called for each answer: it allocates nothing.</summary>
    public virtual RowFeatures Features(ReadOnlySpan<float> row) => RowFeatures.None;

    public override long PendingTokens => engine.Admission.PendingTokens;

    public override int Waiting => engine.Queue.Count + (engine.Tensors?.Waiting ?? 0);

    public override int LoneThreads => engine.LoneThreads;

    public override TensorEngine? Tensors => engine.Tensors;

    public override Task<Exception> Failure => engine.Failure;

    /// <summary>Compares what another version made of the same inputs with this one's rows: by their direction, unless the task knows what they mean.</summary>
    /// <param name="minCosine">The least cosine of two rows that say the same.</param>
    public virtual RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
        => RowComparison.OfAll(rows, others, (a, b) => RowComparison.ByDirection(a, b, minCosine));

    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public virtual int UpperBound(EncoderInput input, int maxTokens) => Math.Min(maxTokens, input switch
    {
        TextInput text => Tokenizer.UpperBound(text.Text, text.Pair),
        TokenInput tokens => tokens.Ids.Length,
        EncodedInput encoded => encoded.Ids.Length,
        _ => maxTokens,
    });

    /// <summary>Turns an input into a sequence that fits.</summary>
    /// <param name="lane">Where it will wait.</param>
    /// <param name="field">The field that holds the inputs, for messages.</param>
    /// <param name="truncate">Whether an input that is too long is cut.</param>
    /// <exception cref="InvalidFieldException">The input has no tokens, or more than allowed and is not to be truncated, or cannot be, or a token id is none
    /// of the model's.</exception>
    public virtual EncoderSequence Encode(EncoderInput input, int maxTokens, QueueLane lane, string field, bool truncate)
    {
        var (ids, typeIds, encoding) = input switch
        {
            TextInput text => Encode(text, maxTokens, field, truncate),
            EncodedInput encoded => (encoded.Ids, encoded.TypeIds, null),
            _ => Take((TokenInput)input, maxTokens, field, truncate),
        };
        // A tokenizer without special tokens makes nothing of a text whose every character it drops.
        if (ids.Length == 0)
            throw input is TextInput { PairField: { } pair } ? new InvalidFieldException(pair, $"{pair} has no tokens.") : new InvalidFieldException(field, $"{field} has an item without tokens.");
        return new EncoderSequence(ids, typeIds, lane) { Asked = input.Asked, Encoding = encoding };
    }

    /// <summary>Turns a text into sequences that fit: one, or windows that overlap.</summary>
    /// <param name="overlap">Tokens that two neighbours share.</param>
    /// <inheritdoc cref="Encode(EncoderInput, int, QueueLane, string, bool)"/>
    public EncoderSequence[] EncodeWindows(TextInput input, int maxTokens, int overlap, QueueLane lane, string field)
    {
        var windows = Tokenizer.EncodeWindows(input.Text, maxTokens, overlap);
        if (windows[0].Ids.Length == 0) throw new InvalidFieldException(field, $"{field} has an item without tokens.");
        var step = maxTokens - Tokenizer.SpecialTokenCount() - overlap;
        return [.. windows.Select((window, i) => new EncoderSequence(window.Ids, window.TypeIds, lane) { Asked = input.Asked, Encoding = window, TokensBefore = i * step })];
    }

    /// <summary>Windows that a text becomes at most, and the tokens that they have together, told without tokenizing it.</summary>
    public (int Sequences, long Tokens) UpperBound(TextInput input, int maxTokens, int overlap)
    {
        var special = Tokenizer.SpecialTokenCount();
        var (tokens, room) = (Tokenizer.UpperBound(input.Text) - special, maxTokens - special);
        var windows = 1 + Math.Max(0, tokens - overlap - 1) / (room - overlap);
        return (windows, tokens + (long)windows * special + (windows - 1L) * overlap);
    }

    protected override void Free() => engine.Dispose();

    /// <summary>The row of a golden case's text.</summary>
    /// <exception cref="ModelLoadException">The text is not one for this model.</exception>
    protected float[] Infer(GoldenCase golden, GoldenCheck check) => Infer(new TextInput(golden.Text), check).Row;

    /// <summary>The row of an input made of a golden case, and what it was made of.</summary>
    /// <exception cref="ModelLoadException">The input is not one for this model.</exception>
    protected (EncoderSequence Sequence, float[] Row) Infer(EncoderInput input, GoldenCheck check)
    {
        try
        {
            var sequence = Encode(input, MaxTokens, QueueLane.Server, "text", truncate: true);
            engine.Queue.Add([sequence]);
            return (sequence, sequence.Completion.GetAwaiter().GetResult());
        }
        catch (InvalidFieldException e)
        {
            throw check.Wrong($": {e.Message}", e);
        }
    }

    private (int[] Ids, int[] TypeIds, TokenEncoding? Encoding) Encode(TextInput input, int maxTokens, string field, bool truncate)
    {
        var pair = input is { Pair: { } whole, PairTokens: { } most } ? Beginning(whole, most, input.Side) : input.Pair;
        try
        {
            var encoding = Tokenizer.Encode(input.Text, pair, maxLength: maxTokens, truncate: truncate, strategy: input.Truncation, side: input.Side, plain: input.PlainParts);
            if (encoding.Ids.Length > maxTokens) throw TooLong(input, encoding.Ids.Length, maxTokens, field);
            return (encoding.Ids, encoding.TypeIds, encoding);
        }
        catch (ArgumentException) when (truncate && pair is not null)
        {
            // The text that is to give way is too short to make room for the other.
            throw TooLong(input, Tokenizer.Count(input.Text, pair), maxTokens, field);
        }
    }

    /// <summary>The part of a text that its first tokens come from; its last ones where the beginning gives way.</summary>
    protected string Beginning(string text, int tokens, TruncationSide? side)
    {
        if (Tokenizer.UpperBound(text) <= tokens) return text;
        var encoding = Tokenizer.Encode(text, addSpecialTokens: false, maxLength: tokens, truncate: true, side: side);
        return encoding.Truncated ? text[encoding.Offsets[0].Start..encoding.Offsets[^1].End] : text;
    }

    private (int[] Ids, int[] TypeIds, TokenEncoding? Encoding) Take(TokenInput input, int maxTokens, string field, bool truncate)
    {
        var ids = input.Ids;
        if (ids.Length > maxTokens) ids = truncate ? Cut(ids, maxTokens, input.Side) : throw TooLong(ids.Length, maxTokens, field);
        foreach (var id in ids)
            if ((uint)id >= (uint)VocabularySize) throw Foreign(id, field);
        return (ids, new int[ids.Length], null);
    }

    private static int[] Cut(int[] ids, int length, TruncationSide? side) => side == TruncationSide.Left ? ids[^length..] : ids[..length];

    /// <summary>LangChain's client turns texts into ids of OpenAI's cl100k vocabulary unless told not to, whatever the model.</summary>
    private InvalidFieldException Foreign(int id, string field) => new(
        field,
        $"{field} has the token id {id}; the model's are 0 to {VocabularySize - 1}. Ids must be the model's own (/v1/tokenize); LangChain's OpenAIEmbeddings sends texts with check_embedding_ctx_length=False.");

    /// <summary>Names the text at fault: of two with fields of their own the first only where it leaves no room for a token of the second.</summary>
    private InvalidFieldException TooLong(TextInput input, int tokens, int maxTokens, string field)
    {
        if (input.PairField is not { } pairField) return TooLong(tokens, maxTokens, field);
        var first = Tokenizer.Count(input.Text, addSpecialTokens: false) + Tokenizer.SpecialTokenCount(isPair: true);
        return first + 1 > maxTokens
            ? new(field, $"{field} has {first} tokens with the special ones; the model takes at most {maxTokens} together with a text beside it. Shorten it.", InputTooLong)
            : new(pairField, $"{pairField} has {tokens} tokens together with {field}; the model takes at most {maxTokens}. Shorten it or set truncate.", InputTooLong);
    }

    protected static InvalidFieldException TooLong(int tokens, int maxTokens, string field)
        => new(field, $"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.", InputTooLong);
}
