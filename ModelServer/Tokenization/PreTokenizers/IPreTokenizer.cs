using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>A step of the "pre_tokenizer" section: cuts the text into the words that the model sees one at a time.</summary>
internal interface IPreTokenizer
{
    void PreTokenize(PreTokenizedText text);

    /// <summary>The most units that can come of one, as <see cref="ITextNormalizer.MaxExpansion"/>.</summary>
    int MaxExpansion(bool ascii) => 1;

    /// <summary>The most units put before each slice.</summary>
    int MaxPrefix => 0;
}
