using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.Inference;

/// <summary>A loaded encoder; what its rows mean is its task's business.</summary>
internal abstract class EncoderModel(string task, ModelSource source, int maxTokens, EncoderEngine engine) : LoadedModel(task, source, maxTokens)
{
    public EncoderEngine Engine => engine;

    /// <summary>One more than the highest token id that the graph takes.</summary>
    public int VocabularySize { get; } = Math.Min(source.Tokenizer.VocabularySize, source.Config.VocabSize ?? int.MaxValue);

    /// <summary>See <see cref="KeySpace.DigestOf"/>.</summary>
    public byte[] CacheDigest { get; } = KeySpace.DigestOf(source.Folder.Name, source.Folder.Version, source.Serving.Variant, source.Fingerprint, task);

    public override long PendingTokens => engine.Admission.PendingTokens;

    public override Task<Exception> Failure => engine.Failure;

    /// <summary>Tokens an input can have at most, told without tokenizing it.</summary>
    public int UpperBound(EncoderInput input, int maxTokens) => Math.Min(maxTokens, input switch
    {
        TextInput text => Tokenizer.UpperBound(text.Text, text.Pair),
        TokenInput tokens => tokens.Ids.Length,
        _ => maxTokens,
    });

    /// <summary>Turns an input into a sequence that fits.</summary>
    /// <param name="lane">Where it will wait.</param>
    /// <param name="field">The field that holds the inputs, for messages.</param>
    /// <param name="truncate">Whether an input that is too long is cut.</param>
    /// <exception cref="InvalidFieldException">The input has no tokens, or more than allowed and is not to be truncated, or cannot be, or a token id is none
    /// of the model's.</exception>
    public EncoderSequence Encode(EncoderInput input, int maxTokens, QueueLane lane, string field, bool truncate)
    {
        var (ids, typeIds) = input is TextInput text ? Encode(text, maxTokens, field, truncate) : Take((TokenInput)input, maxTokens, field, truncate);
        // A tokenizer without special tokens makes nothing of a text whose every character it drops.
        if (ids.Length == 0) throw new InvalidFieldException(field, $"{field} has an item without tokens.");
        return new EncoderSequence(ids, typeIds, lane);
    }

    protected override void Free() => engine.Dispose();

    /// <summary>The row of a golden case's text.</summary>
    /// <exception cref="ModelLoadException">The text is not one for this model.</exception>
    protected float[] Infer(GoldenCase golden, GoldenCheck check)
    {
        try
        {
            var sequence = Encode(new TextInput(golden.Text), MaxTokens, QueueLane.Server, "text", truncate: true);
            engine.Queue.Add([sequence]);
            return sequence.Completion.GetAwaiter().GetResult();
        }
        catch (InvalidFieldException e)
        {
            throw check.Wrong($": {e.Message}", e);
        }
    }

    private (int[] Ids, int[] TypeIds) Encode(TextInput input, int maxTokens, string field, bool truncate)
    {
        try
        {
            var encoding = Tokenizer.Encode(input.Text, input.Pair, maxLength: maxTokens, truncate: truncate, strategy: input.Truncation);
            if (encoding.Ids.Length > maxTokens) throw TooLong(encoding.Ids.Length, maxTokens, field);
            return (encoding.Ids, encoding.TypeIds);
        }
        catch (ArgumentException) when (truncate && input.Pair is not null)
        {
            // The text that is to give way is too short to make room for the other.
            throw TooLong(Tokenizer.Count(input.Text, input.Pair), maxTokens, field);
        }
    }

    private (int[] Ids, int[] TypeIds) Take(TokenInput input, int maxTokens, string field, bool truncate)
    {
        var ids = input.Ids;
        if (ids.Length > maxTokens) ids = truncate ? ids[..maxTokens] : throw TooLong(ids.Length, maxTokens, field);
        foreach (var id in ids)
            if ((uint)id >= (uint)VocabularySize) throw new InvalidFieldException(field, $"{field} has the token id {id}; the model's are 0 to {VocabularySize - 1}.");
        return (ids, new int[ids.Length]);
    }

    private static InvalidFieldException TooLong(int tokens, int maxTokens, string field)
        => new(field, $"The input has {tokens} tokens; the model takes at most {maxTokens}. Shorten it or set truncate.", "input_too_long");
}
