using System.Text.RegularExpressions;
using System.Xml.Linq;
using Testing;

namespace Deployment.Tests.Compose;

/// <summary>What the Compose files name exists: secrets, variables, images, settings, files.</summary>
public partial class ComposeReferencesTests
{
    private static readonly ComposeFile File = ComposeFiles.Read(ComposeFiles.Overrides);

    [Fact]
    public void Secrets_AreMadeByTheScriptOrByTheUser()
    {
        var script = ComposeFiles.Text("create-secrets");
        // Nobody but the user has a certificate.
        foreach (var (name, file) in File.Secrets.Where(s => !s.Key.StartsWith("tls.", StringComparison.Ordinal)))
        {
            Assert.Equal($"./secrets/{name}", file);
            Assert.Matches($@"write {Regex.Escape(name)}\b|> secrets/{Regex.Escape(name)}\n", script);
        }

        Assert.Contains("/secrets/\n", ComposeFiles.Text(".gitignore"), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_OfOurServices_AreSettings()
    {
        foreach (var service in File.Services.Where(s => s.Name is "gateway" or "modelserver"))
            foreach (var target in service.Secrets.Select(s => s.Target).Where(t => !t.StartsWith("tls.", StringComparison.Ordinal) && !t.StartsWith("ConnectionStrings__", StringComparison.Ordinal)))
                Assert.True(IsSetting(target), target);
    }

    [Fact]
    public void Environment_OfOurServices_IsSettings()
    {
        foreach (var service in File.Services.Where(s => s.Name is "gateway" or "modelserver"))
            foreach (var name in service.Environment.Keys.Where(n => !n.StartsWith("ASPNETCORE_", StringComparison.Ordinal) && !n.StartsWith("Kestrel__", StringComparison.Ordinal)))
                Assert.True(IsSetting(name), name);
    }

    [Theory]
    [InlineData("Replicas__Dms")]
    [InlineData("Replica__Dns")]
    public void IsSetting_MisspeltName_IsFalse(string name) => Assert.False(IsSetting(name));

    [Fact]
    public void Variables_AndTheirDefaults_AreInTheExample()
    {
        var example = ExampleLine().Matches(ComposeFiles.Text(".env.example")).Select(m => (Name: m.Groups["name"].Value, Default: m.Groups["value"].Value)).Where(v => v.Name != "COMPOSE_FILE").ToHashSet();
        // The default of one file counts, and a variable without one is empty in the example.
        var used = ComposeFile.Parse(ComposeFiles.Text(ComposeFiles.Base)).Variables().Concat(ComposeFiles.Overrides.SelectMany(o => ComposeFile.Parse(ComposeFiles.Text(o)).Variables()))
            .GroupBy(v => v.Name).Select(g => (g.Key, g.Select(v => v.Default).FirstOrDefault(d => d is not null) ?? "")).ToHashSet();

        Assert.Empty(used.Except(example));
        Assert.Empty(example.Except(used));
    }

    [Fact]
    public void Images_HaveTheVersionsOfTheRest()
    {
        var version = XDocument.Parse(ComposeFiles.Source("Directory.Build.props")).Descendants("VersionPrefix").SingleOrDefault()?.Value;
        Assert.Equal(version, File.Variables().First(v => v.Name == "VERSION").Default);
        var observability = ComposeFiles.Source("AppHost", "Observability", "ObservabilityExtensions.cs");
        foreach (var name in (string[])["prometheus", "grafana"])
        {
            var image = File.Service(name)["image"]!["docker.io/".Length..].Split(':');
            Assert.Contains($"\"{image[0]}\"", observability, StringComparison.Ordinal);
            Assert.Contains($"\"{image[1]}\"", observability, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void MountedFiles_Exist()
    {
        foreach (var source in File.Services.SelectMany(s => s.Binds).Select(b => (string)b["source"]!).Select(s => s.StartsWith("${MODELS_FOLDER:-", StringComparison.Ordinal) ? s["${MODELS_FOLDER:-".Length..^1] : s))
            Assert.True(Path.Exists(Path.Combine(ComposeFiles.Folder, source)), source);
    }

    [Fact]
    public void Prometheus_AsksAsTheOneOfTheRepository_ButByName()
    {
        var (ours, general) = (ComposeFile.Read(ComposeFiles.Text("prometheus.yml")), ComposeFile.Read(ComposeFiles.Source("deploy", "observability", "prometheus.yml")));
        foreach (var key in (string[])["global", "rule_files"]) Assert.Equivalent(general[key], ours[key], strict: true);
        Assert.Equal(JobNames(general), JobNames(ours));
        var names = Jobs(ours).Select(j => ((List<object?>)ComposeFile.Map(((List<object?>)j["dns_sd_configs"]!).Single())["names"]!).Single());
        Assert.Equal(["gateway", "modelservers"], names);
        Assert.Contains("modelservers", File.Service("modelserver").Networks["inference"]);
        Assert.All(Jobs(ours), j => Assert.Equal("/run/secrets/scrape-token", ComposeFile.Map(j["authorization"])["credentials_file"]));
    }

    [Fact]
    public void Redis_KeepsWhatMustOutliveARestart()
    {
        var settings = ComposeFiles.Text("redis.conf").Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ', 2)).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal("yes", settings["appendonly"]);
        Assert.StartsWith("volatile-", settings["maxmemory-policy"], StringComparison.Ordinal);
        Assert.Equal("/run/secrets/redis-users.acl", settings["aclfile"]);
        Assert.Contains($"redis:{settings["dir"]}", File.Service("redis").Volumes);
        Assert.DoesNotContain("requirepass", settings.Keys);
    }

    private static IEnumerable<Dictionary<string, object?>> Jobs(Dictionary<object, object?> prometheus) => ((List<object?>)prometheus["scrape_configs"]!).Select(ComposeFile.Map);

    private static IEnumerable<object?> JobNames(Dictionary<object, object?> prometheus) => Jobs(prometheus).Select(j => j["job_name"]);

    /// <summary>Whether a service reads it: a class of options has that section and that property.</summary>
    private static bool IsSetting(string name)
    {
        var (section, property) = (name.Split("__")[0], name.Split("__")[1]);
        return ((string[])["Gateway", "ModelServer", "ServiceDefaults"])
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, project), "*Options.cs", SearchOption.AllDirectories))
            .Select(System.IO.File.ReadAllText)
            .Any(text => text.Contains($"SectionName = \"{section}\"", StringComparison.Ordinal) && Regex.IsMatch(text, $@"\b{property} {{ get;"));
    }

    [GeneratedRegex("^#(?<name>[A-Z_]+)=(?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex ExampleLine();
}
