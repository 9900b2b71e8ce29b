using System.Globalization;

namespace ModelServer.Tokenization.Unicode;

/// <summary>Extended grapheme clusters (Unicode Standard Annex 29), which readers take for one character.</summary>
internal static class GraphemeCluster
{
    /// <summary>How many units the cluster has that a text begins with.</summary>
    public static int Length(ReadOnlySpan<char> text) => StringInfo.GetNextTextElementLength(text);
}
