using System.Text;
using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Writes each byte of the text's UTF-8 form as a character of the byte alphabet, after cutting it as GPT-2 does.</summary>
/// <param name="addPrefixSpace">Whether a space is put before each slice that does not begin with one.</param>
/// <param name="useRegex">Whether the text is cut; otherwise that was done before.</param>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly SplitPreTokenizer Words = new(TextPattern.Gpt2, SplitBehavior.Isolated);

    public int MaxPrefix => addPrefixSpace ? 1 : 0;

    public int MaxExpansion(bool ascii) => ascii ? 1 : 3;

    public void PreTokenize(PreTokenizedText text)
    {
        if (addPrefixSpace) text.PutBefore(' ');
        if (useRegex) Words.PreTokenize(text);
        var chars = text.Text.Chars;
        if (!Ascii.IsValid(chars)) text.Rewrite(WriteBytes);
        else ByteAlphabet.Write(chars);
    }

    private static void WriteBytes(ref NormalizedText.Rewriter rewriter, ReadOnlySpan<char> chars, Slice slice)
    {
        if (Ascii.IsValid(chars[slice.Start..slice.End]))
        {
            var start = rewriter.Length;
            rewriter.Copy(slice.Start, slice.End);
            ByteAlphabet.Write(rewriter.Written(start));
            return;
        }

        Span<byte> bytes = stackalloc byte[4];
        for (int i = slice.Start, length; i < slice.End; i += length)
        {
            var c = CodePoint.Read(chars, i, out length);
            var count = new Rune(c).EncodeToUtf8(bytes);
            foreach (var b in bytes[..count]) rewriter.AppendUnit(ByteAlphabet.Of(b), i, length);
        }
    }
}
