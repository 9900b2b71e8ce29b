using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Normalizers;

internal sealed class SequenceNormalizer(IReadOnlyList<ITextNormalizer> steps) : ITextNormalizer
{
    public void Normalize(NormalizedText text)
    {
        foreach (var step in steps) step.Normalize(text);
    }

    public int MaxPrefix => steps.Aggregate(0, (prefix, step) => prefix * step.MaxExpansion(ascii: false) + step.MaxPrefix);

    public int MaxExpansion(bool ascii)
    {
        // Saturates: a product beyond this is as good as no bound.
        long product = 1;
        foreach (var step in steps) product = Math.Min(product * step.MaxExpansion(ascii), 1 << 20);
        return (int)product;
    }
}
