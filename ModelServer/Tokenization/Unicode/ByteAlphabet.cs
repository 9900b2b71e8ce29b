using System.Buffers;

namespace ModelServer.Tokenization.Unicode;

/// <summary>
/// The visible characters that stand for bytes in byte-level vocabularies (GPT-2): printable Latin-1 for itself, the other bytes in order
/// for U+0100 and up, so that a space is Ġ.
/// </summary>
internal static class ByteAlphabet
{
    private const int Size = 0x144, NotAByte = -1;
    private static readonly char[] Chars = MakeChars();
    private static readonly short[] Bytes = MakeBytes();
    private static readonly SearchValues<char> Renamed = SearchValues.Create([.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => Chars[c] != c)]);

    public static char Of(byte value) => Chars[value];

    /// <summary>Writes ASCII in place. Most of it stands for itself, but for spaces.</summary>
    public static void Write(Span<char> ascii)
    {
        ascii.Replace(' ', Chars[' ']);
        for (var rest = ascii; rest.IndexOfAny(Renamed) is >= 0 and var i; rest = rest[(i + 1)..]) rest[i] = Chars[rest[i]];
    }

    /// <summary>Writes the bytes that a token spells, one for each character; false where any is outside the alphabet.</summary>
    public static bool TryRead(ReadOnlySpan<char> token, Span<byte> bytes)
    {
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= Size || Bytes[token[i]] == NotAByte) return false;
            bytes[i] = (byte)Bytes[token[i]];
        }

        return true;
    }

    /// <summary>How many characters at the beginning and at the end of a token are white space, or stand for a space.</summary>
    public static (int Leading, int Trailing) Spaces(ReadOnlySpan<char> token)
    {
        var (leading, trailing) = (0, 0);
        while (leading < token.Length && IsSpace(token[leading])) leading++;
        while (trailing < token.Length && IsSpace(token[^(trailing + 1)])) trailing++;
        return (leading, trailing);
    }

    private static bool IsSpace(char c) => c == Chars[' '] || char.IsWhiteSpace(c);

    private static char[] MakeChars()
    {
        var next = '\u0100';
        return [.. Enumerable.Range(0, 256).Select(b => b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)b : next++)];
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Size];
        Array.Fill<short>(bytes, NotAByte);
        for (var b = 0; b < Chars.Length; b++) bytes[Chars[b]] = (short)b;
        return bytes;
    }
}
