using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>Writes each byte of the text's UTF-8 form as a character of the byte alphabet.</summary>
internal sealed class ByteLevelNormalizer : ITextNormalizer
{
    public int MaxExpansion(bool ascii) => ascii ? 1 : 3;

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        if (Ascii.IsValid(chars))
        {
            ByteAlphabet.Write(chars);
            return;
        }

        var rewriter = text.Rewrite();
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0, length; i < chars.Length; i += length)
        {
            var count = new Rune(CodePoint.Read(chars, i, out length)).EncodeToUtf8(bytes);
            foreach (var b in bytes[..count]) rewriter.AppendUnit(ByteAlphabet.Of(b), i, length);
        }

        rewriter.Commit();
    }
}
