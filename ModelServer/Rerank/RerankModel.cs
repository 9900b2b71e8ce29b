using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ServiceDefaults.Drift;

namespace ModelServer.Rerank;

/// <summary>A loaded cross-encoder: a row is one logit.</summary>
internal sealed class RerankModel : EncoderModel
{
    private const string OnlyLabel = "LABEL_0";
    private readonly RerankSettings _settings;

    /// <exception cref="ModelLoadException">The graph has more than one output for a pair.</exception>
    public RerankModel(ModelSource source, RerankSettings settings, EncoderEngine engine)
        : base(RerankTask.Id, source, source.MaxTokens(), engine)
    {
        _settings = settings;
        if (engine.Width != 1) throw new ModelLoadException($"A model for {RerankTask.Id} has one output; the graph has {engine.Width}.");
        // Labels of a model that goes on with a text are those of another head.
        Labels = settings.Answers is null && source.Labels is { Length: > 0 } labels ? labels : [OnlyLabel];
        if (Labels.Length != 1) throw new ModelLoadException($"There are {Labels.Length} labels for 1 outputs.");
    }

    /// <summary>Null where query and document are read as a pair.</summary>
    public RerankPrompt? Prompt => _settings.Prompt;

    public override string[] Labels { get; }

    /// <summary>By the best document, and by the scores.</summary>
    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
    {
        var (logits, theirs) = (Logits(rows), Logits(others));
        var (scores, theirScores) = (new float[logits.Length], new float[theirs.Length]);
        TensorPrimitives.Sigmoid<float>(logits, scores);
        TensorPrimitives.Sigmoid<float>(theirs, theirScores);
        // By logit, as answers are ordered: where the sigmoid is flat, scores are equal and logits are not.
        return new(Array.IndexOf(logits, logits.Max()) == Array.IndexOf(theirs, theirs.Max()), scores.Zip(theirScores, (a, b) => (double)Math.Abs(a - b)).Average());
    }

    public override string ScoreName => DriftFeatures.Score;

    public override RowFeatures Features(ReadOnlySpan<float> row) => new(1 / (1 + MathF.Exp(-row[0])));

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Document is not { } document) throw check.IsNotOf(Task);
        EncoderInput input = Prompt is null ? new TextInput(golden.Text, document) : new PromptedPair(golden.Text, document, null, "document");
        check.Compare("the document", Features(Infer(input, check).Row).Score, golden.Score!.Value);
    }

    public override int UpperBound(EncoderInput input, int maxTokens)
        => base.UpperBound(input is PromptedPair pair ? Prompt!.Write(pair.Query, pair.Document, pair.Instruction) : input, maxTokens);

    /// <summary>Writes a prompt that fits: only the document gives way.</summary>
    public override EncoderSequence Encode(EncoderInput input, int maxTokens, QueueLane lane, string field, bool truncate)
    {
        if (input is not PromptedPair pair) return base.Encode(input, maxTokens, lane, field, truncate);
        var document = pair.DocumentTokens is { } most ? Beginning(pair.Document, most, pair.Side) : pair.Document;
        var whole = Prompt!.Write(pair.Query, document, pair.Instruction);
        if (Tokenizer.UpperBound(whole.Text) <= maxTokens) return base.Encode(whole, maxTokens, lane, field, truncate: false);

        var room = maxTokens - Count(Prompt.Write(pair.Query, "", pair.Instruction));
        if (room < 1) throw TooLong(maxTokens - room + 1, maxTokens, field);
        if (truncate) document = Beginning(document, room, pair.Side);
        // Tokens at the edges of the document may be others in the prompt than by themselves.
        for (int tokens; (tokens = Count(whole = Prompt.Write(pair.Query, document, pair.Instruction))) > maxTokens;)
        {
            room -= tokens - maxTokens;
            if (!truncate || room < 1) throw TooLong(tokens, maxTokens, pair.DocumentField);
            document = Beginning(document, room, pair.Side);
        }

        return base.Encode(whole, maxTokens, lane, field, truncate: false);
    }

    private int Count(TextInput text) => Tokenizer.Encode(text.Text, plain: text.PlainParts).Ids.Length;

    private static float[] Logits(ReadOnlyMemory<float>[] rows) => Array.ConvertAll(rows, row => row.Span[0]);
}
