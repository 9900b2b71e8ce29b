using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization;

/// <summary>The optional steps of a pipeline.</summary>
[Flags]
internal enum PipelineSteps
{
    ModelAlone = 0,
    Normalize = 1,
    PreTokenize = 2,
    All = Normalize | PreTokenize,
}

/// <summary>What tokenizing one text needs besides the text.</summary>
internal sealed class TokenizationBuffers
{
    public TokenizationBuffers() => Slices = new(Text);

    public NormalizedText Text { get; } = new();

    public PreTokenizedText Slices { get; }

    public PieceList Pieces { get; } = new();

    /// <summary>Where asked for, the index of each word's first piece: what the pre-tokenizer cut off, or an added token. Null where nobody asks.</summary>
    public List<int>? WordStarts { get; set; }

    /// <summary>The white space at the ends of the added tokens among the slices, in their order.</summary>
    public List<(int Leading, int Trailing)> Spaces { get; } = [];

    public bool IsWorthKeeping => Math.Max(Text.Capacity, Pieces.Capacity) <= 1 << 17;
}
