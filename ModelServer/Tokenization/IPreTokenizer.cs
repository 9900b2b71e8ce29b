namespace ModelServer.Tokenization;

/// <summary>A step of the "pre_tokenizer" section: cuts the text into the words that the model sees one at a time.</summary>
internal interface IPreTokenizer
{
    void PreTokenize(PreTokenizedText text);
}
