using System.Net;
using System.Reflection;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Publishing;
using Testing;

namespace Deployment.Tests.Images;

public sealed class PublishTests(PublishedServices services) : IClassFixture<PublishedServices>
{
    public static TheoryData<string> Names => ["gateway", "modelserver"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Service_Published_AddsNoMoreToItsBaseThanItMay(string name)
    {
        var flavour = Flavour.All.Single(f => f.Name == name);
        var folder = services[name];
        Assert.True(folder.Megabytes <= flavour.LimitMegabytes, $"{folder.Megabytes:0.0} MB:\n{Largest(folder)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Service_Published_HoldsNothingOfAnotherSystemAndNoModels(string name)
    {
        Assert.Empty(services[name].Foreign());
        Assert.False(Directory.Exists(Path.Combine(services[name].Path, "models")));
        // One platform's libraries lie beside the service; those of several, in a folder for each.
        Assert.False(Directory.Exists(Path.Combine(services[name].Path, "runtimes")));
    }

    [Fact]
    public async Task ModelServer_ForCuda_AddsNoMoreToItsBaseThanItMay()
    {
        var flavour = Flavour.All.Single(f => f.Device == "cuda");
        var (forCpu, engine) = (services["modelserver"], await services.Publisher.NativeLibrariesAsync(flavour));
        Assert.Equal(["libonnxruntime.so", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_tensorrt.so"], engine.Select(f => f.Name).Order());
        var megabytes = (forCpu.Files.Where(f => !f.Name.StartsWith("libonnxruntime", StringComparison.Ordinal)).Sum(f => f.Length) + engine.Sum(f => f.Length)) / 1e6;
        Assert.True(megabytes <= flavour.LimitMegabytes, $"{megabytes:0.0} MB");
    }

    [Fact]
    public void ModelServer_ForCpu_HoldsNoEngineForCuda()
        => Assert.Equal(["libonnxruntime.so", "libonnxruntime_providers_shared.so"], services["modelserver"].Files.Select(f => f.Name).Where(n => n.Contains("onnxruntime_", StringComparison.Ordinal) || n == "libonnxruntime.so").Order());

    [Theory]
    [InlineData("gateway", "Gateway.dll")]
    [InlineData("gateway", "ServiceDefaults.dll")]
    [InlineData("modelserver", "ModelServer.dll")]
    public void Assembly_Published_IsCompiledAhead(string name, string file)
    {
        using var stream = File.OpenRead(Path.Combine(services[name].Path, file));
        using var reader = new PEReader(stream);
        Assert.NotEqual(0, reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task BillOfMaterials_OfService_NamesEveryPackageInIt(string name)
    {
        var file = services.PathOf($"{name}.cdx.json");
        await services.Publisher.WriteBillOfMaterialsAsync(Flavour.All.Single(f => f.Name == name), "1.2.3", file);
        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var named = bill.RootElement.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("purl").GetString()!).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
        Assert.Equal("1.2.3", bill.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString());
        Assert.NotEmpty(Packages(services[name]));
        Assert.All(Packages(services[name]), package => Assert.Contains($"pkg:nuget/{package.Replace('/', '@')}", named));
    }

    [NeedsFact(Need.Linux)]
    public async Task Gateway_Published_RunsAndSaysItsVersion()
    {
        await using var gateway = new PublishedProcess(services["gateway"], "Gateway.dll");
        using var home = JsonDocument.Parse(await gateway.AnswerAsync("/"));
        Assert.Equal(typeof(Flavour).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0], home.RootElement.GetProperty("version").GetString());
        // It lives and has no model server.
        Assert.Equal((0, ""), await gateway.ProbeAsync("/alive"));
        var (code, error) = await gateway.ProbeAsync();
        Assert.Equal(1, code);
        Assert.Contains($"{(int)HttpStatusCode.ServiceUnavailable}", error, StringComparison.Ordinal);
    }

    [NeedsFact(Need.Linux)]
    public async Task ModelServer_Published_ServesTheFolderItIsGiven()
    {
        await using var server = new PublishedProcess(services["modelserver"], "ModelServer.dll", ("Models__Folder", RepositoryPaths.Models));
        await Eventually.HoldsAsync(async () => (await server.ProbeAsync()).Code == 0);
    }

    /// <summary>What the service loads at run time.</summary>
    private static string[] Packages(PublishedFolder folder)
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Directory.EnumerateFiles(folder.Path, "*.deps.json").Single()));
        return [.. dependencies.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "package").Select(l => l.Name)];
    }

    private static string Largest(PublishedFolder folder)
        => string.Join('\n', folder.Files.OrderByDescending(f => f.Length).Take(10).Select(f => $"{f.Length / 1e6:0.0} MB {f.Name}"));
}
