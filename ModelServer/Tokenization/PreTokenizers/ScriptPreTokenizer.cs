using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>
/// Cuts where the script changes, kana counting as Han ("UnicodeScripts"). Spaces and code points of no script stay with what is before them;
/// before all others they are left out, as in the reference.
/// </summary>
internal sealed class ScriptPreTokenizer : IPreTokenizer
{
    private const int LongVowel = 0x30FC;

    public void PreTokenize(PreTokenizedText text) => text.Split(Split);

    private static void Split(PreTokenizedText text, Slice slice)
    {
        var chars = text.Text.Chars;
        var (start, last) = (slice.End, (string?)null);
        for (int i = slice.Start, length; i < slice.End; i += length)
        {
            var script = ScriptOf(CodePoint.Read(chars, i, out length));
            if (script is null || script == last) continue;
            if (last is not null) text.Add(new(start, i));
            (start, last) = (i, script);
        }

        text.Add(new(start, slice.End));
    }

    private static string? ScriptOf(int c) => c switch
    {
        ' ' => null,
        LongVowel => "Han",
        _ => UnicodeScripts.Of(c) is "Hiragana" or "Katakana" ? "Han" : UnicodeScripts.Of(c),
    };
}
