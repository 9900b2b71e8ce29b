using AppHost.Tests.Clients;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Scripts;

/// <summary><c>tests/install-npm</c>, with packages that need no registry: none.</summary>
public sealed class InstallNpmTests : IDisposable
{
    private static readonly string Tests = Path.Combine(RepositoryPaths.Root, "tests");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact(Need.Npm)]
    public async Task Folders_WithALockFile_AreFoundAndInstalledOnce()
    {
        Write("A.Tests/Deep", version: 1);
        Write("A.Tests/Deep/node_modules/other", version: 1);
        Write("A.Tests/bin/Debug", version: 1);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "B.Tests")).FullName, "package.json"), "{}");

        var (first, again) = (await InstallAsync(), await InstallAsync());
        Write("A.Tests/Deep", version: 2);
        var changed = await InstallAsync();

        Assert.Equal($"Installing the npm packages of {Path.Combine("A.Tests", "Deep")} …\n", first);
        Assert.Equal("", again);
        Assert.Equal(first, changed);
    }

    [NeedsFact(Need.Npm)]
    public async Task Folder_ThatCannotBeInstalled_IsNamedAndNotTakenForInstalled()
    {
        Write("A.Tests", version: 1);
        File.WriteAllText(Path.Combine(_folder.Path, "A.Tests", "package.json"), """{"name":"a","version":"1.0.0","dependencies":{"absent":"file:absent.tgz"}}""");

        var (first, again) = (await InstallAsync(), await InstallAsync());

        Assert.EndsWith("npm could not install them: the tests in A.Tests will be skipped.\n", first, StringComparison.Ordinal);
        Assert.Equal(first, again);
    }

    /// <summary>A lock file that names a registry fails where another one is used.</summary>
    [Fact]
    public void LockFiles_OfTheTests_NameNoRegistry()
    {
        var files = Directory.EnumerateFiles(Tests, "package-lock.json", SearchOption.AllDirectories).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.DoesNotContain("\"resolved\"", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private void Write(string folder, int version)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder.Path, folder)).FullName;
        File.WriteAllText(Path.Combine(path, "package.json"), $$"""{"name":"a","version":"{{version}}.0.0"}""");
        File.WriteAllText(Path.Combine(path, "package-lock.json"), $$"""{"name":"a","version":"{{version}}.0.0","lockfileVersion":3,"packages":{} }""");
    }

    private async Task<string> InstallAsync()
        => (await ChildCommand.RunAsync("node", [Path.Combine(Tests, "install-npm"), _folder.Path], "", new Dictionary<string, string>())).Errors;
}
