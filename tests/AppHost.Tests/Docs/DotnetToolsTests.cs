using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>Clients that NSwag and Kiota make of the API document, built and called.</summary>
[Collection(PlatformCollection.Name)]
public class DotnetToolsTests(RunningPlatform platform)
{
    [DotnetToolsFact]
    public async Task Clients_OfNSwagAndKiota_CompileAndCall()
    {
        using var document = await DocumentFile.OfAsync(platform);
        var (tools, made, built) = (DotnetToolsFactAttribute.Folder, Path.Combine(document.Folder, "made"), Path.Combine(document.Folder, "built"));
        Directory.CreateDirectory(made);
        await DocumentFile.RunAsync(platform, tools, "dotnet", "nswag", "openapi2csclient", $"/input:{document.Path}", $"/output:{Path.Combine(made, "NSwag.cs")}",
            "/namespace:NSwagClient", "/className:PlatformClient", "/jsonLibrary:SystemTextJson");
        await DocumentFile.RunAsync(platform, tools, "dotnet", "kiota", "generate", "-l", "CSharp", "-d", document.Path, "-o", Path.Combine(made, "Kiota"),
            "-n", "KiotaClient", "-c", "PlatformClient", "--exclude-backward-compatible");
        await DocumentFile.RunAsync(platform, tools, "dotnet", "build", "GeneratedClients.csproj", "--no-restore", "-v", "q", "--nologo", $"-p:Generated={made}", "-o", built);

        var calls = await DocumentFile.RunAsync(platform, tools, "dotnet", Path.Combine(built, "GeneratedClients.dll"));

        Assert.Equal("NSwag 17, Kiota 15", calls.Trim());
    }
}

/// <summary>A test with the .NET tools beside it; skipped by name where <c>install</c> there has not put them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DotnetToolsFactAttribute : FactAttribute
{
    public static readonly string Folder = Path.Combine(RepositoryPaths.Root, "tests", "AppHost.Tests", "Docs", "dotnet");

    public DotnetToolsFactAttribute() => Skip = File.Exists(Path.Combine(Folder, "obj", "installed"))
        ? null
        : "NSwag and Kiota are not installed: ./test installs them where NuGet reaches a feed.";
}
