using System.Xml.Linq;
using Testing;

namespace Deployment.Tests.Images;

public class DockerfileTests
{
    private static readonly string Version = XDocument.Load(Path.Combine(RepositoryPaths.Root, "Directory.Build.props")).Descendants("VersionPrefix").Single().Value;

    public static TheoryData<string> Services => ["Gateway", "ModelServer"];

    [Theory]
    [MemberData(nameof(Services))]
    public void Dockerfile_OfService_KeepsTheRules(string service) => Assert.Empty(DockerfileRules.Faults(Dockerfile.Parse(Text(service)), Version));

    [Theory]
    [MemberData(nameof(Services))]
    public void Dockerfile_OfService_CopiesAllThatItBuildsFrom(string service) => Assert.Empty(BuildContext.Missing(Dockerfile.Parse(Text(service)), service));

    [Theory]
    [InlineData("USER 1654:1654\n", "")]
    [InlineData("USER 1654:1654\n", "USER root\n")]
    [InlineData("USER 1654:1654\n", "USER 0\n")]
    [InlineData("USER 1654:1654\n", "USER 1654:0\n")]
    [InlineData("USER 1654:1654\n", "USER 1654:1654\nUSER 0:0\n")]
    [InlineData("ENTRYPOINT [\"dotnet\", \"/app/Gateway.dll\"]", "ENTRYPOINT dotnet /app/Gateway.dll")]
    [InlineData("EXPOSE 8080", "EXPOSE 8080\nHEALTHCHECK CMD curl http://localhost:8080/ready")]
    [InlineData("EXPOSE 8080", "EXPOSE 80")]
    [InlineData("WORKDIR /app\n", "WORKDIR /app\nRUN chmod -R a+w .\n")]
    [InlineData("STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL")]
    [InlineData("/run/secrets", "/app/secrets")]
    [InlineData("--from=build", "--from=build --chown=1654")]
    [InlineData("image.revision", "image.commit")]
    [InlineData("ARG SOURCE=", "ARG SOURCE=\nARG NUGET_TOKEN=")]
    [InlineData("WORKDIR /app\n", "WORKDIR /app\nENV Authentication__GatewayKey=abc\n")]
    [InlineData("ARG VERSION=", "ARG VERSION=9.")]
    [InlineData("aspnet:10.0", "aspnet:latest")]
    [InlineData("aspnet:10.0", "aspnet")]
    public void Rules_ForDockerfileThatBreaksOne_FindIt(string rule, string broken)
    {
        var text = Text("Gateway");
        Assert.Contains(rule, text, StringComparison.Ordinal);
        Assert.Single(DockerfileRules.Faults(Dockerfile.Parse(text.Replace(rule, broken, StringComparison.Ordinal)), Version));
    }

    [Theory]
    [InlineData("Gateway", "ServiceDefaults/ServiceDefaults.csproj ", "ServiceDefaults/ServiceDefaults.csproj")]
    [InlineData("Gateway", "Gateway/packages*.lock.json ", "Gateway/packages.linux-x64.lock.json")]
    [InlineData("Gateway", "COPY eng/*.props eng/", "eng/Container.props")]
    [InlineData("Gateway", "global.json ", "global.json")]
    [InlineData("Gateway", "COPY ServiceDefaults ServiceDefaults", "ServiceDefaults/ServiceDefaultsExtensions.cs")]
    [InlineData("ModelServer", "COPY eng/*.cs eng/", "eng/EngineTelemetryOff.cs")]
    [InlineData("ModelServer", "COPY eng/*.props eng/", "eng/OnnxRuntime.props")]
    public void Context_OfDockerfileThatForgetsAFile_LacksIt(string service, string copied, string missing)
    {
        var text = Text(service);
        Assert.Contains(copied, text, StringComparison.Ordinal);
        var first = text.IndexOf(copied, StringComparison.Ordinal);
        Assert.Contains(missing, BuildContext.Missing(Dockerfile.Parse(text.Remove(first, copied.Length)), service));
    }

    private static string Text(string service) => File.ReadAllText(Path.Combine(RepositoryPaths.Root, service, "Dockerfile"));
}
