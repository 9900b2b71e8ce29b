namespace ModelServer.Tokenization;

/// <summary>The "decoder" section: turns tokens back into text.</summary>
internal interface ITokenDecoder
{
    string Decode(IReadOnlyList<string> tokens);
}
