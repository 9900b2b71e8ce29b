namespace ModelServer.Tokenization;

internal sealed class SequencePreTokenizer(IReadOnlyList<IPreTokenizer> steps) : IPreTokenizer
{
    public void PreTokenize(PreTokenizedText text)
    {
        foreach (var step in steps) step.PreTokenize(text);
    }
}
