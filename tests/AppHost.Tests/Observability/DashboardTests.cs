using System.Text.Json;
using AppHost.Tests.Clients;
using Testing;

namespace AppHost.Tests.Observability;

public sealed class DashboardTests
{
    private static readonly string Tools = NpmPackages.Folder(DashboardFactAttribute.Packages);

    /// <summary>Grafana's own types, in which each enumeration stands for the values it has in JSON.</summary>
    [DashboardFact]
    public async Task Dashboard_ForGrafanasTypes_Compiles() => Assert.Equal("", await CompileAsync(await File.ReadAllTextAsync(DeployedFiles.Dashboard)));

    [DashboardFact]
    public async Task Dashboard_WithAMemberThatGrafanaLacks_DoesNotCompile()
    {
        var dashboard = await File.ReadAllTextAsync(DeployedFiles.Dashboard);

        Assert.Contains("gridPosition", await CompileAsync(dashboard.Replace("\"gridPos\"", "\"gridPosition\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.NotEmpty(await CompileAsync(dashboard.Replace("\"palette-classic\"", "\"palette-modern\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Panels_OfTheDashboard_DoNotOverlapAndEachHasAnIdOfItsOwn()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(DeployedFiles.Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        var taken = new HashSet<(int X, int Y)>();

        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        foreach (var place in panels.Select(panel => panel.GetProperty("gridPos")))
        {
            int Number(string name) => place.GetProperty(name).GetInt32();
            Assert.True(Number("x") + Number("w") <= 24);
            for (var x = Number("x"); x < Number("x") + Number("w"); x++)
                for (var y = Number("y"); y < Number("y") + Number("h"); y++) Assert.True(taken.Add((x, y)), $"Two panels lie at {x},{y}.");
        }
    }

    /// <returns>What the compiler says; nothing when all is right.</returns>
    private static async Task<string> CompileAsync(string dashboard)
    {
        // Where packages are found from.
        var work = Directory.CreateDirectory(Path.Combine(Tools, "node_modules", $".work-{Guid.NewGuid():N}")).FullName;
        try
        {
            foreach (var file in new[] { "json.ts", "tsconfig.json" }) File.Copy(Path.Combine(Tools, file), Path.Combine(work, file));
            await File.WriteAllTextAsync(Path.Combine(work, "dashboard.ts"), $"import type {{ DashboardJson }} from './json.js';\nexport const dashboard: DashboardJson = {dashboard};\n");
            var (_, output, errors) = await ChildCommand.RunAsync("node", [Path.Combine(Tools, "node_modules", "typescript", "bin", "tsc"), "-p", work], "", new Dictionary<string, string>());
            return output + errors;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}

/// <summary>A test with Grafana's types; skipped by name where the machine lacks node or the packages.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DashboardFactAttribute : FactAttribute
{
    public const string Packages = "AppHost.Tests/Observability/npm";

    public DashboardFactAttribute() => Skip = NpmPackages.Missing(Packages);
}
