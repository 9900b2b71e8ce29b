using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Tests.Compose;

[UnsupportedOSPlatform("windows")]
public sealed class CreateSecretsTests : IDisposable
{
    private readonly ShellScript _script = new("create-secrets");

    public void Dispose() => _script.Dispose();

    [ScriptFact("openssl")]
    public async Task Script_MakesSecretsThatBelongTogether()
    {
        var (exitCode, output, error) = await _script.RunAsync();

        Assert.True(exitCode == 0, error);
        var password = Read("redis-password").Trim();
        Assert.Matches("^[0-9a-f]{64}$", password);
        Assert.Matches("^[0-9a-f]{64}\n$", Read("gateway-key"));
        Assert.NotEqual(password, Read("gateway-key").Trim());
        Assert.Equal($"redis:6379,password={password}\n", Read("cache-connection"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(password)));
        Assert.Equal($"user default on #{hash} ~* &* +@all\nuser probe on nopass -@all +ping\n", Read("redis-users.acl"));
        Assert.DoesNotContain(password, output, StringComparison.Ordinal);
    }

    [ScriptFact("openssl")]
    public async Task Script_LetsNobodyElseIn()
    {
        await _script.RunAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_script.PathOf("secrets")));
        // The services' users are others than whoever runs the script.
        Assert.All(Directory.GetFiles(_script.PathOf("secrets")), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(f)));
    }

    [ScriptFact("openssl")]
    public async Task Script_Again_ChangesNothing()
    {
        await _script.RunAsync();
        var before = All();

        var (exitCode, output, _) = await _script.RunAsync();

        Assert.Equal((0, ""), (exitCode, output));
        Assert.Equal(before, All());
    }

    [ScriptFact("openssl")]
    public async Task Script_WithoutThePassword_MakesAllThatSayItAnew()
    {
        await _script.RunAsync();
        var before = All();
        File.Delete(_script.PathOf("secrets/redis-password"));

        await _script.RunAsync();

        var after = All();
        Assert.Equal(["cache-connection", "redis-password", "redis-users.acl"], after.Where(f => before[f.Key] != f.Value).Select(f => f.Key).Order());
        Assert.Contains(after["redis-password"].Trim(), after["cache-connection"], StringComparison.Ordinal);
    }

    [ScriptFact]
    public async Task ScrapeToken_IsWrittenInPlace()
    {
        _script.Write("compose", "#!/bin/sh\n[ \"$*\" = 'exec -T gateway dotnet /app/Gateway.dll token --subject prometheus --scope metrics --hours 8760' ] && echo token-$$");
        await _script.RunAsync("scrape-token");
        // Opened before: as a container's mount, it goes on with the same file.
        await using var mounted = new FileStream(_script.PathOf("secrets/scrape-token"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var first = await ReadAsync(mounted);

        var (exitCode, _, error) = await _script.RunAsync("scrape-token");

        Assert.True(exitCode == 0, error);
        var second = await ReadAsync(mounted);
        Assert.StartsWith("token-", second, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
    }

    [ScriptFact]
    public async Task ScrapeToken_WithoutAGateway_LeavesTheOldOne()
    {
        _script.Write("compose", "#!/bin/sh\necho token");
        await _script.RunAsync("scrape-token");
        _script.Write("compose", "#!/bin/sh\nexit 1");

        Assert.Equal(1, (await _script.RunAsync("scrape-token")).ExitCode);
        Assert.Equal("token\n", Read("scrape-token"));
    }

    [ScriptFact]
    public async Task Script_UnknownArgument_TellsWhatThereIs()
    {
        var (exitCode, _, error) = await _script.RunAsync("all");
        Assert.Equal(2, exitCode);
        Assert.Contains("./create-secrets scrape-token", error, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(FileStream file)
    {
        file.Position = 0;
        using var reader = new StreamReader(file, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    private string Read(string name) => File.ReadAllText(_script.PathOf($"secrets/{name}"));

    private Dictionary<string, string> All() => Directory.GetFiles(_script.PathOf("secrets")).ToDictionary(f => Path.GetFileName(f)!, File.ReadAllText);
}
