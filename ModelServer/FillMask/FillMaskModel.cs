using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.FillMask;

/// <summary>A loaded masked language model; its rows are <see cref="MaskRow"/>s.</summary>
internal sealed class FillMaskModel : EncoderModel
{
    /// <param name="width">Numbers that the graph gives for a token.</param>
    /// <exception cref="ModelLoadException">The graph does not give a logit for each token of the vocabulary.</exception>
    public FillMaskModel(ModelSource source, MaskToken mask, int width, EncoderEngine engine)
        : base(FillMaskTask.Id, source, source.MaxTokens(), engine)
    {
        if (width < VocabularySize)
            throw new ModelLoadException($"The graph gives {width} numbers for a token; a model for {FillMaskTask.Id} gives one for each of the vocabulary's {VocabularySize}. An encoder without its head is served with \"task\": \"feature-extraction\" in serving.json.");
        Mask = mask;
        PadId = source.Tokenizer.Config.Role("pad_token") is { } pad ? source.Tokenizer.TokenToId(pad) : source.Config.PadTokenId;
    }

    public MaskToken Mask { get; }

    /// <summary>What fills up rows; left out of answers, also where a caller wrote it.</summary>
    public int? PadId { get; }

    /// <summary>The token that a caller means by a text: that of this name, else the first one of what the text becomes. Null where that is no token that says anything.</summary>
    public int? Target(string text)
    {
        if ((Tokenizer.TokenToId(text) ?? First(text)) is not { } id || id >= VocabularySize) return null;
        return id;
    }

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden is not { Label: { } token, Entity: null }) throw check.IsNotOf(Task);
        var id = Target(token) ?? throw check.Wrong($" names '{token}', which is no token of the model.");
        var (_, row) = Infer(new TextInput(golden.Text) { Asked = [id] }, check);
        if (MaskRow.Masks(row) == 0) throw check.Wrong($" has no {Mask.Text}.");
        check.Compare($"'{token}'", MaskRow.Candidates(row, 0)[0].Score, golden.Score!.Value);
    }

    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
        => RowComparison.OfAll(rows, others, (a, b) => Compare(a, (FillMaskModel)other, b));

    /// <summary>By the best token of each mask, and by the scores of those that both name; tokens by their spelling, since vocabularies may differ.</summary>
    private RowComparison Compare(float[] row, FillMaskModel other, float[] otherRow)
    {
        var masks = MaskRow.Masks(row);
        if (masks == 0 || masks != MaskRow.Masks(otherRow)) return new(false, 1);
        var (agreed, distance) = (true, 0d);
        for (var mask = 0; mask < masks; mask++)
        {
            var (ours, theirs) = (Spelled(row, mask), other.Spelled(otherRow, mask));
            agreed &= ours[0].Token == theirs[0].Token;
            var scores = theirs.DistinctBy(c => c.Token).ToDictionary(c => c.Token, c => c.Score, StringComparer.Ordinal);
            var shared = ours.Sum(c => (double)Math.Min(c.Score, scores.GetValueOrDefault(c.Token)));
            // Of what either names; the rest of the vocabulary is not known here.
            var most = Math.Max(ours.Sum(c => (double)c.Score), theirs.Sum(c => (double)c.Score));
            distance += most == 0 ? 0 : Math.Clamp(1 - shared / most, 0, 1);
        }

        return new(agreed, distance / masks);
    }

    private (string Token, float Score)[] Spelled(float[] row, int mask) => Array.ConvertAll(MaskRow.Candidates(row, mask), c => (Tokenizer.IdToToken(c.Id) ?? $"{c.Id}", c.Score));

    private int? First(string text)
    {
        var ids = Tokenizer.Encode(text, addSpecialTokens: false, maxLength: 1, truncate: true, side: Tokenization.PostProcessing.TruncationSide.Right).Ids;
        return ids is [var id] && id != Tokenizer.UnknownId ? id : null;
    }
}
