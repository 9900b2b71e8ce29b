using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>Reads what stands for a place between code points. As in Ruby, lines are what ^ and $ are about.</summary>
internal static class PatternPlaces
{
    public static PlaceTest? TryRead(string pattern, ref int at)
    {
        PlaceTest? test = pattern.AsSpan(at) switch
        {
            ['^', ..] => (text, i) => i == 0 || text[i - 1] == '\n' && i < text.Length,
            ['$', ..] => (text, i) => i == text.Length || text[i] == '\n',
            ['\\', 'A', ..] => (_, i) => i == 0,
            ['\\', 'z', ..] => (text, i) => i == text.Length,
            ['\\', 'Z', ..] => (text, i) => i == text.Length || (i == text.Length - 1 && text[i] == '\n'),
            ['\\', 'b', ..] => IsWordBoundary,
            ['\\', 'B', ..] => (text, i) => !IsWordBoundary(text, i),
            _ => null,
        };
        if (test is not null) at += pattern[at] == '\\' ? 2 : 1;
        return test;
    }

    private static bool IsWordBoundary(ReadOnlySpan<char> text, int at) =>
        (at > 0 && PatternClass.IsWord(CodePoint.ReadLast(text[..at]))) != (at < text.Length && PatternClass.IsWord(CodePoint.Read(text, at, out _)));
}
