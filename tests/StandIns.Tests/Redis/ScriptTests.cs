using StackExchange.Redis;

namespace StandIns.Tests.Redis;

[Collection(RedisCollection.Name)]
public sealed class ScriptTests(RedisFixture redis)
{
    private readonly IDatabase _database = redis.Database;
    private readonly RedisKey _key = RedisFixture.NewKey();

    [Fact]
    public async Task Script_KeysAndArguments_ReachIt()
    {
        var result = await _database.ScriptEvaluateAsync(
            "redis.call('set', KEYS[1], ARGV[1]) return {KEYS[1], ARGV[1], ARGV[2], 7, false}", [_key], ["value", 12]);

        var items = (RedisResult[])result!;
        Assert.Equal((string?)_key, (string?)items[0]);
        Assert.Equal("value", (string?)items[1]);
        Assert.Equal(12, (int)items[2]);
        Assert.Equal(7, (long)items[3]);
        Assert.True(items[4].IsNull);
        Assert.Equal("value", await _database.StringGetAsync(_key));
    }

    [Theory]
    [InlineData(CommandFlags.None)]
    [InlineData(CommandFlags.NoScriptCache)]
    public async Task Script_ForgottenByTheServer_RunsAgain(CommandFlags flags)
    {
        const string Script = "return redis.call('incrby', KEYS[1], ARGV[1])";
        Assert.Equal(2, (int)await _database.ScriptEvaluateAsync(Script, [_key], [2], flags));
        await _database.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.Equal(4, (int)await _database.ScriptEvaluateAsync(Script, [_key], [2], flags));
        Assert.Equal(6, (int)await _database.ScriptEvaluateAsync(Script, [_key], [2], flags));
    }

    [Fact]
    public async Task Script_ThatFails_ThrowsWhatTheServerSays()
    {
        var failure = await Assert.ThrowsAsync<RedisServerException>(() => _database.ScriptEvaluateAsync("return redis.error_reply('MINE no')"));

        Assert.StartsWith("MINE no", failure.Message);
    }

    [Fact]
    public async Task Script_ReturningNothing_IsNull() => Assert.True((await _database.ScriptEvaluateAsync("return nil")).IsNull);

    [Fact]
    public async Task Script_ManyAtOnce_AreAtomic()
    {
        const string TakeOne = """
            local n = tonumber(redis.call('get', KEYS[1]) or '0')
            if n >= tonumber(ARGV[1]) then return 0 end
            redis.call('set', KEYS[1], n + 1)
            return 1
            """;

        var taken = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _database.ScriptEvaluateAsync(TakeOne, [_key], [50])));

        Assert.Equal(50, taken.Sum(result => (int)result));
    }
}
