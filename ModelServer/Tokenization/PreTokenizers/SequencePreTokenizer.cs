using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PreTokenizers;

internal sealed class SequencePreTokenizer(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    /// <summary>What later steps put before each slice counts as expansion: there may be as many slices as units.</summary>
    public int MaxPrefix => steps.Count == 0 ? 0 : steps[0].MaxPrefix;

    public int MaxExpansion(bool ascii)
    {
        var product = 1;
        for (var i = 0; i < steps.Count; i++) product = Math.Min(product * (steps[i].MaxExpansion(ascii) + (i > 0 ? steps[i].MaxPrefix : 0)), 1 << 20);
        return product;
    }

    public void PreTokenize(PreTokenizedText text)
    {
        foreach (var step in steps) step.PreTokenize(text);
    }
}
