using System.Security.Cryptography;
using StackExchange.Redis;

namespace StandIns.Tests.Redis;

[Collection(RedisCollection.Name)]
public sealed class CommandTests(RedisFixture redis)
{
    private readonly IDatabase _database = redis.Database;
    private readonly RedisKey _key = RedisFixture.NewKey();

    [Fact]
    public async Task Ping_Connected_TakesSomeTime() => Assert.True(await _database.PingAsync() > TimeSpan.Zero);

    [Fact]
    public async Task StringGet_AfterSet_ReturnsIt()
    {
        Assert.True((await _database.StringGetAsync(_key)).IsNull);
        Assert.True(await _database.StringSetAsync(_key, "value"));
        Assert.Equal("value", await _database.StringGetAsync(_key));
        Assert.True(await _database.KeyExistsAsync(_key));
        Assert.True(await _database.KeyDeleteAsync(_key));
        Assert.False(await _database.KeyDeleteAsync(_key));
        Assert.False(await _database.KeyExistsAsync(_key));
    }

    [Fact]
    public async Task StringGet_SeveralKeys_KeepsTheirOrder()
    {
        await _database.StringSetAsync(_key, 1);
        var missing = RedisFixture.NewKey();

        var values = await _database.StringGetAsync([missing, _key, missing]);

        Assert.Equal([RedisValue.Null, 1, RedisValue.Null], values);
        Assert.Equal(1, await _database.KeyExistsAsync([_key, missing]));
        Assert.Equal(1, await _database.KeyDeleteAsync([_key, missing]));
    }

    [Fact]
    public async Task StringSet_WithExpiry_GoesAway()
    {
        await _database.StringSetAsync(_key, "v", TimeSpan.FromMilliseconds(150));

        var left = await _database.KeyTimeToLiveAsync(_key);

        Assert.InRange(left!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(150));
        Assert.True(await RedisFixture.WithinAsync(async () => !await _database.KeyExistsAsync(_key)));
    }

    [Fact]
    public async Task StringSet_KeepTtl_KeepsIt()
    {
        await _database.StringSetAsync(_key, "v", TimeSpan.FromMinutes(1));
        await _database.StringSetAsync(_key, "w", expiry: null, keepTtl: true);
        Assert.NotNull(await _database.KeyTimeToLiveAsync(_key));

        await _database.StringSetAsync(_key, "x");
        Assert.Null(await _database.KeyTimeToLiveAsync(_key));
    }

