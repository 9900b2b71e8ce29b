using System.Diagnostics;
using System.Security.Cryptography;
using AppHost.Cache;
using AppHost.Tests.Platform;
using StackExchange.Redis;
using Testing;

namespace AppHost.Tests.Cache;

/// <summary>The program that runs Garnet, as the platform starts it.</summary>
public sealed class BoundedGarnetTests : IDisposable
{
    private const string Password = "tests-only";
    private const int MegaByte = 1 << 20;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = RunningPlatform.FreePort();

    public void Dispose() => _folder.Dispose();

    [NeedsFact(Need.Linux)]
    public async Task Store_MoreResultsThanItKeeps_ForgetsThemAloneAndStaysSmall()
    {
        using (var server = Start())
        {
            using var client = await ConnectAsync();
            var database = client.GetDatabase();
            await database.HashSetAsync("keys", "id", "secret");
            await database.StringSetAsync("lasting", "text");
            await database.ScriptEvaluateAsync("redis.call('HSET', KEYS[1], 'used', 7); redis.call('PEXPIRE', KEYS[1], 3600000)", ["ledger"]);
            var value = RandomNumberGenerator.GetBytes(MegaByte / 8);
            for (var i = 0; i < 8 * 400; i += 16)
            {
                await Task.WhenAll(Enumerable.Range(i, 16).Select(n => database.StringSetAsync($"row:{n}", value, TimeSpan.FromHours(1))));
            }

            // 160 MB of values and 64 in memory with the ends of their files, a checkpoint of 72, changes of 80 at most: 800 were written.
            await Eventually.HoldsAsync(() => SizeOnDisk() < 450 * MegaByte, () => $"{SizeOnDisk() / MegaByte} MB lie on disk.");
            await AssertLastingAsync(database);
            Assert.False(await database.KeyExistsAsync("row:0"));
            Assert.True(await database.KeyExistsAsync("row:3199"));
            server.Kill();
            server.WaitForExit();
        }

        using var again = Start();
        using var reconnected = await ConnectAsync();
        await AssertLastingAsync(reconnected.GetDatabase());
        PlatformProcess.Signal(again.Id, PlatformProcess.Terminate);
        Assert.True(again.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, again.ExitCode);
    }

    [NeedsFact(Need.Linux)]
    public async Task Folder_InUse_IsWaitedFor()
    {
        using var first = Start();
        using (await ConnectAsync())
        {
        }

        using var second = Start();
        // Once it has loaded Garnet, the first thing that it does is to lock the folder.
        await Eventually.HoldsAsync(() => second.HasExited || File.ReadAllText($"/proc/{second.Id}/maps").Contains("/Garnet.", StringComparison.Ordinal));
        first.Kill();
        using (await ConnectAsync())
        {
        }

        // It is the one that answers.
        Assert.False(second.HasExited);
        second.Kill();
    }

    /// <summary>Limits are counted by scripts that read, decide and write.</summary>
    [Fact]
    public async Task Scripts_OfManyConnectionsAtOnce_RunOneAfterTheOther()
    {
        const int limit = 500, connections = 8, calls = 200;
        const string take = """
            local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
            if used >= tonumber(ARGV[1]) then return 0 end
            redis.call('HSET', KEYS[1], 'used', used + 1)
            return 1
            """;
        using var server = Start();
        var clients = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => ConnectAsync()));

        var taken = await Task.WhenAll(clients.Select(async client =>
        {
            var database = client.GetDatabase();
            var answers = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => database.ScriptEvaluateAsync(take, ["counter"], [limit])));
            return answers.Sum(answer => (int)answer);
        }));

        Assert.Equal(limit, taken.Sum());
        foreach (var client in clients) await client.DisposeAsync();
        server.Kill();
    }

    [NeedsFact(Need.Linux)]
    public async Task Password_Wrong_IsRefused()
    {
        using var server = Start();
        using (await ConnectAsync())
        {
        }

        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port},password=wrong,connectTimeout=2000,connectRetry=1"));
        Assert.DoesNotContain(Password, File.ReadAllText($"/proc/{server.Id}/cmdline"), StringComparison.Ordinal);
        server.Kill();
    }

    private static async Task AssertLastingAsync(IDatabase database)
    {
        Assert.Equal("secret", await database.HashGetAsync("keys", "id"));
        Assert.Equal("text", await database.StringGetAsync("lasting"));
        Assert.Equal("7", await database.HashGetAsync("ledger", "used"));
        Assert.NotNull(await database.KeyTimeToLiveAsync("ledger"));
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [PlatformProcess.Host, GarnetCommand.Name]);
        start.Environment["REDIS_PORT"] = $"{_port}";
        start.Environment["REDIS_PASSWORD"] = Password;
        start.Environment[GarnetCommand.FolderVariable] = _folder.Path;
        return Process.Start(start)!;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        ConnectionMultiplexer? client = null;
        await Eventually.HoldsAsync(async () => (client = await TryConnectAsync()) is not null, () => "Garnet does not answer.");
        return client!;
    }

    private async Task<ConnectionMultiplexer?> TryConnectAsync()
    {
        try
        {
            return await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_port},password={Password},connectTimeout=1000,connectRetry=1,syncTimeout=30000,asyncTimeout=30000");
        }
        catch (RedisConnectionException)
        {
            return null;
        }
    }

    private long SizeOnDisk()
    {
        try
        {
            return new DirectoryInfo(_folder.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            // A file went while it was counted.
            return long.MaxValue;
        }
    }
}
