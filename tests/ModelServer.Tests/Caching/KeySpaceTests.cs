using ModelServer.Caching;

namespace ModelServer.Tests.Caching;

public class KeySpaceTests
{
    private static readonly CacheKey Reference = Key();

    [Fact]
    public void Key_SameQuestion_IsTheSame() => Assert.Equal(Reference, Key());

    [Fact]
    public void Key_AnyPartDiffers_IsAnother()
    {
        CacheKey[] others =
        [
            Key(name: "n"), Key(version: "2"), Key(variant: "int8"), Key(fingerprint: "g"), Key(task: "text-ranking"),
            Key(ids: [1, 2]), Key(ids: [1, 2, 4]), Key(typeIds: [0, 0, 1]), Key(ids: [1, 2, 3, 0], typeIds: [0, 0]), Key(attended: 2), Key(attended: 1), Key(asked: [3]), Key(asked: [0]), Key(typeIds: [0, 0, 0, 3]),
            Key(scope: CacheScope.Client), Key(scope: CacheScope.Client, client: "other"), Key(name: "m1", version: ""),
        ];

        Assert.Equal(others.Length + 1, others.Append(Reference).Distinct().Count());
    }

    [Fact]
    public void Key_AllTokensAttended_IsTheSame() => Assert.Equal(Reference, Key(attended: 3));

    [Fact]
    public void Key_SharedScope_DoesNotDependOnTheClient() => Assert.Equal(Reference, Key(client: "other"));

    [Fact]
    public void Key_ClientScope_RunsNoTwoNamesTogether()
    {
        string[] names = ["", " ", "a", "ab", "b", "a\0", "\0a", "client", "clienta", "A", "ä", "a\u0308", "a:1", "m1"];

        Assert.Equal(names.Length, names.Select(name => Key(CacheScope.Client, name)).Distinct().Count());
        Assert.NotEqual(Key(CacheScope.Client, "a", name: "bm"), Key(CacheScope.Client, "ab", name: "m"));
    }

    /// <summary>Computed by another program: replicas of two versions share rows.</summary>
    [Fact]
    public void Key_TheseParts_IsWhatItAlwaysWas()
    {
        Assert.Equal("b95a93d27262f68ab00587de6d613dd48308c46dc549a432e2a1be4f02bc042e", Key(CacheScope.Client, "alice", attended: 2, asked: [7]).ToString());
        Assert.Equal("bf7555e595d7081178414536713480781e58c14fb4deaf9fc3e769ecfea605e8", Key(ids: [.. Enumerable.Range(0, 2000)], typeIds: new int[2000]).ToString());
    }

    [Fact]
    public void ToString_Key_Is64HexadecimalDigits() => Assert.Matches("^[0-9a-f]{64}$", Reference.ToString());

    private static CacheKey Key(
        CacheScope scope = CacheScope.Shared, string client = "c", string name = "m", string version = "1", string variant = "fp32",
        string fingerprint = "f", string task = "text-classification", int[]? ids = null, int[]? typeIds = null, int? attended = null, int[]? asked = null)
        => KeySpace.Of(scope, client, KeySpace.DigestOf(name, version, variant, fingerprint, task))
            .Key(ids ?? [1, 2, 3], typeIds ?? [0, 0, 0], attended, asked);
}
