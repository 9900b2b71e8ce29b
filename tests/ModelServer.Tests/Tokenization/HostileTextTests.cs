using System.Text.Json.Nodes;
using ModelServer.Tests.Tokenization.Reference;

namespace ModelServer.Tests.Tokenization;

/// <summary>Each part on long texts that are all alike. Far apart on purpose: linear work takes milliseconds, quadratic work minutes.</summary>
public sealed class HostileTextTests
{
    private const int Units = 1 << 18;

    public static TheoryData<string> Normalizers => ReferenceParts.AllNormalizers;

    public static TheoryData<string> PreTokenizers => ReferenceParts.AllPreTokenizers;

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Encode_EachNormalizer_IsLinear(string json) => AssertLinear(ReferenceParts.WithNormalizer(json));

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void Encode_EachPreTokenizer_IsLinear(string json) => AssertLinear(ReferenceParts.WithPreTokenizer(json));

    private static void AssertLinear(JsonObject json)
    {
        var tokenizer = SmallBpe.Load(json);
        foreach (var unit in new[] { "a", " ", "\u0301", "th", "<", "中", " '" })
        {
            var text = string.Concat(Enumerable.Repeat(unit, Units / unit.Length));
            var started = TimeProvider.System.GetTimestamp();
            tokenizer.CountTokens(text);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20), unit);
        }
    }
}
