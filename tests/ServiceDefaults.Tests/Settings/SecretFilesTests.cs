using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Tests.Settings;

public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Setting_InFile_WinsOverWhatWasThere()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "ConnectionStrings__cache"), "redis:6379,password=a b\n");
        var configuration = Read(_folder.FullName, ("ConnectionStrings:cache", "elsewhere:6379"));
        Assert.Equal("redis:6379,password=a b", configuration.GetConnectionString("cache"));
    }

    [Fact]
    public void Setting_InFileBehindLinks_IsRead()
    {
        // As Kubernetes mounts a secret: the files are links into a folder that is swapped as a whole.
        var data = Directory.CreateDirectory(Path.Combine(_folder.FullName, "..2030_01_01"));
        File.WriteAllText(Path.Combine(data.FullName, "Authentication__GatewayKey"), "key");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "..data"), data.Name);
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "Authentication__GatewayKey"), Path.Combine("..data", "Authentication__GatewayKey"));
        Assert.Equal("key", Read(_folder.FullName)["Authentication:GatewayKey"]);
    }

    [Fact]
    public void Folder_Missing_ChangesNothing() => Assert.Equal("value", Read(Path.Combine(_folder.FullName, "none"), ("Some:Setting", "value"))["Some:Setting"]);

    [Fact]
    public void Folder_NotAskedFor_IsNotRead()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "Some__Setting"), "value");
        Assert.Null(Read(folder: null)["Some:Setting"]);
    }

    private static ConfigurationManager Read(string? folder, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection([.. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)), KeyValuePair.Create("Secrets:Folder", folder)]);
        builder.AddSecretFiles();
        return builder.Configuration;
    }
}
