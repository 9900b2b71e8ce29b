namespace ModelServer.Tokenization;

/// <summary>Tokens with a space between them, for tokenizers that have no decoder.</summary>
internal sealed class SpaceDecoder : ITokenDecoder
{
    public string Decode(IReadOnlyList<string> tokens) => string.Join(' ', tokens);
}
