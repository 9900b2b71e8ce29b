using System.Globalization;

namespace ModelServer.Tokenization.Unicode;

/// <summary>
/// The \w of the reference library's own regular expressions (those of files are Oniguruma's): letters, marks, decimal digits, letter numbers,
/// connectors, the two joiners, and the circled and squared letters, which are symbols with the property Alphabetic.
/// </summary>
internal static class WordCharacter
{
    public static bool Is(int c) => CharUnicodeInfo.GetUnicodeCategory(c) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || c is 0x200C or 0x200D or >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;
}
