using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>What tools of others say of the API document, and what the types are good for that one of them makes of it.</summary>
[Collection(PlatformCollection.Name)]
public class NpmToolsTests(RunningPlatform platform)
{
    private static readonly string Tools = NpmPackages.Folder(NpmToolsFactAttribute.Packages);

    [NpmToolsFact]
    public async Task Document_ForSwaggerParser_IsValid()
    {
        using var document = await DocumentFile.OfAsync(platform);

        await DocumentFile.RunAsync(platform, Tools, "node", "validate.mjs", document.Path);
    }

    [NpmToolsFact]
    public async Task Document_ForRedocly_BreaksNoRule()
    {
        using var document = await DocumentFile.OfAsync(platform);

        await DocumentFile.RunAsync(platform, Tools, "node", Script("@redocly/cli/bin/cli.js"), "lint", document.Path, "--config", "redocly.yaml");
    }

    [NpmToolsFact]
    public async Task TypeScriptClient_OfTheDocument_CompilesAndCalls()
    {
        using var document = await DocumentFile.OfAsync(platform);
        // Where packages are found from.
        var work = Directory.CreateDirectory(Path.Combine(Tools, "node_modules", $".work-{Guid.NewGuid():N}")).FullName;
        try
        {
            foreach (var file in new[] { "calls.mts", "tsconfig.json" }) File.Copy(Path.Combine(Tools, file), Path.Combine(work, file));
            await DocumentFile.RunAsync(platform, Tools, "node", Script("openapi-typescript/bin/cli.js"), document.Path, "-o", Path.Combine(work, "schema.d.ts"));
            await DocumentFile.RunAsync(platform, work, "node", Script("typescript/bin/tsc"));

            Assert.Equal("18 calls", (await DocumentFile.RunAsync(platform, work, "node", "calls.mjs")).Trim());
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string Script(string path) => Path.Combine(Tools, "node_modules", path);
}

/// <summary>A test with the npm tools; skipped by name where the machine lacks node or the packages.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmToolsFactAttribute : FactAttribute
{
    public const string Packages = "AppHost.Tests/Docs/npm";

    public NpmToolsFactAttribute() => Skip = NpmPackages.Missing(Packages);
}
