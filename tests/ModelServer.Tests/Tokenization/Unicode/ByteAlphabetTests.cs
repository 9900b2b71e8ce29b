using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization.Unicode;

public sealed class ByteAlphabetTests
{
    [Fact]
    public void Write_AllOfAscii_IsTheAlphabetsCharacters()
    {
        char[] ascii = [.. Enumerable.Range(0, 128).Concat([' ', ' ', 'a', '\n']).Select(c => (char)c)];
        var written = ascii.ToArray();
        ByteAlphabet.Write(written);
        Assert.Equal(ascii.Select(c => ByteAlphabet.Of((byte)c)), written);
    }
}