    [Fact]
    public async Task StringSet_When_HoldsItsCondition()
    {
        Assert.False(await _database.StringSetAsync(_key, "a", TimeSpan.FromMinutes(1), When.Exists));
        Assert.True(await _database.StringSetAsync(_key, "a", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.False(await _database.StringSetAsync(_key, "b", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.False(await _database.StringSetAsync(_key, "b", when: When.NotExists));
        Assert.Equal("a", await _database.StringGetAsync(_key));
    }

    [Fact]
    public async Task StringSet_Null_Deletes()
    {
        await _database.StringSetAsync(_key, "a");
        await _database.StringSetAsync(_key, RedisValue.Null);

        Assert.False(await _database.KeyExistsAsync(_key));
    }

    [Fact]
    public async Task StringIncrement_ByWholeAndFraction_Adds()
    {
        Assert.Equal(1, await _database.StringIncrementAsync(_key));
        Assert.Equal(11, await _database.StringIncrementAsync(_key, 10));
        Assert.Equal(9, await _database.StringDecrementAsync(_key, 2));
        Assert.Equal(9.5, await _database.StringIncrementAsync(_key, 0.5));
    }

    [Fact]
    public async Task KeyExpire_SetAndCleared_ShowsInTimeToLive()
    {
        Assert.False(await _database.KeyExpireAsync(_key, TimeSpan.FromMinutes(1)));
        await _database.StringSetAsync(_key, "v");
        Assert.True(await _database.KeyExpireAsync(_key, TimeSpan.FromMinutes(1)));
        Assert.False(await _database.KeyExpireAsync(_key, TimeSpan.FromMinutes(2), ExpireWhen.HasNoExpiry));
        Assert.InRange((await _database.KeyTimeToLiveAsync(_key))!.Value.TotalSeconds, 50, 60);
        Assert.True(await _database.KeyExpireAsync(_key, (TimeSpan?)null));
        Assert.Null(await _database.KeyTimeToLiveAsync(_key));
    }

    [Fact]
    public async Task Hash_FieldsSet_ComeBack()
    {
        await _database.HashSetAsync(_key, [new HashEntry("a", 1), new HashEntry("b", "two")]);

        Assert.True(await _database.HashSetAsync(_key, "c", 3.5));
        Assert.False(await _database.HashSetAsync(_key, "c", 4));
        Assert.False(await _database.HashSetAsync(_key, "c", 5, When.NotExists));
        Assert.Equal("two", await _database.HashGetAsync(_key, "b"));
        Assert.True((await _database.HashGetAsync(_key, "z")).IsNull);
        Assert.Equal([1, RedisValue.Null, 4], await _database.HashGetAsync(_key, ["a", "z", "c"]));
        Assert.Equal(8, await _database.HashIncrementAsync(_key, "a", 7));
        Assert.True(await _database.HashDeleteAsync(_key, "c"));
        var all = await _database.HashGetAllAsync(_key);
        Assert.Equal([new HashEntry("a", 8), new HashEntry("b", "two")], all.OrderBy(entry => (string?)entry.Name));
        Assert.Empty(await _database.HashGetAllAsync(RedisFixture.NewKey()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(65536)]
    [InlineData(8 << 20)]
    public async Task StringSet_BinaryOfAnySize_ComesBackUnchanged(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        if (size > 3) "\r\n\0"u8.CopyTo(bytes);

        await _database.StringSetAsync(_key, bytes);
        var back = (byte[]?)await _database.StringGetAsync(_key);

        Assert.True(bytes.AsSpan().SequenceEqual(back));
        await _database.KeyDeleteAsync(_key);
    }

    [Fact]
    public async Task StringGet_SeveralLargeValues_ComeBackWhole()
    {
        var keys = Enumerable.Range(0, 6).Select(i => _key.Append($":{i}")).ToArray();
        var values = keys.Select(_ => RandomNumberGenerator.GetBytes(1 << 20)).ToArray();
        await Task.WhenAll(keys.Zip(values, (key, value) => _database.StringSetAsync(key, value)));

        var back = await _database.StringGetAsync(keys);

        Assert.All(back.Zip(values), pair => Assert.True(((ReadOnlyMemory<byte>)pair.First).Span.SequenceEqual(pair.Second)));
        await _database.KeyDeleteAsync(keys);
    }

    [Fact]
    public async Task BinaryKey_AndLargeText_AreKept()
    {
        RedisKey key = new byte[] { 0, 13, 10, 255, 7 };
        var text = string.Concat(Enumerable.Repeat("ü🙂", 200_000));

        await _database.StringSetAsync(key, text);

        Assert.Equal(text, await _database.StringGetAsync(key));
        await _database.KeyDeleteAsync(key);
    }

    [Fact]
    public async Task Execute_FreeCommand_AnswersAsItsKind()
    {
        Assert.Equal("hello", (string?)await _database.ExecuteAsync("ECHO", "hello"));
        await _database.ExecuteAsync("RPUSH", [_key, "a", 2]);
        var list = await _database.ExecuteAsync("LRANGE", _key, 0, -1);
        Assert.Equal(2, list.Length);
        Assert.Equal(new RedisValue[] { "a", 2 }, (RedisValue[]?)list);
        Assert.Equal(ResultType.Integer, (await _database.ExecuteAsync("LLEN", _key)).Resp2Type);
    }

    [Fact]
    public async Task Execute_WrongKindOfValue_ThrowsWhatTheServerSays()
    {
        await _database.HashSetAsync(_key, "a", 1);

        var failure = await Assert.ThrowsAsync<RedisServerException>(() => _database.StringGetAsync(_key));

        Assert.StartsWith("WRONGTYPE", failure.Message);
        Assert.True(await _database.PingAsync() > TimeSpan.Zero);
    }

    [Fact]
    public async Task FireAndForget_Set_ReturnsAtOnceAndArrives()
    {
        Assert.False(await _database.StringSetAsync(_key, "v", flags: CommandFlags.FireAndForget));

        // Same connection, same order.
        Assert.Equal("v", await _database.StringGetAsync(_key));
    }

    [Fact]
    public async Task Commands_OfAHundredCallersAtOnce_EachGetTheirOwnAnswers()
    {
        const int Callers = 100, Operations = 200;

        var totals = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var key = _key.Append($":{caller}");
            for (var i = 0; i < Operations; i++)
            {
                Assert.Equal($"{caller}/{i}", (string?)await _database.ExecuteAsync("ECHO", $"{caller}/{i}"));
                Assert.Equal(i + 1, await _database.StringIncrementAsync(key));
            }

            return (int)await _database.StringGetAsync(key);
        })));

        Assert.All(totals, total => Assert.Equal(Operations, total));
    }
}
