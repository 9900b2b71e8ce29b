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

    /// <summary>The white space at the ends of the added tokens among the slices, in their order.</summary>
    public List<(int Leading, int Trailing)> Spaces { get; } = [];

    public bool IsWorthKeeping => Math.Max(Text.Capacity, Pieces.Capacity) <= 1 << 17;
}
