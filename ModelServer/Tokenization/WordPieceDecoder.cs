using System.Text;

namespace ModelServer.Tokenization;

/// <summary>Joins pieces that begin with the prefix to what is before them, others with a space.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : ITokenDecoder
{
    public string Decode(IReadOnlyList<string> tokens)
    {
        var text = new StringBuilder();
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (i > 0) token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            text.Append(cleanUp ? TokenCleanup.OfPiece(token) : token);
        }

        return text.ToString();
    }
}
