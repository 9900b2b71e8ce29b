using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>A step of the "normalizer" section: rewrites text in place. Stateless, so safe to share between threads.</summary>
internal interface ITextNormalizer
{
    void Normalize(NormalizedText text);

    /// <summary>The most UTF-16 units that can come of one unit, ASCII or not: what an upper bound of tokens is made of.</summary>
    int MaxExpansion(bool ascii);

    /// <summary>The most units put before each part between added tokens.</summary>
    int MaxPrefix => 0;
}
