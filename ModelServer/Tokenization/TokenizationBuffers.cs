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

    public bool IsWorthKeeping => Math.Max(Text.Capacity, Pieces.Capacity) <= 1 << 17;
}
