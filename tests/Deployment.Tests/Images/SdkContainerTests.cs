using System.Text.Json;
using Publishing;
using Testing;

namespace Deployment.Tests.Images;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> is told, against the Dockerfiles.</summary>
public class SdkContainerTests
{
    private static readonly string[] Properties = ["ContainerRepository", "ContainerImageTag", "ContainerBaseImage", "ContainerUser", "SelfContained", "PublishReadyToRun", "Description", "Title"];

    [Theory]
    [InlineData("gateway")]
    [InlineData("modelserver")]
    [InlineData("modelserver-cuda")]
    public async Task Container_OfTheSdk_IsThatOfTheDockerfile(string name)
    {
        var flavour = Flavour.All.Single(f => f.Name == name);
        var final = Dockerfile.Parse(await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, flavour.Project, "Dockerfile")));
        using var evaluated = JsonDocument.Parse(await Command.RunAsync(
            RepositoryPaths.Root, "dotnet", "msbuild", Path.Combine(flavour.Project, $"{flavour.Project}.csproj"), "-p:RuntimeIdentifier=linux-x64", "-p:Configuration=Release", $"-p:Device={flavour.Device}",
            $"-getProperty:{string.Join(',', Properties)},Version", "-getItem:ContainerPort,ContainerEnvironmentVariable"));
        string Property(string property) => evaluated.RootElement.GetProperty("Properties").GetProperty(property).GetString()!;
        var items = evaluated.RootElement.GetProperty("Items");
        var labels = Dockerfile.Values(final.Final, "LABEL");

        Assert.Equal(flavour.Tag(Property("Version")), $"{Property("ContainerRepository")}:{Property("ContainerImageTag")}");
        Assert.Equal(Dockerfile.Values(final.Instructions.TakeWhile(i => i.Name != "FROM"), "ARG")["BASE"], Property("ContainerBaseImage"));
        Assert.Equal(final.Final.Single(i => i.Name == "USER").Text, Property("ContainerUser"));
        Assert.Equal((labels["org.opencontainers.image.title"], labels["org.opencontainers.image.description"]), (Property("Title"), Property("Description")));
        Assert.Equal(("false", "true"), (Property("SelfContained"), Property("PublishReadyToRun")));
        Assert.Equal(final.Final.Single(i => i.Name == "EXPOSE").Text.Split(' '), items.GetProperty("ContainerPort").EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!));
        Assert.Equal(
            Dockerfile.Values(final.Final, "ENV").OrderBy(e => e.Key),
            items.GetProperty("ContainerEnvironmentVariable").EnumerateArray().ToDictionary(i => i.GetProperty("Identity").GetString()!, i => i.GetProperty("Value").GetString()!).OrderBy(e => e.Key));
    }
}
