namespace ModelServer.Tokenization.Decoders;

/// <summary>Takes back the spaces that tokenization puts before punctuation and English contractions.</summary>
internal static class TokenCleanup
{
    /// <summary>As the WordPiece decoder does, within each token with the space before it. It also contracts "do not".</summary>
    public static ReadOnlySpan<char> OfPiece(ReadOnlySpan<char> token) =>
        token.Contains(' ') ? Contractions(Punctuation(token.ToString()).Replace(" do not", " don't")) : token;

    /// <summary>As <c>clean_up_tokenization_spaces</c> asks for, over a whole decoded text.</summary>
    public static string OfText(string text) => Contractions(Punctuation(text));

    private static string Punctuation(string text) => text.Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",")
        .Replace(" ' ", "'").Replace(" n't", "n't").Replace(" 'm", "'m");

    private static string Contractions(string text) => text.Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re");
}
